package io.stentor.room;

import io.stentor.message.Publication;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.util.ArrayList;
import java.util.List;

/**
 * The form of a {@link Broadcast} between nodes: bytes. Inside one node the same object is handed
 * to the consumer.
 */
final class BatchCodec implements MessageCodec<Broadcast, Broadcast> {

  /*
   * epoch 8 | first 8 | count 4 | per publication: kind 1 | time 8 | length 4 | data
   * Idempotency keys do their work in the log and stay there.
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
    }
  }

  @Override
  public Broadcast decodeFromWire(int start, Buffer in) {
    int at = start;
    final long epoch = in.getLong(at);
    final long first = in.getLong(at + 8);
    int count = in.getInt(at + 16);
    at += 20;
    List<Publication> publications = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Publication.Kind kind = Publication.Kind.of(in.getByte(at));
      long timeMillis = in.getLong(at + 1);
      int length = in.getInt(at + 9);
      byte[] data = in.getBytes(at + 13, at + 13 + length);
      publications.add(new Publication(kind, data, timeMillis, null));
      at += 13 + length;
    }
    return new Broadcast(epoch, first, publications);
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
