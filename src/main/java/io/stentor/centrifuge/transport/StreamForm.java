package io.stentor.centrifuge.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.stentor.centrifuge.Framing;
import io.stentor.centrifuge.PushFormat;
import io.stentor.sse.ResponseStream;
import io.stentor.sse.ServerSentEvents;
import io.stentor.sse.SseConnection;

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

  static final StreamForm HTTP_STREAM =
      new StreamForm(JSON, Framing.CHUNKED_LINES, Framing.LINES, false);

  static final StreamForm SSE =
      new StreamForm(EVENTS, Framing.CHUNKED_EVENTS, Framing.EVENTS, false);

  static final StreamForm UNI_HTTP_STREAM =
      new StreamForm(JSON, Framing.CHUNKED_LINES, Framing.LINES, true);

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
  PushFormat format(ResponseStream stream, boolean timed) {
    return PushFormat.of(stream.isChunked() ? chunked : unchunked, listens, timed);
  }
}
