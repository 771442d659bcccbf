package io.stentor.centrifuge.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.stentor.admission.Limit;
import io.stentor.admission.Limits;
import io.stentor.admission.Limits.PostRate;
import io.stentor.centrifuge.ClientTransport.Mailbox;
import io.stentor.centrifuge.Commands;
import io.stentor.centrifuge.Session;
import io.stentor.centrifuge.codec.ClientFormat;
import io.stentor.centrifuge.codec.Framing;
import io.stentor.centrifuge.codec.JsonFormat;
import io.stentor.centrifuge.codec.ProtobufFormat;
import io.stentor.connection.Heartbeat;
import io.stentor.http.LoopContext;
import io.stentor.http.RequestLimiter;
import io.stentor.message.CloseReason;
import io.stentor.sse.ResponseStream;
import io.stentor.sse.ServerSentEvents;
import io.stentor.sse.SseConnection;
import io.stentor.sse.StreamConnection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A Centrifuge connection over an HTTP response, which carries the session's objects. The first
 * command comes with the request; later ones arrive through {@link Mailboxes}. Confined to the
 * stream's event loop.
 */
final class CentrifugeStream extends StreamConnection
    implements CentrifugeConnection, Mailboxes.Owner {

  private final LoopContext loop;
  private final ClientFormat format;
  private final Mailboxes mailboxes;
  private final @Nullable Mailbox mailbox;
  private final Session session;
  private final PostRate rate;
  private final Heartbeat.Beat beat = new Heartbeat.Beat();
  private boolean answered = true;

  private CentrifugeStream(
      StreamForm form,
      ConnectParameters parameters,
      LoopContext loop,
      Mailboxes mailboxes,
      Function<ResponseStream.Listener, ResponseStream> stream) {
    super(stream);
    this.loop = loop;
    this.mailboxes = mailboxes;
    this.format = form.format(stream(), parameters.time());
    this.mailbox = form.listens() ? null : mailboxes.open(this);
    this.session = Commands.newSession(loop, this, format, parameters.name());
    this.rate = loop.rooms().limits().postRate();
  }

  /**
   * Starts a session on a response whose head has been written.
   *
   * @param first the commands that came with the request
   * @param stream creates the stream for its listener
   */
  static void open(
      StreamForm form,
      ConnectParameters parameters,
      byte[] first,
      LoopContext loop,
      Mailboxes mailboxes,
      Function<ResponseStream.Listener, ResponseStream> stream) {
    CentrifugeStream opened = new CentrifugeStream(form, parameters, loop, mailboxes, stream);
    opened.opened();
    if (loop.heartbeat().isClosed()) {
      opened.close(CloseReason.SHUTDOWN);
    } else {
      opened.write(form.beginning(opened.stream()));
      opened.rate.tryTake(opened.format.count(first), opened);
      opened.session.received(first);
    }
  }

  @Override
  public Session session() {
    return session;
  }

  @Override
  public LoopContext loop() {
    return loop;
  }

  /** Executes posted commands unless they exceed the rate limit. Any thread. */
  @Override
  public Mailboxes.@Nullable TooFast posted(byte[] commands) {
    long wait = rate.tryTake(format.count(commands), this);
    if (wait > 0) {
      loop.eventLoop().execute(() -> answered = true);
      Limits limits = loop.rooms().limits();
      int allowed = limits.allowed(Limit.MESSAGES_PER_SECOND_PER_CONNECTION);
      return new Mailboxes.TooFast(allowed, RequestLimiter.seconds(wait));
    }
    loop.eventLoop()
        .execute(
            () -> {
              answered = true;
              session.received(commands);
            });
    return null;
  }

  @Override
  public @Nullable Mailbox mailbox() {
    return mailbox;
  }

  @Override
  public void drained() {
    session.drained();
  }

  @Override
  public void failed(Throwable failure) {
    error(failure.toString());
  }

  @Override
  public void closed(@Nullable CloseReason reason, String why) {
    if (mailbox != null) {
      mailboxes.close(mailbox);
    }
    ended(reason, why);
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
  public Heartbeat.Beat place() {
    return beat;
  }

  @Override
  public long queuedBytes() {
    return stream().queuedBytes();
  }

  /**
   * Does nothing: commands arrive in separate requests, which cannot be paused. {@link #posted}
   * refuses commands that come too fast, and the session limits its queue.
   */
  @Override
  public void read(boolean on) {}

  /** Ends the stream, and closes the session if it is still open. */
  @Override
  public void close(CloseReason reason) {
    if (beginToClose(reason)) {
      session.closed();
      boolean silent = reason.code() == CloseReason.GONE.code();
      stream()
          .end(
              silent ? Unpooled.EMPTY_BUFFER : format.disconnect(reason),
              loop.closeTimeoutSeconds());
    }
  }

  /** Returns the client's address for the log. */
  @Override
  public String toString() {
    return stream().remoteAddress();
  }

  /**
   * The format of the streaming responses of one path.
   *
   * @param contentType the content type of the responses
   * @param chunked the framing within HTTP/1.1 chunks
   * @param unchunked the framing over HTTP/2 and HTTP/1.0
   * @param listens whether the stream is unidirectional; otherwise clients post commands
   */
  record StreamForm(String contentType, Framing chunked, Framing unchunked, boolean listens) {

    private static final String JSON = "application/json";
    private static final String EVENTS = "text/event-stream";

    /** The content type of Protobuf. */
    static final String OCTETS = "application/octet-stream";

    static final StreamForm HTTP_STREAM =
        new StreamForm(JSON, Framing.CHUNKED_LINES, Framing.LINES, false);

    static final StreamForm PROTOBUF_STREAM =
        new StreamForm(OCTETS, Framing.CHUNKS, Framing.NONE, false);

    static final StreamForm SSE =
        new StreamForm(EVENTS, Framing.CHUNKED_EVENTS, Framing.EVENTS, false);

    static final StreamForm UNI_HTTP_STREAM =
        new StreamForm(JSON, Framing.CHUNKED_LINES, Framing.LINES, true);

    static final StreamForm UNI_PROTOBUF_STREAM =
        new StreamForm(OCTETS, Framing.CHUNKS, Framing.NONE, true);

    static final StreamForm UNI_SSE =
        new StreamForm(EVENTS, Framing.CHUNKED_EVENTS, Framing.EVENTS, true);

    /**
     * Returns the first bytes of a stream: for SSE the retry interval, otherwise nothing. Writing
     * them makes proxies forward the response head.
     */
    ByteBuf beginning(ResponseStream stream) {
      ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(32);
      if (contentType.equals(EVENTS)) {
        ServerSentEvents events =
            stream.isChunked() ? ServerSentEvents.CHUNKED : ServerSentEvents.UNFRAMED;
        events.encodeRetry(SseConnection.retryMillis(), out);
      }
      return out;
    }

    /** Returns the format of the pushes on a stream. */
    ClientFormat format(ResponseStream stream, boolean timed) {
      Framing framing = stream.isChunked() ? chunked : unchunked;
      return contentType.equals(OCTETS)
          ? ProtobufFormat.of(framing, listens, timed)
          : JsonFormat.of(framing, listens, timed);
    }
  }
}
