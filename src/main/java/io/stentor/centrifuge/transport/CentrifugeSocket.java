package io.stentor.centrifuge.transport;

import io.netty.channel.ChannelHandlerContext;
import io.stentor.centrifuge.Commands;
import io.stentor.centrifuge.Session;
import io.stentor.centrifuge.codec.ClientFormat;
import io.stentor.config.RoomOptions;
import io.stentor.connection.Heartbeat;
import io.stentor.http.LoopContext;
import io.stentor.http.Takeover;
import io.stentor.json.Utf8;
import io.stentor.message.CloseReason;
import io.stentor.room.Format;
import io.stentor.room.Output;
import io.stentor.websocket.PermessageDeflate;
import io.stentor.websocket.Socket;
import org.jspecify.annotations.Nullable;

/**
 * A Centrifuge connection over WebSocket: incoming messages are commands, outgoing messages are the
 * session's frames. Confined to the socket's event loop, and the only owner of the socket's
 * handlers.
 */
public final class CentrifugeSocket implements CentrifugeConnection, Socket.Listener {

  /** The JSON subprotocol. JSON is also the default if the client names no subprotocol. */
  public static final String JSON = "centrifuge-json";

  /** The Protobuf subprotocol. */
  public static final String PROTOBUF = "centrifuge-protobuf";

  private final LoopContext loop;
  private final Socket socket;
  private final ClientFormat format;
  private final @Nullable PermessageDeflate deflate;
  private final Session session;
  private final Heartbeat.Beat beat = new Heartbeat.Beat();
  private boolean answered = true;

  private CentrifugeSocket(
      ChannelHandlerContext place,
      ClientFormat format,
      @Nullable PermessageDeflate deflate,
      String name,
      LoopContext loop) {
    this.loop = loop;
    this.format = format;
    this.deflate = deflate;
    this.socket = Socket.takeOver(place, loop.maxFrameBytes(), deflate, this);
    this.session = Commands.newSession(loop, this, format, name);
  }

  /**
   * Takes over an accepted WebSocket.
   *
   * @param place the channel context that {@link Takeover#accept} returned
   * @param format of what the client sends and is sent
   * @param deflate null if no compression was agreed on
   * @param name the name that the client chose; empty for none
   * @param first a message that came with the request; null for none
   */
  static CentrifugeSocket open(
      ChannelHandlerContext place,
      ClientFormat format,
      @Nullable PermessageDeflate deflate,
      String name,
      byte @Nullable [] first,
      LoopContext loop) {
    CentrifugeSocket opened = new CentrifugeSocket(place, format, deflate, name, loop);
    opened.opened();
    if (first != null) {
      opened.session.received(first);
    }
    opened.socket.begin();
    return opened;
  }

  @Override
  public Session session() {
    return session;
  }

  @Override
  public LoopContext loop() {
    return loop;
  }

  @Override
  public void heard() {
    answered = true;
  }

  @Override
  public int maxMessageBytes() {
    return loop.maxFrameBytes();
  }

  @Override
  public int closeTimeoutSeconds() {
    return loop.closeTimeoutSeconds();
  }

  @Override
  public void received(byte[] text) {
    if (Utf8.isValid(text)) {
      session.received(text);
    } else {
      session.close(CloseReason.NOT_UTF8);
    }
  }

  @Override
  public boolean takesBinary() {
    return format.carriesBytes();
  }

  @Override
  public void receivedBinary(byte[] data) {
    session.received(data);
  }

  @Override
  public void refused(CloseReason reason) {
    session.close(reason);
  }

  /**
   * The session charges bidirectional clients for each command, because one message may contain
   * many. Messages of unidirectional clients are not parsed, so the socket charges for each
   * message.
   */
  @Override
  public boolean countsMessages() {
    return !format.isBare();
  }

  @Override
  public long take() {
    return socket.take();
  }

  @Override
  public void drained() {
    session.drained();
  }

  @Override
  public void error(String what) {
    CentrifugeConnection.super.error(what);
  }

  @Override
  public void closing() {
    session.closed();
  }

  @Override
  public void closed(@Nullable CloseReason reason, String why) {
    ended(reason, why);
  }

  @Override
  public void ping() {
    answered = !session.answersPings();
    session.ping();
  }

  /** While reads are paused, nothing can arrive from the peer, so it counts as alive. */
  @Override
  public boolean hasAnswered() {
    return answered || !session.isReading() || socket.isSlowed();
  }

  @Override
  public Heartbeat.Beat place() {
    return beat;
  }

  @Override
  public Output output() {
    return socket;
  }

  @Override
  public Format format(Format plain, RoomOptions room) {
    return deflate != null && room.compression() ? deflate.compressed(plain) : plain;
  }

  @Override
  public long queuedBytes() {
    return socket.queuedBytes();
  }

  @Override
  public boolean hold(boolean on) {
    return socket.hold(on);
  }

  @Override
  public void read(boolean on) {
    socket.read(on);
  }

  @Override
  public void close(CloseReason reason) {
    socket.close(reason);
  }

  /** Returns the client's address for the log. */
  @Override
  public String toString() {
    return socket.toString();
  }
}
