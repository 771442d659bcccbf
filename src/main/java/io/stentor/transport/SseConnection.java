package io.stentor.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.stentor.message.CloseReason;
import io.stentor.message.RoomName;
import io.stentor.room.Connection;
import io.stentor.room.Cursor;
import io.stentor.room.Format;
import io.stentor.room.Start;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event stream in one room: the room's bytes go out, nothing comes in. Belongs to the stream's
 * event loop.
 */
final class SseConnection implements Connection, KeepAlive.Kept, EventStream.Listener {

  private static final Logger LOG = LoggerFactory.getLogger(SseConnection.class);

  /** Clients come back after this long, so that those of a dead node do not come all at once. */
  private static final int LEAST_RETRY_MILLIS = 1000;

  private static final int MOST_RETRY_MILLIS = 3000;

  /** The same for clients that are sent away at a shutdown. */
  private static final int MOST_SHUTDOWN_RETRY_MILLIS = 6000;

  private static final int EVENT_BYTES = 128;

  private final RoomName room;
  private final ServerLoop server;
  private final KeepAlive keepAlive;
  private final KeepAlive.Place place = new KeepAlive.Place();
  private final EventStream stream;
  private @Nullable Cursor cursor;
  private @Nullable CloseReason closing;
  private boolean gone;

  private SseConnection(
      RoomName room,
      ServerLoop server,
      KeepAlive keepAlive,
      Function<EventStream.Listener, EventStream> stream) {
    this.room = room;
    this.server = server;
    this.keepAlive = keepAlive;
    this.stream = stream.apply(this);
  }

  /**
   * Joins the room with a response whose head is written.
   *
   * @param stream makes the stream for its listener
   */
  static void open(
      RoomName room,
      Start start,
      ServerLoop server,
      KeepAlive keepAlive,
      Function<EventStream.Listener, EventStream> stream) {
    new SseConnection(room, server, keepAlive, stream).join(start);
  }

  private void join(Start start) {
    int count = server.connections().opened();
    LOG.info("connected: {} to room {}, {} open", stream.remoteAddress(), room, count);
    keepAlive.add(this);
    tell(out -> stream.format().encodeRetry(random(MOST_RETRY_MILLIS), out));
    cursor = server.rooms().join(room, this, start, server.eventLoop());
    if (gone || closing != null) {
      cursor.leave();
    } else if (keepAlive.isClosed()) {
      close(CloseReason.SHUTDOWN);
    }
  }

  private static int random(int mostMillis) {
    return ThreadLocalRandom.current().nextInt(LEAST_RETRY_MILLIS, mostMillis + 1);
  }

  /** Nothing is published here that would have to wait. */
  @Override
  public void joined() {}

  @Override
  public Format format() {
    return stream.format();
  }

  @Override
  public boolean isWritable() {
    return closing == null && !gone && stream.isWritable();
  }

  @Override
  public void send(ByteBuf shared) {
    if (closing == null && !gone) {
      keepAlive.sent(place);
      stream.send(shared);
    }
  }

  @Override
  public void write(ByteBuf bytes) {
    if (closing == null && !gone) {
      keepAlive.sent(place);
      stream.write(bytes);
    } else {
      bytes.release();
    }
  }

  @Override
  public void flush() {
    stream.flush();
  }

  /** What is still to be sent to a stream that is not read keeps proxies awake by itself. */
  @Override
  public void silent() {
    if (isWritable()) {
      tell(stream.format()::encodeComment);
    }
  }

  @Override
  public KeepAlive.Place place() {
    return place;
  }

  private void tell(Consumer<ByteBuf> event) {
    write(encoded(event));
    flush();
  }

  private static ByteBuf encoded(Consumer<ByteBuf> event) {
    ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(EVENT_BYTES);
    event.accept(out);
    return out;
  }

  @Override
  public void close(CloseReason reason) {
    if (closing == null && !gone) {
      closing = reason;
      if (cursor != null) {
        cursor.leave();
      }
      int retry = reason.equals(CloseReason.SHUTDOWN) ? random(MOST_SHUTDOWN_RETRY_MILLIS) : 0;
      stream.end(
          encoded(out -> stream.format().encodeClose(reason, retry, out)),
          server.closeTimeoutSeconds());
    }
  }

  @Override
  public void drained() {
    if (cursor != null) {
      cursor.drained();
    }
  }

  @Override
  public void failed(Throwable failure) {
    int open = server.connections().open();
    LOG.info(
        "error: {} in room {}, {} open: {}",
        stream.remoteAddress(),
        room,
        open,
        String.valueOf(failure.getMessage()));
  }

  @Override
  public void closed(@Nullable String peer) {
    gone = true;
    keepAlive.remove(this);
    if (cursor != null) {
      cursor.leave();
    }
    int count = server.connections().closed();
    String why = closing != null ? closing.toString() : peer != null ? peer : "by the client";
    LOG.info("closed: {} in room {}: {}, {} open", stream.remoteAddress(), room, why, count);
  }
}
