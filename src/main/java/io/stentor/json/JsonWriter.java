package io.stentor.json;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes one JSON object on one line. {@link #text}, {@link #number} and {@link #flag} omit members
 * with the default value: empty, 0 or false. One thread.
 */
public final class JsonWriter {

  private final ByteBuf out;
  private boolean comma;

  /** Creates a writer to heap memory, which needs no release. */
  public JsonWriter() {
    this(Unpooled.buffer(128));
  }

  private JsonWriter(ByteBuf out) {
    this.out = out;
  }

  /** Creates a writer that holds one whole object. */
  public static JsonWriter of(String object) {
    return new JsonWriter(Unpooled.copiedBuffer(object, StandardCharsets.UTF_8));
  }

  /** The buffer with everything that was written. */
  public ByteBuf bytes() {
    return out;
  }

  public JsonWriter open() {
    return begin('{');
  }

  public JsonWriter close() {
    return end('}');
  }

  public JsonWriter openArray() {
    return begin('[');
  }

  public JsonWriter closeArray() {
    return end(']');
  }

  private JsonWriter begin(char bracket) {
    separate();
    out.writeByte(bracket);
    comma = false;
    return this;
  }

  private JsonWriter end(char bracket) {
    out.writeByte(bracket);
    comma = true;
    return this;
  }

  /** Writes a member's name that needs no escape; the value is written next. */
  public JsonWriter name(String plain) {
    separate();
    out.writeByte('"');
    ByteBufUtil.writeAscii(out, plain);
    out.writeByte('"').writeByte(':');
    comma = false;
    return this;
  }

  /** Writes and escapes a member's name; the value is written next. */
  public JsonWriter key(String any) {
    separate();
    JsonText.write(any, out);
    out.writeByte(':');
    comma = false;
    return this;
  }

  public JsonWriter string(String value) {
    separate();
    JsonText.write(value, out);
    comma = true;
    return this;
  }

  public JsonWriter integer(long value) {
    separate();
    ByteBufUtil.writeAscii(out, Long.toString(value));
    comma = true;
    return this;
  }

  /** Writes what another writer holds, which is consumed. */
  public JsonWriter raw(JsonWriter source) {
    separate();
    out.writeBytes(source.out);
    comma = true;
    return this;
  }

  /** Returns the buffer, to which the caller writes exactly one value as JSON without line ends. */
  public ByteBuf value() {
    separate();
    comma = true;
    return out;
  }

  /** Writes a member with JSON source that has no line ends; omitted if null. */
  public JsonWriter source(String name, @Nullable String source) {
    if (source != null) {
      name(name);
      out.writeCharSequence(source, StandardCharsets.UTF_8);
      comma = true;
    }
    return this;
  }

  /** Omitted if the value is null or empty. */
  public JsonWriter text(String name, @Nullable String value) {
    return value == null || value.isEmpty() ? this : name(name).string(value);
  }

  /** Omitted if the value is 0. */
  public JsonWriter number(String name, long value) {
    return value == 0 ? this : name(name).integer(value);
  }

  /** Omitted if the value is false. */
  public JsonWriter flag(String name, boolean value) {
    if (value) {
      name(name);
      ByteBufUtil.writeAscii(out, "true");
      comma = true;
    }
    return this;
  }

  @Override
  public String toString() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private void separate() {
    if (comma) {
      out.writeByte(',');
    }
  }
}
