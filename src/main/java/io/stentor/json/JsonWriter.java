package io.stentor.json;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.stentor.centrifuge.PublicationJson;
import io.stentor.message.Member;
import io.stentor.message.Publication;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes one JSON object on one line. What the protocol leaves out where it has its default value,
 * {@link #text}, {@link #number} and {@link #flag} leave out. One thread.
 */
public final class JsonWriter {

  private final ByteBuf out;
  private boolean comma;

  /** Writes to memory that nobody has to release. */
  public JsonWriter() {
    this(Unpooled.buffer(128));
  }

  JsonWriter(ByteBuf out) {
    this.out = out;
  }

  /** What was written elsewhere as one object. */
  public static JsonWriter of(String object) {
    return new JsonWriter(Unpooled.copiedBuffer(object, StandardCharsets.UTF_8));
  }

  /** What was written. */
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

  /** A member's name that needs no escape; its value comes next. */
  public JsonWriter name(String plain) {
    separate();
    out.writeByte('"');
    ByteBufUtil.writeAscii(out, plain);
    out.writeByte('"').writeByte(':');
    comma = false;
    return this;
  }

  /** A member's name, escaped; its value comes next. */
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

  /** JSON source as it is; it has no line ends. Its bytes are read. */
  public JsonWriter raw(JsonWriter source) {
    separate();
    out.writeBytes(source.out);
    comma = true;
    return this;
  }

  /** A publication; offset 0 where there is no log. */
  public JsonWriter publication(Publication publication, long offset, boolean timed) {
    separate();
    PublicationJson.write(publication, offset, timed, out);
    comma = true;
    return this;
  }

  /** Who a connection is. */
  public JsonWriter member(Member member) {
    separate();
    PublicationJson.info(member, out);
    comma = true;
    return this;
  }

  /** JSON source as it is; it has no line ends. Nothing where it is null. */
  public JsonWriter source(String name, @Nullable String source) {
    if (source != null) {
      name(name);
      out.writeCharSequence(source, StandardCharsets.UTF_8);
      comma = true;
    }
    return this;
  }

  /** Nothing where the value is empty. */
  public JsonWriter text(String name, @Nullable String value) {
    return value == null || value.isEmpty() ? this : name(name).string(value);
  }

  /** Nothing where the value is 0. */
  public JsonWriter number(String name, long value) {
    return value == 0 ? this : name(name).integer(value);
  }

  /** Nothing where the value is false. */
  public JsonWriter flag(String name, boolean value) {
    if (value) {
      name(name);
      ByteBufUtil.writeAscii(out, "true");
      comma = true;
    }
    return this;
  }

  /** What was written. */
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
