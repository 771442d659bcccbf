package io.stentor.centrifuge.codec;

import io.stentor.centrifuge.codec.CommandError.Disconnect;
import io.stentor.centrifuge.codec.ProtobufSchema.Field;
import io.stentor.centrifuge.codec.ProtobufSchema.Kind;
import io.stentor.json.Fields;
import io.stentor.json.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one Protobuf message. A default value is the same as no field. A field of an
 * unknown number, or of a known number with another wire type, is skipped. Malformed input fails
 * with a {@link Disconnect}. One thread.
 */
final class ProtobufFields implements Fields {

  /*
   * Values are ranges of the message, so reading one allocates no more than the message has, and no
   * announced length is believed. Nested messages are read when they are asked for, so their depth
   * is limited by those that ask.
   */

  /** A value: a number, or a range of the source. */
  private record Value(long number, int from, int to) {}

  private static final int KEY_TAG = ProtobufOutput.tag(1, ProtobufOutput.LENGTH);
  private static final int OBJECT_TAG = ProtobufOutput.tag(2, ProtobufOutput.LENGTH);

  /** Of the message; null if these are the entries of a map. */
  private final @Nullable ProtobufSchema schema;

  /** Of the objects in the map. */
  private final ProtobufSchema type;

  private final byte[] source;
  private final Map<String, List<Value>> values = new LinkedHashMap<>();

  private ProtobufFields(@Nullable ProtobufSchema schema, ProtobufSchema type, byte[] source) {
    this.schema = schema;
    this.type = type;
    this.source = source;
  }

  /**
   * Reads a message.
   *
   * @throws Disconnect if it is malformed
   */
  static ProtobufFields of(ProtobufSchema schema, byte[] source) {
    ProtobufFields fields = new ProtobufFields(schema, schema, source);
    ProtobufInput in = new ProtobufInput(source, 0, source.length);
    while (in.hasMore()) {
      fields.read(schema, in);
    }
    return fields;
  }

  private void read(ProtobufSchema known, ProtobufInput in) {
    int tag = in.tag();
    int wireType = tag & 7;
    Field field = known.field(tag >>> 3);
    if (field != null && field.kind() == Kind.VARINT && wireType == ProtobufOutput.VARINT) {
      values.put(field.name(), List.of(new Value(in.varint(), 0, 0)));
    } else if (field != null && field.kind() != Kind.VARINT && wireType == ProtobufOutput.LENGTH) {
      values.computeIfAbsent(field.name(), first -> new ArrayList<>(1)).add(range(in));
    } else {
      in.skipValue(tag);
    }
  }

  private static Value range(ProtobufInput in) {
    int length = in.length();
    int from = in.position();
    in.skip(length);
    return new Value(length, from, from + length);
  }

  /** The objects of a map by their names; of those with the same name the last one counts. */
  private ProtobufFields entries(ProtobufSchema type, List<Value> entries) {
    ProtobufFields all = new ProtobufFields(null, type, source);
    for (Value entry : entries) {
      String key = "";
      Value object = new Value(0, entry.from, entry.from);
      ProtobufInput in = new ProtobufInput(source, entry.from, entry.to);
      while (in.hasMore()) {
        int tag = in.tag();
        if (tag == KEY_TAG) {
          key = text(range(in));
        } else if (tag == OBJECT_TAG) {
          object = range(in);
        } else {
          in.skipValue(tag);
        }
      }
      all.values.put(key, List.of(object));
    }
    return all;
  }

  @Override
  public Set<String> names() {
    return values.keySet();
  }

  @Override
  public boolean has(String name) {
    Value value = last(name);
    Field field = schema == null ? null : schema.field(name);
    boolean isObject = field == null || field.type() != null;
    return value != null && (isObject || value.number != 0);
  }

  /** Returns the value that counts of those that a field has. */
  private @Nullable Value last(String name) {
    List<Value> all = values.get(name);
    return all == null ? null : all.get(all.size() - 1);
  }

  @Override
  public String text(String name) {
    Value value = last(name);
    return value == null ? "" : text(value);
  }

  private String text(Value value) {
    byte[] utf8 = slice(value);
    if (!Utf8.isValid(utf8)) {
      throw Disconnect.badRequest("a string is not UTF-8");
    }
    return new String(utf8, StandardCharsets.UTF_8);
  }

  @Override
  public long number(String name) {
    Value value = last(name);
    return value == null ? 0 : value.number;
  }

  @Override
  public long unsigned(String name) {
    long number = number(name);
    if (number < 0) {
      throw Disconnect.badRequest("a number is negative");
    }
    return number;
  }

  @Override
  public boolean flag(String name) {
    return number(name) != 0;
  }

  /** Returns an object, merged from all that the field has. */
  @Override
  public @Nullable Fields object(String name) {
    List<Value> all = values.get(name);
    if (all == null) {
      return null;
    }
    if (schema == null) {
      return of(type, slice(all.get(0)));
    }
    Field field = Objects.requireNonNull(schema.field(name));
    ProtobufSchema nested = Objects.requireNonNull(field.type());
    return field.kind() == Kind.MAP ? entries(nested, all) : of(nested, joined(all));
  }

  private byte[] joined(List<Value> all) {
    if (all.size() == 1) {
      return slice(all.get(0));
    }
    int size = 0;
    for (Value one : all) {
      size += one.to - one.from;
    }
    byte[] joined = new byte[size];
    int at = 0;
    for (Value one : all) {
      System.arraycopy(source, one.from, joined, at, one.to - one.from);
      at += one.to - one.from;
    }
    return joined;
  }

  @Override
  public List<String> texts(String name) {
    return values.getOrDefault(name, List.of()).stream().map(this::text).toList();
  }

  @Override
  public List<Fields> objects(String name) {
    Field field = schema == null ? null : schema.field(name);
    ProtobufSchema nested = field == null ? type : Objects.requireNonNull(field.type());
    List<Fields> objects = new ArrayList<>();
    for (Value value : values.getOrDefault(name, List.of())) {
      objects.add(of(nested, slice(value)));
    }
    return objects;
  }

  @Override
  public byte @Nullable [] slice(String name) {
    Value value = last(name);
    return value == null ? null : slice(value);
  }

  private byte[] slice(Value value) {
    return Arrays.copyOfRange(source, value.from, value.to);
  }
}
