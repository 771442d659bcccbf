package io.stentor.presence;

import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.presence.PresenceStore.MemberChange;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageCodec;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.tracing.TracingPolicy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Carries changes of members between nodes on the event bus: one address per room, one consumer on
 * each node that watches the room. Delivery is best effort and ordered per sender only.
 */
class PresenceBus {

  private static final String PREFIX = "stentor.presence.";

  private final EventBus bus;
  private final DeliveryOptions options =
      new DeliveryOptions().setCodecName(PresenceCodec.NAME).setTracingPolicy(TracingPolicy.IGNORE);

  /** Creates a bus and registers its codec, which can be done once for each Vert.x. */
  PresenceBus(Vertx vertx) {
    bus = vertx.eventBus();
    bus.registerCodec(new PresenceCodec());
  }

  /**
   * A change as it is sent to other nodes.
   *
   * @param sender the node whose call made the change. In a split cluster, or while a node that was
   *     frozen has not noticed it, there are two states of a room; each node accepts changes only
   *     of nodes that it sees
   */
  record PresenceMessage(UUID sender, MemberChange change) {}

  /** Sends to every node that watches the room, including this one. Losses are not reported. */
  void publish(RoomName room, PresenceMessage message) {
    bus.publish(PREFIX + room.value(), message, options);
  }

  /**
   * Registers this node's consumer of a room. The handler runs on the context of the caller.
   * Messages are certain to arrive only after {@link MessageConsumer#completion()}.
   */
  MessageConsumer<?> consume(RoomName room, Handler<PresenceMessage> handler) {
    Handler<Message<PresenceMessage>> received = message -> handler.handle(message.body());
    return bus.consumer(PREFIX + room.value(), received);
  }

  /** The wire format. Within one node, consumers receive the same object. */
  static final class PresenceCodec implements MessageCodec<PresenceMessage, PresenceMessage> {

    /*
     * sender 16 | epoch 8 | version 8 | digest 8
     * | joined 4 | per member: connection, user, info, roomInfo | left 4 | per connection: its id
     * A string: length 4 (-1: null) | UTF-8
     */

    static final String NAME = "stentor.presence.change";

    @Override
    public void encodeToWire(Buffer out, PresenceMessage message) {
      MemberChange change = message.change();
      out.appendLong(message.sender().getMostSignificantBits());
      out.appendLong(message.sender().getLeastSignificantBits());
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
      UUID sender = new UUID(reader.number(), reader.number());
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
      return new PresenceMessage(sender, new MemberChange(epoch, version, digest, joined, left));
    }

    /** Reads one value after the other. */
    private static final class Reader {
      private final Buffer in;
      private int position;

      Reader(Buffer in, int position) {
        this.in = in;
        this.position = position;
      }

      long number() {
        position += 8;
        return in.getLong(position - 8);
      }

      int count() {
        position += 4;
        return in.getInt(position - 4);
      }

      @Nullable String textOrNull() {
        int length = count();
        if (length < 0) {
          return null;
        }
        position += length;
        return new String(in.getBytes(position - length, position), StandardCharsets.UTF_8);
      }

      String text() {
        String text = textOrNull();
        return text == null ? "" : text;
      }
    }

    @Override
    public PresenceMessage transform(PresenceMessage message) {
      return message;
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
}
