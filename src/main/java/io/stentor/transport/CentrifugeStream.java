package io.stentor.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.stentor.message.CloseReason;
import io.stentor.protocol.centrifuge.Mailbox;
import io.stentor.protocol.centrifuge.Outlet;
import io.stentor.protocol.centrifuge.PushFormat;
import io.stentor.protocol.centrifuge.Session;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One response of the Centrifuge protocol: the session's objects go out; commands come in the
 * request and, where there are more, by {@link Mailboxes}. Belongs to the stream's event loop.
 */
final class CentrifugeStream
    implements Outlet,
        Heartbeat.Pinged,
        Newcomers.Newcomer,
        ResponseStream.Listener,
        Mailboxes.Owner {

  private static final Logger LOG = LoggerFactory.getLogger(CentrifugeStream.class);

  private final ServerLoop server;
  private final ResponseStream stream;
  private final PushFormat format;
  private final @Nullable Mailbox mailbox;
  private final Session session;
  private final Heartbeat.Beat beat = new Heartbeat.Beat();
  private @Nullable CloseReason closing;
  private boolean gone;
  private boolean answered = true;

  private CentrifugeStream(
      StreamForm form,
      Wishes wishes,
      ServerLoop server,
      Function<ResponseStream.Listener, ResponseStream> stream) {
    this.server = server;
    this.stream = stream.apply(this);
    this.format = form.format(this.stream, wishes.time());
    this.mailbox = form.listens() ? null : server.mailboxes().open(this);
    this.session = new Session(server.site(), this, format, wishes.name(), mailbox);
  }

  /**
   * Begins a session on a response whose head is written.
   *
   * @param first what came with the request
   * @param stream makes the stream for its listener
   */
  static void open(
      StreamForm form,
      Wishes wishes,
      byte[] first,
      ServerLoop server,
      Function<ResponseStream.Listener, ResponseStream> stream) {
    CentrifugeStream opened = new CentrifugeStream(form, wishes, server, stream);
    int count = server.connections().opened(Transport.CENTRIFUGE);
    LOG.debug("connected: {} by the Centrifuge protocol, {} open", opened, count);
    server.heartbeat().add(opened);
    server.newcomers().add(opened);
    if (server.heartbeat().isClosed()) {
      opened.close(CloseReason.SHUTDOWN);
    } else {
      opened.write(form.beginning(opened.stream));
      opened.session.received(first);
    }
  }

  @Override
  public boolean isConnected() {
    return session.isConnected();
  }

  /** Any thread. */
  @Override
  public void posted(byte[] commands) {
    server
        .eventLoop()
        .execute(
            () -> {
              answered = true;
              session.received(commands);
            });
  }

  @Override
  public void drained() {
    session.drained();
  }

  @Override
  public void failed(Throwable failure) {
    LOG.debug("error: {}, {} open: {}", this, server.connections().open(), failure.toString());
  }

  @Override
  public void closed(@Nullable String peer) {
    gone = true;
    server.heartbeat().remove(this);
    server.newcomers().remove(this);
    if (mailbox != null) {
      server.mailboxes().close(mailbox);
    }
    session.closed();
    String why = closing != null ? closing.toString() : peer != null ? peer : "by the client";
    int count = server.connections().closed(Transport.CENTRIFUGE, closing);
    LOG.debug("closed: {}: {}, {} open", this, why, count);
  }

  @Override
  public void ping() {
    answered = !session.answersPings();
    session.ping();
  }

  @Override
  public boolean hasAnswered() {
    return answered;
  }

  @Override
  public Heartbeat.Beat beat() {
    return beat;
  }

  private boolean isOpen() {
    return closing == null && !gone;
  }

  @Override
  public boolean isWritable() {
    return isOpen() && stream.isWritable();
  }

  @Override
  public long queuedBytes() {
    return stream.queuedBytes();
  }

  @Override
  public void send(ByteBuf shared) {
    if (isOpen()) {
      stream.send(shared);
    }
  }

  @Override
  public void write(ByteBuf framed) {
    if (isOpen()) {
      stream.write(framed);
    } else {
      framed.release();
    }
  }

  @Override
  public void flush() {
    if (isOpen()) {
      stream.flush();
    }
  }

  /**
   * Commands come in requests of their own, which nobody can hold back; the session bounds them.
   */
  @Override
  public void read(boolean on) {}

  /** The stream ends; where the session does not know yet, it is told. */
  @Override
  public void close(CloseReason reason) {
    if (isOpen()) {
      closing = reason;
      session.closed();
      boolean unsaid = reason.code() == CloseReason.GONE.code();
      stream.end(
          unsaid ? Unpooled.EMPTY_BUFFER : format.disconnect(reason), server.closeTimeoutSeconds());
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
    return stream.remoteAddress();
  }
}
