package io.stentor.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.stentor.config.RoomOptions;
import io.stentor.connection.Heartbeat;
import io.stentor.connection.Transport;
import io.stentor.http.LoopContext;
import io.stentor.http.PlainClient;
import io.stentor.http.RoomClient;
import io.stentor.http.Takeover;
import io.stentor.identity.Permissions.Action;
import io.stentor.message.CloseReason;
import io.stentor.message.Member;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.presence.Membership;
import io.stentor.room.Connection;
import io.stentor.room.Cursor;
import io.stentor.room.Format;
import io.stentor.room.RoomLimitReached;
import io.stentor.room.Start;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket of the plain protocol in one room: frames in are published, the room's bytes go
 * out. Belongs to the socket's event loop, and is the only owner of the socket's handlers.
 */
final class WebSocketConnection implements Connection, Heartbeat.Pinged, SocketListener {

  private static final Logger LOG = LoggerFactory.getLogger(WebSocketConnection.class);

  /** A publisher with more than this on its way is not read until half of it is acknowledged. */
  private static final int MAX_UNACKNOWLEDGED_BYTES = 64 * 1024;

  private final Socket socket;
  private final RoomName room;
  private final Format format;
  private final LoopContext server;
  private final TextAssembler texts;
  private final Membership membership;
  private final RoomClient visitor;
  private final Heartbeat.Beat beat = new Heartbeat.Beat();
  private @Nullable Cursor cursor;
  private int unacknowledgedBytes;
  private int unacknowledged;
  private boolean joined;
  private boolean paused;
  private boolean answered = true;
  private @Nullable PlainClient visit;

  private WebSocketConnection(
      ChannelHandlerContext place,
      RoomName room,
      RoomClient visitor,
      Format format,
      int maxFrameBytes,
      LoopContext server) {
    Member member = visitor.member();
    this.visitor = visitor;
    this.room = room;
    this.format = format;
    this.server = server;
    this.texts = new TextAssembler(member.user().isEmpty() ? null : member);
    this.membership = new Membership(server.presence(), room, member);
    this.socket = Socket.takeOver(place, maxFrameBytes, server.closeTimeout(), this);
  }

  /**
   * Takes an accepted WebSocket over and joins the room.
   *
   * @param place what {@link Takeover#accept} gave
   * @param subProtocol what was agreed on
   */
  static void open(
      ChannelHandlerContext place,
      @Nullable String subProtocol,
      RoomName room,
      RoomClient visitor,
      Start start,
      LoopContext server) {
    Format format = PlainText.format(subProtocol);
    // A frame's header is checked against this limit as long as the socket is open.
    int maxFrameBytes = server.rooms().options(room).maxMessageBytes();
    WebSocketConnection opened =
        new WebSocketConnection(place, room, visitor, format, maxFrameBytes, server);
    opened.join(start);
    opened.socket.begin();
  }

  private void join(Start start) {
    int count = server.connections().opened(Transport.WEBSOCKET);
    LOG.debug("connected: {} to room {}, {} open", this, room, count);
    server.heartbeat().add(this);
    PlainClient began =
        new PlainClient(
            server,
            visitor.member(),
            visitor.expiresAt(),
            () -> may(Action.SUBSCRIBE),
            this::close);
    visit = began;
    began.recheck();
    socket.read(false);
    try {
      cursor = server.rooms().join(room, this, start, server.eventLoop());
      if (!socket.isOpen()) {
        cursor.leave();
      }
    } catch (RoomLimitReached e) {
      close(CloseReason.TOO_MANY_ROOMS);
    }
  }

  private boolean may(Action action) {
    return server.permissions().allow(visitor.identity(), room, action);
  }

  @Override
  public void joined() {
    joined = true;
    socket.read(true);
    membership.enter();
  }

  @Override
  public void heard() {
    answered = true;
  }

  @Override
  public void received(WebSocketFrame frame) {
    RoomOptions options = server.rooms().options(room);
    TextAssembler.Result result = texts.add(frame, options.maxMessageBytes());
    if (result instanceof TextAssembler.Text && !may(Action.PUBLISH)) {
      close(CloseReason.MAY_NOT_PUBLISH);
    } else if (result instanceof TextAssembler.Text text) {
      publish(text.publication(), options.ratePerSecond());
    } else if (result instanceof TextAssembler.Refused refused) {
      close(refused.reason());
    }
  }

  private void publish(Publication publication, int ratePerSecond) {
    if (LOG.isDebugEnabled()) {
      LOG.debug("text from {} in room {}: {}", this, room, publication.text());
    }
    int bytes = publication.bytes();
    unacknowledgedBytes += bytes;
    unacknowledged++;
    boolean more = server.rooms().publish(room, publication, new PublishAck(this, server, bytes));
    socket.slow(server.rooms().limits().roomRates().take(room, ratePerSecond));
    if ((!more || unacknowledgedBytes > MAX_UNACKNOWLEDGED_BYTES) && !paused) {
      // Not reading makes TCP slow the publisher down.
      paused = true;
      socket.read(false);
    }
  }

  /** So much of what was published is in the log. */
  void acknowledged(int bytes) {
    unacknowledgedBytes -= bytes;
    unacknowledged--;
    boolean few = unacknowledged == 0 || unacknowledgedBytes < MAX_UNACKNOWLEDGED_BYTES / 2;
    if (paused && few) {
      paused = false;
      socket.read(true);
    }
  }

  @Override
  public void drained() {
    if (cursor != null) {
      cursor.drained();
    }
  }

  @Override
  public void error(String what) {
    int open = server.connections().open();
    LOG.debug("error: {} in room {}, {} open: {}", this, room, open, what);
  }

  @Override
  public void closed(@Nullable CloseReason reason, String why) {
    server.heartbeat().remove(this);
    int count = server.connections().closed(Transport.WEBSOCKET, reason);
    LOG.debug("closed: {} in room {}: {}, {} open", this, room, why, count);
  }

  @Override
  public void closing() {
    if (visit != null) {
      visit.end();
    }
    membership.leave();
    if (cursor != null) {
      cursor.leave();
    }
  }

  @Override
  public void ping() {
    answered = false;
    socket.ping();
  }

  /** A peer that is not read cannot be heard. */
  @Override
  public boolean hasAnswered() {
    return answered || paused || !joined || socket.isSlowed();
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
    return socket.isWritable();
  }

  @Override
  public void send(ByteBuf shared) {
    socket.send(shared);
  }

  @Override
  public void write(ByteBuf bytes) {
    socket.write(bytes);
  }

  @Override
  public void flush() {
    socket.flush();
  }

  @Override
  public void close(CloseReason reason) {
    socket.close(reason);
  }

  @Override
  public void leave() {
    close(CloseReason.SHUTDOWN);
  }

  /** For log lines: the address and the connection's id. */
  @Override
  public String toString() {
    return socket + " " + membership.member().connection();
  }
}
