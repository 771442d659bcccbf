package io.stentor.room;

import io.stentor.message.Member;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
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
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sends and receives rooms' publications on the event bus, with one address per room and one
 * consumer per room and node. Delivery is best effort and ordered per sender only.
 */
class RoomBus {

  /**
   * The message on the event bus: publications that were appended together, sent to every node that
   * has the room.
   *
   * @param epoch epoch of the room's log; 0 if it has none
   * @param first offset of the first publication; 0 if there is no log
   * @param publications consecutive, at least one
   */
  record Broadcast(long epoch, long first, List<Publication> publications) {
    Broadcast {
      publications = List.copyOf(publications);
    }

    long last() {
      return first + publications.size() - 1;
    }

    /** Returns the total size of the publications, in bytes. */
    long bytes() {
      long sum = 0;
      for (Publication publication : publications) {
        sum += publication.bytes();
      }
      return sum;
    }
  }

  private static final String PREFIX = "stentor.room.";

  private final EventBus bus;
  private final DeliveryOptions options =
      new DeliveryOptions().setCodecName(BatchCodec.NAME).setTracingPolicy(TracingPolicy.IGNORE);

  RoomBus(Vertx vertx) {
    bus = vertx.eventBus();
    bus.registerCodec(new BatchCodec());
  }

  /** Sends to every node that has the room, including this one. Lost messages are not reported. */
  void publish(RoomName room, Broadcast batch) {
    bus.publish(PREFIX + room.value(), batch, options);
  }

  /**
   * Registers this node's only consumer of a room. The handler runs on the caller's context.
   * Messages are guaranteed to arrive only after {@link MessageConsumer#completion()}.
   */
  MessageConsumer<Broadcast> consume(RoomName room, Handler<Broadcast> handler) {
    Handler<Message<Broadcast>> received = message -> handler.handle(message.body());
    return bus.consumer(PREFIX + room.value(), received);
  }

  /**
   * Encodes a {@link Broadcast} for other nodes. Within a node the consumer receives the same
   * object.
   */
  static final class BatchCodec implements MessageCodec<Broadcast, Broadcast> {

    /*
     * epoch 8 | first 8 | count 4 | per publication: kind 1 | time 8 | length 4 | data | from
     * from: 0 | 1, then connection, user, info, roomInfo: each length 4 (-1: null) | UTF-8
     * Idempotency keys are used by the log only and are not sent.
     */

    static final String NAME = "stentor.batch";

    @Override
    public void encodeToWire(Buffer out, Broadcast batch) {
      out.appendLong(batch.epoch());
      out.appendLong(batch.first());
      out.appendInt(batch.publications().size());
      for (Publication publication : batch.publications()) {
        out.appendByte(publication.kind().code());
        out.appendLong(publication.timeMillis());
        out.appendInt(publication.bytes());
        out.appendBytes(publication.data());
        write(publication.from(), out);
      }
    }

    private static void write(@Nullable Member from, Buffer out) {
      out.appendByte((byte) (from == null ? 0 : 1));
      if (from != null) {
        write(from.connection(), out);
        write(from.user(), out);
        write(from.info(), out);
        write(from.roomInfo(), out);
      }
    }

    private static void write(@Nullable String text, Buffer out) {
      byte[] bytes = text == null ? null : text.getBytes(StandardCharsets.UTF_8);
      out.appendInt(bytes == null ? -1 : bytes.length);
      if (bytes != null) {
        out.appendBytes(bytes);
      }
    }

    @Override
    public Broadcast decodeFromWire(int start, Buffer in) {
      Reading reading = new Reading(in, start);
      long epoch = reading.number();
      long first = reading.number();
      int count = reading.length();
      List<Publication> publications = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        Publication.Kind kind = Publication.Kind.of(reading.one());
        long timeMillis = reading.number();
        byte[] data = reading.bytes(reading.length());
        publications.add(Publication.stored(kind, data, timeMillis, null, reading.member()));
      }
      return new Broadcast(epoch, first, publications);
    }

    /** A reader that advances with each call. */
    private static final class Reading {
      private final Buffer in;
      private int at;

      Reading(Buffer in, int at) {
        this.in = in;
        this.at = at;
      }

      byte one() {
        return in.getByte(at++);
      }

      long number() {
        at += Long.BYTES;
        return in.getLong(at - Long.BYTES);
      }

      int length() {
        at += Integer.BYTES;
        return in.getInt(at - Integer.BYTES);
      }

      byte[] bytes(int length) {
        at += length;
        return in.getBytes(at - length, at);
      }

      @Nullable Member member() {
        return one() == 0
            ? null
            : new Member(
                Objects.requireNonNull(text()), Objects.requireNonNull(text()), text(), text());
      }

      private @Nullable String text() {
        int length = length();
        return length < 0 ? null : new String(bytes(length), StandardCharsets.UTF_8);
      }
    }

    @Override
    public Broadcast transform(Broadcast batch) {
      return batch;
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
