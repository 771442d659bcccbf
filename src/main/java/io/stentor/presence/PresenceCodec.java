package io.stentor.presence;

import io.stentor.message.Member;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The form of {@link PresenceMessage} between nodes: bytes. Inside one node the same object is
 * handed to the consumer.
 */
final class PresenceCodec implements MessageCodec<PresenceMessage, PresenceMessage> {

  /*
   * by 16 | epoch 8 | version 8 | digest 8 | joined 4 | per member: connection, user, info, roomInfo
   * | left 4 | per connection: its text. A text: length 4, -1 where there is none | UTF-8
   */

  static final String NAME = "stentor.presence.change";

  @Override
  public void encodeToWire(Buffer out, PresenceMessage news) {
    MemberChange change = news.change();
    out.appendLong(news.by().getMostSignificantBits());
    out.appendLong(news.by().getLeastSignificantBits());
    out.appendLong(change.epoch()).appendLong(change.version()).appendLong(change.digest());
    out.appendInt(change.joined().size());
    for (Member member : change.joined()) {
      append(out, member.connection());
      append(out, member.user());
      append(out, member.info());
      append(out, member.roomInfo());
    }
    out.appendInt(change.left().size());
    change.left().forEach(connection -> append(out, connection));
  }

  private static void append(Buffer out, @Nullable String text) {
    if (text == null) {
      out.appendInt(-1);
    } else {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      out.appendInt(bytes.length).appendBytes(bytes);
    }
  }

  @Override
  public PresenceMessage decodeFromWire(int start, Buffer in) {
    Reader reader = new Reader(in, start);
    UUID by = new UUID(reader.number(), reader.number());
    final long epoch = reader.number();
    final long version = reader.number();
    final long digest = reader.number();
    int count = reader.count();
    List<Member> joined = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      joined.add(
          new Member(reader.text(), reader.text(), reader.textOrNull(), reader.textOrNull()));
    }
    count = reader.count();
    List<String> left = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      left.add(reader.text());
    }
    return new PresenceMessage(by, new MemberChange(epoch, version, digest, joined, left));
  }

  private static final class Reader {
    private final Buffer in;
    private int at;

    Reader(Buffer in, int at) {
      this.in = in;
      this.at = at;
    }

    long number() {
      at += 8;
      return in.getLong(at - 8);
    }

    int count() {
      at += 4;
      return in.getInt(at - 4);
    }

    @Nullable String textOrNull() {
      int length = count();
      if (length < 0) {
        return null;
      }
      at += length;
      return new String(in.getBytes(at - length, at), StandardCharsets.UTF_8);
    }

    String text() {
      String text = textOrNull();
      return text == null ? "" : text;
    }
  }

  @Override
  public PresenceMessage transform(PresenceMessage news) {
    return news;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }
}
