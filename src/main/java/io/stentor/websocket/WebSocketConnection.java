package io.stentor.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.stentor.connection.Heartbeat;
import io.stentor.connection.Transport;
import io.stentor.http.LoopContext;
import io.stentor.http.PlainClient;
import io.stentor.http.Takeover;
import io.stentor.identity.Grants.Action;
import io.stentor.identity.Identity;
import io.stentor.message.CloseReason;
import io.stentor.message.Member;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.presence.Membership;
import io.stentor.room.Ack;
import io.stentor.room.Ack.MessageTooLarge;
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
final class WebSocketConnection implements Connection, Heartbeat.Pinged, Socket.Listener {

  private static final Logger LOG = LoggerFactory.getLogger(WebSocketConnection.class);

  /** Above this, reads are paused until half of it is acknowledged. */
  private static final int MAX_UNACKNOWLEDGED_BYTES = 64 * 1024;

  private final Socket socket;
  private final RoomName room;
  private final Format format;
  private final LoopContext loop;
  private final Membership membership;
  private final PlainClient client;
  private final Heartbeat.Beat beat = new Heartbeat.Beat();
  private @Nullable Cursor cursor;
  private int unacknowledgedBytes;
  private int unacknowledged;
  private boolean joined;
  private boolean paused;
  private boolean answered = true;

  private WebSocketConnection(
      ChannelHandlerContext place,
      RoomName room,
      Member member,
      Identity identity,
      Format format,
      LoopContext loop) {
    this.room = room;
    this.format = format;
    this.loop = loop;
    this.membership = new Membership(loop.presence(), room, member);
    // A frame's header is checked against this limit as long as the socket is open.
    this.socket = Socket.takeOver(place, maxMessageBytes(), this);
    this.client = new PlainClient(loop, member, identity, () -> may(Action.SUBSCRIBE), this::close);
  }

  /**
   * Takes over an accepted WebSocket and joins the room.
   *
   * @param place the result of {@link Takeover#accept}
   * @param subProtocol the chosen one; null for none
   */
  static void open(
      ChannelHandlerContext place,
      @Nullable String subProtocol,
      RoomName room,
      Member member,
      Identity identity,
      Start start,
      LoopContext loop) {
    Format format = PlainText.format(subProtocol);
    WebSocketConnection opened =
        new WebSocketConnection(place, room, member, identity, format, loop);
    opened.join(start);
    opened.socket.begin();
  }

  private void join(Start start) {
    int count = loop.connections().opened(Transport.WEBSOCKET);
    LOG.debug("connected: {} to room {}, {} open", this, room, count);
    loop.heartbeat().add(this);
    client.recheck();
    socket.read(false);
    try {
      cursor = loop.rooms().join(room, this, start, loop.eventLoop());
      if (!socket.isOpen()) {
        cursor.leave();
      }
    } catch (RoomLimitReached e) {
      close(CloseReason.TOO_MANY_ROOMS);
    }
  }

  private boolean may(Action action) {
    return loop.permissions().allow(client.identity(), room, action);
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
  public int maxMessageBytes() {
    return loop.rooms().options(room).maxMessageBytes();
  }

  @Override
  public int closeTimeoutSeconds() {
    return loop.closeTimeoutSeconds();
  }

  @Override
  public void refused(CloseReason reason) {
    close(reason);
  }

  @Override
  public void received(byte[] text) {
    Member member = client.member();
    Member from = member.user().isEmpty() ? null : member;
    Publication publication;
    try {
      publication = Publication.text(text, System.currentTimeMillis(), null, from);
    } catch (IllegalArgumentException e) {
      close(CloseReason.NOT_UTF8);
      return;
    }
    if (may(Action.PUBLISH)) {
      publish(publication);
    } else {
      close(CloseReason.MAY_NOT_PUBLISH);
    }
  }

  private void publish(Publication publication) {
    if (LOG.isDebugEnabled()) {
      LOG.debug("text from {} in room {}: {}", this, room, publication.text());
    }
    int bytes = publication.bytes();
    unacknowledgedBytes += bytes;
    unacknowledged++;
    boolean more = loop.rooms().publisher().publish(room, publication, new PublishAck(bytes));
    socket.slow(loop.rooms().take(room));
    if ((!more || unacknowledgedBytes > MAX_UNACKNOWLEDGED_BYTES) && !paused) {
      // Not reading makes TCP slow the publisher down.
      paused = true;
      socket.read(false);
    }
  }

  /** Reports the outcome of one publish to the connection. Any thread. */
  private final class PublishAck implements Ack {
    private final int bytes;

    PublishAck(int bytes) {
      this.bytes = bytes;
    }

    @Override
    public void appended(Position position) {
      loop.onLoop(() -> acknowledged(bytes));
    }

    @Override
    public void refused(Throwable reason) {
      CloseReason why =
          reason instanceof MessageTooLarge
              ? CloseReason.tooBig(String.valueOf(reason.getMessage()))
              : CloseReason.INTERNAL;
      loop.onLoop(() -> close(why));
    }
  }

  private void acknowledged(int bytes) {
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
    int open = loop.connections().open();
    LOG.debug("error: {} in room {}, {} open: {}", this, room, open, what);
  }

  @Override
  public void closed(@Nullable CloseReason reason, String why) {
    loop.heartbeat().remove(this);
    int count = loop.connections().closed(Transport.WEBSOCKET, reason);
    LOG.debug("closed: {} in room {}: {}, {} open", this, room, why, count);
  }

  @Override
  public void closing() {
    client.end();
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

  /** While reads are paused, nothing can arrive from the peer. */
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
