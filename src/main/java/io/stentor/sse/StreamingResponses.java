package io.stentor.sse;

import io.netty.channel.EventLoop;
import io.stentor.config.Config.WebSocketOptions;
import io.stentor.http.EventStreamRefusal;
import io.stentor.http.SecurityHeaders;
import io.stentor.http.Takeover;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts open-ended responses over HTTP/1 and HTTP/2. Must be used on one event loop only. */
public final class StreamingResponses {

  private static final Logger LOG = LoggerFactory.getLogger(StreamingResponses.class);

  private final EventLoop loop;
  private final Supplier<WebSocketOptions> options;

  /**
   * Creates an instance for one event loop.
   *
   * @param options supplies {@code pongTimeoutSeconds}, after which a peer that accepts no data is
   *     disconnected; not applied if pings are off
   */
  public StreamingResponses(EventLoop loop, Supplier<WebSocketOptions> options) {
    this.loop = loop;
    this.options = options;
  }

  private int silenceSeconds() {
    WebSocketOptions now = options.get();
    return now.pingIntervalSeconds() > 0 ? now.pongTimeoutSeconds() : 0;
  }

  /**
   * Sends the head of a response. The request must have been read completely.
   *
   * @param opened receives the factory that creates the stream for its listener, immediately or in
   *     a later event loop task; not called if the client has disconnected by then or the request
   *     is a {@code HEAD}
   */
  public void begin(
      HttpServerRequest request,
      String contentType,
      Consumer<Function<ResponseStream.Listener, ResponseStream>> opened) {
    putHeaders(request.response(), contentType);
    if (request.method().equals(HttpMethod.HEAD)) {
      request.response().end();
      return;
    }
    Takeover.limitSilence(request.connection(), silenceSeconds());
    if (request.version() == HttpVersion.HTTP_2) {
      request.response().writeHead();
      opened.accept(listener -> new Http2ResponseStream(request, loop, listener));
    } else {
      begin1(request, opened);
    }
  }

  private static void putHeaders(HttpServerResponse response, String contentType) {
    SecurityHeaders.put(response);
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, contentType)
        .putHeader(HttpHeaders.CACHE_CONTROL, EventStreamRefusal.CACHE_CONTROL)
        .putHeader("X-Accel-Buffering", "no");
  }

  private void begin1(
      HttpServerRequest request,
      Consumer<Function<ResponseStream.Listener, ResponseStream>> opened) {
    HttpServerResponse response = request.response();
    HttpConnection connection = request.connection();
    boolean chunked = request.version() == HttpVersion.HTTP_1_1;
    // Set when the headers end, because Vert.x would otherwise send keep-alive to an HTTP/1.0
    // client.
    response.headersEndHandler(end -> response.putHeader(HttpHeaders.CONNECTION, "close"));
    response.setChunked(chunked).write(Buffer.buffer());
    loop.execute(
        () -> {
          if (!response.closed()) {
            takeOver(connection, chunked, opened);
          }
        });
  }

  private static void takeOver(
      HttpConnection connection,
      boolean chunked,
      Consumer<Function<ResponseStream.Listener, ResponseStream>> opened) {
    try {
      opened.accept(listener -> Http1ResponseStream.takeOver(connection, chunked, listener));
    } catch (IllegalStateException e) {
      LOG.error("a stream could not begin: {}", e.getMessage());
      connection.close();
    }
  }
}
