package io.stentor.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.stentor.message.CloseReason;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Ack;
import io.stentor.room.Connection;
import io.stentor.room.Cursor;
import io.stentor.room.Format;
import io.stentor.room.Start;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket of the plain protocol in one room: frames in are published, the room's bytes go
 * out. Belongs to the socket's event loop, and is the only owner of the socket's handlers.
 */
final class WebSocketConnection implements Connection, Heartbeat.Pinged {

  private static final Logger LOG = LoggerFactory.getLogger(WebSocketConnection.class);

  /** A publisher with more than this on its way is not read until half of it is acknowledged. */
  private static final int MAX_UNACKNOWLEDGED_BYTES = 64 * 1024;

  /** Shared: an empty ping needs no bytes of its own. */
  private static final Buffer NO_BYTES = Buffer.buffer();

  private final ServerWebSocket socket;
  private final RoomName room;
  private final Format format;
  private final ServerLoop server;
  private final FrameWriter writer;
  private final TextAssembler texts;
  private final Heartbeat.Beat beat = new Heartbeat.Beat();
  private @Nullable Cursor cursor;
  private @Nullable CloseReason closing;
  private int unacknowledgedBytes;
  private int unacknowledged;
  private boolean paused;
  private boolean answered = true;

  WebSocketConnection(ServerWebSocket socket, RoomName room, Format format, ServerLoop server) {
    this.socket = socket;
    this.room = room;
    this.format = format;
    this.server = server;
    this.writer = new FrameWriter(socket);
    this.texts = new TextAssembler(server.rooms().options(room).maxMessageBytes());
  }

  /** Takes the socket over and joins the room. */
  void open(Start start) {
    int count = server.connections().opened();
    LOG.info("connected: {} to room {}, {} open", socket.remoteAddress(), room, count);
    socket.frameHandler(this::received);
    socket.pongHandler(pong -> answered = true);
    socket.drainHandler(v -> drained());
    socket.exceptionHandler(this::failed);
    socket.closeHandler(v -> closed());
    server.heartbeat().add(this);
    cursor = server.rooms().join(room, this, start, server.eventLoop());
    if (closing != null) {
      cursor.leave();
    }
  }

  private void received(WebSocketFrame frame) {
    answered = true;
    if (closing != null || !(frame.isText() || frame.isBinary() || frame.isContinuation())) {
      return;
    }
    TextAssembler.Result result = texts.add(frame);
    if (result instanceof TextAssembler.Text text) {
      publish(text.utf8());
    } else if (result instanceof TextAssembler.Refused refused) {
      close(refused.reason());
    }
  }

  private void publish(byte[] utf8) {
    Publication publication =
        new Publication(Publication.Kind.TEXT, utf8, System.currentTimeMillis(), null);
    if (LOG.isDebugEnabled()) {
      LOG.debug("text from {} in room {}: {}", socket.remoteAddress(), room, publication.text());
    }
    unacknowledgedBytes += utf8.length;
    unacknowledged++;
    boolean more = server.rooms().publish(room, publication, new Acknowledgement(utf8.length));
    if ((!more || unacknowledgedBytes > MAX_UNACKNOWLEDGED_BYTES) && !paused) {
      // Not reading makes TCP slow the publisher down.
      paused = true;
      socket.pause();
    }
  }

  private final class Acknowledgement implements Ack {
    private final int bytes;

    Acknowledgement(int bytes) {
      this.bytes = bytes;
    }

    @Override
    public void appended(Position position) {
      onLoop(() -> acknowledged(bytes));
    }

    @Override
    public void refused(Throwable reason) {
      onLoop(() -> close(CloseReason.APPEND_FAILED));
    }

    private void onLoop(Runnable task) {
      EventLoop loop = server.eventLoop();
      if (loop.inEventLoop()) {
        task.run();
      } else {
        loop.execute(task);
      }
    }
  }

  private void acknowledged(int bytes) {
    unacknowledgedBytes -= bytes;
    unacknowledged--;
    boolean few = unacknowledged == 0 || unacknowledgedBytes < MAX_UNACKNOWLEDGED_BYTES / 2;
    if (paused && few) {
      paused = false;
      socket.resume();
    }
  }

  private void drained() {
    if (cursor != null) {
      cursor.drained();
    }
  }

  private void failed(Throwable failure) {
    LOG.info(
        "error: {} in room {}, {} open: {}",
        socket.remoteAddress(),
        room,
        server.connections().open(),
        failure.getMessage());
  }

  private void closed() {
    server.heartbeat().remove(this);
    if (cursor != null) {
      cursor.leave();
    }
    int count = server.connections().closed();
    Short peerCode = socket.closeStatusCode();
    LOG.info(
        "closed: {} in room {}: {}, {} open",
        socket.remoteAddress(),
        room,
        closing != null ? closing : peerCode + " " + said(socket.closeReason()),
        count);
    closing = closing != null ? closing : CloseReason.SHUTDOWN;
  }

  private static String said(@Nullable String reason) {
    return reason == null || reason.isEmpty() ? "no reason given" : reason;
  }

  @Override
  public void ping() {
    if (closing == null) {
      answered = false;
      socket.writePing(NO_BYTES);
    }
  }

  @Override
  public boolean hasAnswered() {
    return answered;
  }

  @Override
  public Heartbeat.Beat beat() {
    return beat;
  }

  @Override
  public Format format() {
    return format;
  }

  @Override
  public boolean isWritable() {
    return closing == null && writer.isWritable();
  }

  @Override
  public void write(ByteBuf bytes) {
    if (closing == null) {
      writer.write(bytes);
    } else {
      bytes.release();
    }
  }

  @Override
  public void flush() {
    writer.flush();
  }

  @Override
  public void close(CloseReason reason) {
    if (closing == null) {
      closing = reason;
      if (cursor != null) {
        cursor.leave();
      }
      socket.close((short) reason.code(), reason.reason());
      socket.resume();
    }
  }
}
