package io.stentor.room;

import io.stentor.cluster.BroadcastBus;
import io.stentor.cluster.WireVersion;
import io.stentor.message.Attributes;
import io.stentor.message.Member;
import io.stentor.message.Publication;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/** Carries the publications of rooms to all nodes that have the room. */
class RoomBus extends BroadcastBus<RoomBus.Broadcast> {

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

  RoomBus(Vertx vertx) {
    super(vertx, "stentor.room.", new BatchFormat(WireVersion.of(vertx)));
  }

  /** The format of a {@link Broadcast}. */
  static final class BatchFormat extends WireFormat<Broadcast> {

    /*
     * epoch 8 | first 8 | count 4 | per publication: kind 1 | time 8 | length 4 | data
     * | from: 0, or 1 and a member | length 4 | attributes
     * Idempotency keys are used by the log only and are not sent.
     */

    static final String NAME = "stentor.batch";

    BatchFormat(WireVersion wire) {
      super(NAME, wire);
    }

    @Override
    protected void write(Broadcast batch, Buffer out, int version) {
      out.appendLong(batch.epoch());
      out.appendLong(batch.first());
      out.appendInt(batch.publications().size());
      for (Publication publication : batch.publications()) {
        out.appendByte(publication.kind().code());
        out.appendLong(publication.timeMillis());
        out.appendInt(publication.bytes());
        out.appendBytes(publication.data());
        Member from = publication.from();
        out.appendByte((byte) (from == null ? 0 : 1));
        if (from != null) {
          append(out, from);
        }
        byte[] attributes = publication.attributes().encoded();
        out.appendInt(attributes.length).appendBytes(attributes);
      }
    }

    @Override
    protected Broadcast read(WireReader in, int version) {
      long epoch = in.number();
      long first = in.number();
      int count = in.count();
      List<Publication> publications = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        Publication.Kind kind = Publication.Kind.of(in.one());
        long timeMillis = in.number();
        byte[] data = in.bytes(in.count());
        Member from = in.one() == 0 ? null : in.member();
        Attributes attributes = Attributes.decoded(in.bytes(in.count()));
        publications.add(Publication.stored(kind, data, timeMillis, null, from, attributes));
      }
      return new Broadcast(epoch, first, publications);
    }
  }
}
