package io.stentor.protocol.centrifuge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.stentor.message.Member;
import io.stentor.message.Publication;
import io.stentor.protocol.JsonText;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes one JSON object on one line. What the protocol leaves out where it has its default value,
 * {@link #text}, {@link #number} and {@link #flag} leave out. One thread.
 */
final class JsonLine {

  private final ByteBuf out;
  private boolean comma;

  /** Writes to memory that nobody has to release. */
  JsonLine() {
    this(Unpooled.buffer(128));
  }

  JsonLine(ByteBuf out) {
    this.out = out;
  }

  /** What was written. */
  ByteBuf bytes() {
    return out;
  }

  JsonLine open() {
    return begin('{');
  }

  JsonLine close() {
    return end('}');
  }

  JsonLine openArray() {
    return begin('[');
  }

  JsonLine closeArray() {
    return end(']');
  }

  private JsonLine begin(char bracket) {
    separate();
    out.writeByte(bracket);
    comma = false;
    return this;
  }

  private JsonLine end(char bracket) {
    out.writeByte(bracket);
    comma = true;
    return this;
  }

  /** A member's name that needs no escape; its value comes next. */
  JsonLine name(String plain) {
    separate();
    out.writeByte('"');
    ByteBufUtil.writeAscii(out, plain);
    out.writeByte('"').writeByte(':');
    comma = false;
    return this;
  }

  /** A member's name, escaped; its value comes next. */
  JsonLine key(String any) {
    separate();
    JsonText.write(any, out);
    out.writeByte(':');
    comma = false;
    return this;
  }

  JsonLine string(String value) {
    separate();
    JsonText.write(value, out);
    comma = true;
    return this;
  }

  JsonLine integer(long value) {
    separate();
    ByteBufUtil.writeAscii(out, Long.toString(value));
    comma = true;
    return this;
  }

  /** JSON source as it is; it has no line ends. Its bytes are read. */
  JsonLine raw(JsonLine source) {
    separate();
    out.writeBytes(source.out);
    comma = true;
    return this;
  }

  /** A publication; offset 0 where there is no log. */
  JsonLine publication(Publication publication, long offset, boolean timed) {
    separate();
    PublicationJson.write(publication, offset, timed, out);
    comma = true;
    return this;
  }

  /** Who a connection is. */
  JsonLine member(Member member) {
    separate();
    PublicationJson.info(member, out);
    comma = true;
    return this;
  }

  /** JSON source as it is; it has no line ends. Nothing where it is null. */
  JsonLine source(String name, @Nullable String source) {
    if (source != null) {
      name(name);
      out.writeCharSequence(source, StandardCharsets.UTF_8);
      comma = true;
    }
    return this;
  }

  /** Nothing where the value is empty. */
  JsonLine text(String name, @Nullable String value) {
    return value == null || value.isEmpty() ? this : name(name).string(value);
  }

  /** Nothing where the value is 0. */
  JsonLine number(String name, long value) {
    return value == 0 ? this : name(name).integer(value);
  }

  /** Nothing where the value is false. */
  JsonLine flag(String name, boolean value) {
    if (value) {
      name(name);
      ByteBufUtil.writeAscii(out, "true");
      comma = true;
    }
    return this;
  }

  private void separate() {
    if (comma) {
      out.writeByte(',');
    }
  }
}
