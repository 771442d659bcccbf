package io.stentor.centrifuge.codec;

import io.stentor.json.JsonWriter;
import io.stentor.message.Member;
import io.stentor.message.Publication;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the members of a JSON object, on one line. One thread. */
public final class JsonObjectWriter implements ObjectWriter {

  private final JsonWriter line;
  private final boolean timed;

  private JsonObjectWriter(JsonWriter line, boolean timed) {
    this.line = line;
    this.timed = timed;
  }

  /**
   * Returns a complete object.
   *
   * @param timed whether publications carry their time
   */
  static JsonWriter json(Content content, boolean timed) {
    JsonWriter line = new JsonWriter().open();
    content.writeTo(new JsonObjectWriter(line, timed));
    return line.close();
  }

  /** Returns a complete object, in which publications do not carry their time. */
  public static JsonWriter json(Content content) {
    return json(content, false);
  }

  @Override
  public ObjectWriter text(String name, @Nullable String value) {
    line.text(name, value);
    return this;
  }

  @Override
  public ObjectWriter number(String name, long value) {
    line.number(name, value);
    return this;
  }

  @Override
  public ObjectWriter integer(String name, long value) {
    line.name(name).integer(value);
    return this;
  }

  @Override
  public ObjectWriter flag(String name, boolean value) {
    line.flag(name, value);
    return this;
  }

  @Override
  public ObjectWriter source(String name, @Nullable String json) {
    line.source(name, json);
    return this;
  }

  @Override
  public ObjectWriter object(String name, Content content) {
    line.name(name).open();
    content.writeTo(this);
    line.close();
    return this;
  }

  @Override
  public ObjectWriter objects(String name, Map<String, Content> contents) {
    line.name(name).open();
    contents.forEach(
        (key, content) -> {
          line.key(key).open();
          content.writeTo(this);
          line.close();
        });
    line.close();
    return this;
  }

  @Override
  public ObjectWriter publications(String name, List<Logged> publications) {
    line.name(name).openArray();
    for (Logged one : publications) {
      JsonPublication.write(one.publication(), one.offset(), timed, line.value());
    }
    line.closeArray();
    return this;
  }

  @Override
  public ObjectWriter deltas(String name, List<Logged> publications) {
    line.name(name).openArray();
    Publication before = null;
    for (Logged one : publications) {
      Publication next = one.publication();
      byte[] delta = before == null ? null : JsonPublication.delta(before, next);
      JsonPublication.writeAsString(next, delta, one.offset(), timed, line.value());
      before = next;
    }
    line.closeArray();
    return this;
  }

  @Override
  public ObjectWriter member(String name, Member member) {
    JsonPublication.writeMember(member, line.name(name).value());
    return this;
  }

  @Override
  public ObjectWriter members(String name, Collection<Member> members) {
    line.name(name).open();
    for (Member member : members) {
      JsonPublication.writeMember(member, line.key(member.connection()).value());
    }
    line.close();
    return this;
  }
}
