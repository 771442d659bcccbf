package io.stentor.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.stentor.connection.Heartbeat;
import io.stentor.connection.Transport;
import io.stentor.http.LoopContext;
import io.stentor.http.PlainClient;
import io.stentor.http.Takeover;
import io.stentor.identity.Grants.Action;
import io.stentor.identity.Identity;
import io.stentor.message.Attributes;
import io.stentor.message.CloseReason;
import io.stentor.message.Member;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.Publication.Kind;
import io.stentor.message.RoomName;
import io.stentor.message.TagFilter;
import io.stentor.presence.Membership;
import io.stentor.room.Ack;
import io.stentor.room.Ack.MessageTooLarge;
import io.stentor.room.Connection;
import io.stentor.room.Cursor.Notice;
import io.stentor.room.Cursor.Start;
import io.stentor.room.Format;
import io.stentor.room.JoinLimitReached;
import io.stentor.room.Output;
import io.stentor.websocket.Handshake.Agreed;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket of the plain protocol in one room: each message from the client is published, and
 * each publication is sent as one message: a binary one as a binary message, others as text.
 * Confined to the socket's event loop.
 *
 * <p>With the sub-protocol {@value #CURSOR_SUB_PROTOCOL} each outgoing message begins with its
 * position and a newline, so that a client without a library can resume. Control lines, see {@link
 * Notice#json}, report the position of the client; they begin with <code>{</code>, as no position
 * does. Without the sub-protocol there is no way to report lost messages; the connection is closed
 * with 3010 instead.
 */
public final class WebSocketConnection implements Connection, Heartbeat.Pinged, Socket.Listener {

  /** Name of the sub-protocol with positions. */
  public static final String CURSOR_SUB_PROTOCOL = "stentor.cursor";

  /** Messages without positions. */
  static final Format TEXT = new Texts();

  /** Messages preceded by their positions. */
  static final Format CURSOR = new Cursors();

  private static final int MAX_HEADER_BYTES = 10;
  private static final int MAX_POSITION_BYTES = 8 + 1 + 19 + 1;

  /** First byte of a text frame that is a complete message (RFC 6455, section 5.2). */
  private static final int FINAL_TEXT = 0x81;

  /** The same of a binary frame. */
  private static final int FINAL_BINARY = 0x82;

  private static final Logger LOG = LoggerFactory.getLogger(WebSocketConnection.class);

  /**
   * Reads are paused above this number of unacknowledged bytes, until half of it is acknowledged.
   */
  private static final int MAX_UNACKNOWLEDGED_BYTES = 64 * 1024;

  private final Socket socket;
  private final RoomName room;
  private final Format format;
  private final @Nullable TagFilter filter;

  /** The attributes of everything that the client publishes. */
  private final Attributes attributes;

  private final LoopContext loop;
  private final Membership membership;
  private final PlainClient client;
  private final Heartbeat.Beat beat = new Heartbeat.Beat();
  private int unacknowledgedBytes;
  private int unacknowledged;
  private boolean joined;
  private boolean told;
  private boolean paused;
  private boolean answered = true;

  /**
   * A validated request for a WebSocket.
   *
   * @param member the client as the other members see it
   * @param identity the authenticated identity
   * @param filter which publications the client is sent; null for all
   * @param echo whether the client is sent what it publishes
   * @param agreed the sub-protocol and the extension of the WebSocket
   */
  record Request(
      RoomName room,
      Member member,
      Identity identity,
      Start start,
      @Nullable TagFilter filter,
      boolean echo,
      Agreed agreed) {}

  private WebSocketConnection(ChannelHandlerContext place, Request request, LoopContext loop) {
    Member member = request.member();
    this.room = request.room();
    Format plain = format(request.agreed().subProtocol());
    PermessageDeflate deflate = request.agreed().deflate();
    this.format = deflate == null ? plain : deflate.compressed(plain);
    this.filter = request.filter();
    this.loop = loop;
    this.attributes =
        request.echo() ? Attributes.NONE : Attributes.NONE.withExclude(member.connection());
    this.membership = new Membership(loop.presence(), room, member);
    // Frame headers are checked against this limit for as long as the socket is open.
    this.socket = Socket.takeOver(place, maxMessageBytes(), deflate, this);
    this.client =
        new PlainClient(loop, member, request.identity(), () -> may(Action.SUBSCRIBE), this::close);
  }

  /**
   * Takes over an accepted WebSocket and joins the room.
   *
   * @param place the result of {@link Takeover#accept}
   */
  static void open(ChannelHandlerContext place, Request request, LoopContext loop) {
    WebSocketConnection opened = new WebSocketConnection(place, request, loop);
    opened.join(request.start());
    opened.socket.begin();
  }

  private void join(Start start) {
    int count = loop.connections().opened(Transport.WEBSOCKET);
    LOG.debug("connected: {} to room {}, {} open", this, room, count);
    loop.heartbeat().add(this);
    client.recheck();
    socket.read(false);
    try {
      client.join(room, this, start);
    } catch (JoinLimitReached e) {
      close(e.closeReason());
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
    Publication publication;
    try {
      publication = Publication.text(text, System.currentTimeMillis(), null, publisher());
    } catch (IllegalArgumentException e) {
      close(CloseReason.NOT_UTF8);
      return;
    }
    publishIfAllowed(publication);
  }

  @Override
  public boolean takesBinary() {
    return loop.rooms().options(room).allowBinary();
  }

  @Override
  public void receivedBinary(byte[] data) {
    publishIfAllowed(Publication.binary(data, System.currentTimeMillis(), null, publisher()));
  }

  private @Nullable Member publisher() {
    Member member = client.member();
    return member.user().isEmpty() ? null : member;
  }

  private void publishIfAllowed(Publication publication) {
    if (may(Action.PUBLISH)) {
      publish(attributes.bytes() == 0 ? publication : publication.with(attributes));
    } else {
      close(CloseReason.MAY_NOT_PUBLISH);
    }
  }

  private void publish(Publication publication) {
    if (LOG.isDebugEnabled()) {
      boolean binary = publication.kind() == Kind.BINARY;
      LOG.debug(
          "message from {} in room {}: {}",
          this,
          room,
          binary ? publication.toString() : publication.text());
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
    client.drained();
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
  }

  @Override
  public void ping() {
    answered = false;
    socket.ping();
  }

  /** Returns true while reads are paused, because nothing can arrive from the peer then. */
  @Override
  public boolean hasAnswered() {
    return answered || paused || !joined || socket.isSlowed();
  }

  @Override
  public Heartbeat.Beat place() {
    return beat;
  }

  @Override
  public Format format() {
    return format;
  }

  @Override
  public @Nullable TagFilter filter() {
    return filter;
  }

  @Override
  public String id() {
    return client.connection();
  }

  @Override
  public Output output() {
    return socket;
  }

  @Override
  public boolean tell(Notice notice) {
    if (told || format.uncompressed() != CURSOR) {
      return Connection.super.tell(notice);
    }
    told = true;
    ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(NOTICE_BYTES);
    controlLine(notice.json(membership.member().connection()), out);
    socket.write(out);
    socket.flush();
    return true;
  }

  @Override
  public void close(CloseReason reason) {
    socket.close(reason);
  }

  @Override
  public void leave() {
    close(CloseReason.SHUTDOWN);
  }

  /** Returns the address and the connection's ID, for log lines. */
  @Override
  public String toString() {
    return socket + " " + membership.member().connection();
  }

  /** Returns the format of a chosen sub-protocol, or of none. */
  static Format format(@Nullable String subProtocol) {
    return CURSOR_SUB_PROTOCOL.equals(subProtocol) ? CURSOR : TEXT;
  }

  private static void controlLine(String line, ByteBuf out) {
    FrameWriter.writeHeader(FINAL_TEXT, line.length(), out);
    ByteBufUtil.writeAscii(out, line);
  }

  private static int firstByte(Publication publication) {
    return publication.kind() == Kind.BINARY ? FINAL_BINARY : FINAL_TEXT;
  }

  private static final class Texts implements Format {
    @Override
    public int sizeLimit(RoomName room, Publication publication) {
      return MAX_HEADER_BYTES + publication.bytes();
    }

    @Override
    public void encode(
        RoomName room, Publication publication, long epoch, long offset, ByteBuf out) {
      byte[] data = publication.asText().data();
      FrameWriter.writeHeader(firstByte(publication), data.length, out);
      out.writeBytes(data);
    }

    @Override
    public boolean encode(Notice notice, ByteBuf out) {
      return false;
    }
  }

  private static final class Cursors implements Format {
    @Override
    public int sizeLimit(RoomName room, Publication publication) {
      return MAX_HEADER_BYTES + MAX_POSITION_BYTES + publication.bytes();
    }

    @Override
    public void encode(
        RoomName room, Publication publication, long epoch, long offset, ByteBuf out) {
      byte[] data = publication.asText().data();
      String position = Position.epochText(epoch) + ":" + offset + "\n";
      FrameWriter.writeHeader(firstByte(publication), position.length() + data.length, out);
      ByteBufUtil.writeAscii(out, position);
      out.writeBytes(data);
    }

    @Override
    public boolean encode(Notice notice, ByteBuf out) {
      controlLine(notice.json(), out);
      return true;
    }
  }
}
