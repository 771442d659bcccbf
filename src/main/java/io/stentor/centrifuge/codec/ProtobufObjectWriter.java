package io.stentor.centrifuge.codec;

import io.netty.buffer.ByteBuf;
import io.stentor.centrifuge.codec.ProtobufSchema.Field;
import io.stentor.message.Member;
import io.stentor.message.Publication;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes the fields of a Protobuf message; leaves out those that its schema does not have. */
final class ProtobufObjectWriter implements ObjectWriter {

  private static final int KEY = 1;
  private static final int VALUE = 2;

  private final ProtobufSchema schema;
  private final boolean timed;
  private final ByteBuf out;

  /**
   * Creates a writer.
   *
   * @param schema of the message
   * @param timed whether publications carry their time
   */
  ProtobufObjectWriter(ProtobufSchema schema, boolean timed, ByteBuf out) {
    this.schema = schema;
    this.timed = timed;
    this.out = out;
  }

  @Override
  public ObjectWriter text(String name, @Nullable String value) {
    Field field = schema.field(name);
    if (field != null && value != null && !value.isEmpty()) {
      ProtobufOutput.writeText(field.number(), value, out);
    }
    return this;
  }

  @Override
  public ObjectWriter number(String name, long value) {
    Field field = schema.field(name);
    if (field != null && value != 0) {
      ProtobufOutput.writeNumber(field.number(), value, out);
    }
    return this;
  }

  @Override
  public ObjectWriter integer(String name, long value) {
    return number(name, value);
  }

  @Override
  public ObjectWriter flag(String name, boolean value) {
    return number(name, value ? 1 : 0);
  }

  @Override
  public ObjectWriter source(String name, @Nullable String json) {
    return text(name, json);
  }

  @Override
  public ObjectWriter object(String name, Content content) {
    Field field = schema.field(name);
    if (field != null) {
      nested(field.number(), type(field), content);
    }
    return this;
  }

  private void nested(int number, ProtobufSchema type, Content content) {
    int mark = ProtobufOutput.begin(number, out);
    content.writeTo(new ProtobufObjectWriter(type, timed, out));
    ProtobufOutput.end(mark, out);
  }

  private static ProtobufSchema type(Field field) {
    return Objects.requireNonNull(field.type());
  }

  @Override
  public ObjectWriter objects(String name, Map<String, Content> contents) {
    Field field = schema.field(name);
    if (field != null) {
      contents.forEach(
          (key, content) -> {
            int mark = ProtobufOutput.begin(field.number(), out);
            ProtobufOutput.writeText(KEY, key, out);
            nested(VALUE, type(field), content);
            ProtobufOutput.end(mark, out);
          });
    }
    return this;
  }

  @Override
  public ObjectWriter publications(String name, List<Logged> publications) {
    Field field = schema.field(name);
    if (field != null) {
      for (Logged one : publications) {
        write(field.number(), one, null);
      }
    }
    return this;
  }

  @Override
  public ObjectWriter deltas(String name, List<Logged> publications) {
    Field field = schema.field(name);
    if (field != null) {
      Publication before = null;
      for (Logged one : publications) {
        Publication next = one.publication();
        write(field.number(), one, before == null ? null : ProtobufPublication.delta(before, next));
        before = next;
      }
    }
    return this;
  }

  private void write(int number, Logged one, byte @Nullable [] delta) {
    int size = ProtobufPublication.size(one.publication(), delta, one.offset(), timed);
    ProtobufOutput.writeHead(number, size, out);
    ProtobufPublication.write(one.publication(), delta, one.offset(), timed, out);
  }

  @Override
  public ObjectWriter member(String name, Member member) {
    Field field = schema.field(name);
    if (field != null) {
      write(field.number(), member);
    }
    return this;
  }

  private void write(int number, Member member) {
    ProtobufOutput.writeHead(number, ProtobufPublication.memberSize(member), out);
    ProtobufPublication.writeMember(member, out);
  }

  @Override
  public ObjectWriter members(String name, Collection<Member> members) {
    Field field = schema.field(name);
    if (field != null) {
      for (Member member : members) {
        int mark = ProtobufOutput.begin(field.number(), out);
        ProtobufOutput.writeText(KEY, member.connection(), out);
        write(VALUE, member);
        ProtobufOutput.end(mark, out);
      }
    }
    return this;
  }
}
