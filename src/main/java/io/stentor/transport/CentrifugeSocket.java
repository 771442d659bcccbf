package io.stentor.transport;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.stentor.message.CloseReason;
import io.stentor.protocol.centrifuge.Outlet;
import io.stentor.protocol.centrifuge.PushFormat;
import io.stentor.protocol.centrifuge.Session;
import io.vertx.core.http.ServerWebSocket;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket of the Centrifuge protocol: texts in are commands, the session's frames go out.
 * Belongs to the socket's event loop, and is the only owner of the socket's handlers.
 */
final class CentrifugeSocket implements Outlet, Heartbeat.Pinged, Socket.Listener {

  /** The sub-protocol of JSON. Without any, JSON is spoken, too. */
  static final String JSON = "centrifuge-json";

  /** The sub-protocol that is answered with {@link #INAPPROPRIATE}. */
  static final String PROTOBUF = "centrifuge-protobuf";

  /** The client speaks Protobuf. */
  private static final CloseReason INAPPROPRIATE =
      new CloseReason(3506, "inappropriate protocol: only JSON is spoken here");

  /** The client did not say who it is. */
  private static final CloseReason STALE = new CloseReason(3502, "stale");

  private static final int CONNECT_SECONDS = 10;
  private static final Logger LOG = LoggerFactory.getLogger(CentrifugeSocket.class);

  private final ServerLoop server;
  private final Socket socket;
  private final FrameWriter writer;
  private final TextAssembler texts;
  private final Session session;
  private final Heartbeat.Beat beat = new Heartbeat.Beat();
  private @Nullable CloseReason closing;
  private boolean answered = true;

  private CentrifugeSocket(ServerWebSocket accepted, Wishes wishes, ServerLoop server) {
    this.server = server;
    int maxFrameBytes = server.maxFrameBytes().getAsInt();
    this.texts = new TextAssembler(maxFrameBytes, null);
    this.socket = Socket.takeOver(accepted, maxFrameBytes, this);
    this.writer = socket.writer();
    PushFormat format = wishes.time ? PushFormat.WEB_SOCKET_TIMED : PushFormat.WEB_SOCKET;
    this.session = new Session(server.site(), this, format, wishes.name);
  }

  /**
   * What a client asks for by its request, before it says anything.
   *
   * @param json whether JSON is spoken, or else the socket is closed at once
   * @param name what it calls itself; empty for nothing
   * @param time whether it wants to know when a publication was taken
   */
  record Wishes(boolean json, String name, boolean time) {}

  /** Takes an accepted WebSocket over. */
  static void open(ServerWebSocket accepted, Wishes wishes, ServerLoop server) {
    CentrifugeSocket opened = new CentrifugeSocket(accepted, wishes, server);
    int count = server.connections().opened(Transport.CENTRIFUGE);
    LOG.debug("connected: {} by the Centrifuge protocol, {} open", opened, count);
    server.heartbeat().add(opened);
    if (wishes.json) {
      server.eventLoop().schedule(opened::closeIfStale, CONNECT_SECONDS, TimeUnit.SECONDS);
    } else {
      opened.session.close(INAPPROPRIATE);
    }
  }

  private void closeIfStale() {
    if (!session.isConnected()) {
      session.close(STALE);
    }
  }

  @Override
  public void heard() {
    answered = true;
  }

  @Override
  public void received(WebSocketFrame frame) {
    TextAssembler.Result result = texts.add(frame);
    if (result instanceof TextAssembler.Text text) {
      session.received(text.publication().data());
    } else if (result instanceof TextAssembler.Refused refused) {
      session.close(refused.reason());
    }
  }

  @Override
  public void drained() {
    session.drained();
  }

  @Override
  public void broken(CloseReason reason, String what) {
    error(what);
    session.close(reason);
  }

  @Override
  public void failed(Throwable failure) {
    error(String.valueOf(failure.getMessage()));
  }

  private void error(String what) {
    LOG.debug("error: {}, {} open: {}", this, server.connections().open(), what);
  }

  @Override
  public void closed(@Nullable String peer) {
    server.heartbeat().remove(this);
    session.closed();
    int count = server.connections().closed(Transport.CENTRIFUGE, closing);
    String why = closing != null ? closing.toString() : peer != null ? peer : "1006 without a word";
    LOG.debug("closed: {}: {}, {} open", this, why, count);
    closing = closing != null ? closing : CloseReason.GONE;
  }

  @Override
  public void ping() {
    if (session.isConnected()) {
      answered = false;
      session.ping();
    }
  }

  /** A peer that is not read cannot be heard. */
  @Override
  public boolean hasAnswered() {
    return answered || !session.isReading();
  }

  @Override
  public Heartbeat.Beat beat() {
    return beat;
  }

  @Override
  public boolean isWritable() {
    return closing == null && writer.isWritable();
  }

  @Override
  public long queuedBytes() {
    return writer.queuedBytes();
  }

  @Override
  public void send(ByteBuf shared) {
    if (closing == null) {
      writer.sendNow(shared);
    }
  }

  @Override
  public void write(ByteBuf framed) {
    if (closing == null) {
      writer.write(framed);
    } else {
      framed.release();
    }
  }

  @Override
  public void flush() {
    writer.flush();
  }

  @Override
  public void read(boolean on) {
    if (closing == null) {
      socket.read(on);
    }
  }

  /** The socket is closed; where the session does not know yet, it is told. */
  @Override
  public void close(CloseReason reason) {
    if (closing == null) {
      closing = reason;
      session.closed();
      socket.close(reason, server.closeTimeoutSeconds());
    }
  }

  /** Nothing that was published is left unanswered. */
  @Override
  public void leave() {
    session.leave(CloseReason.SHUTDOWN);
  }

  /** For log lines. */
  @Override
  public String toString() {
    return socket.remoteAddress();
  }
}
