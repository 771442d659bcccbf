package io.stentor.transport;

import io.stentor.message.CloseReason;
import io.stentor.message.Member;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.protocol.ServerSentEvents;
import io.stentor.room.Start;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Event streams: {@code GET /rooms/{room}/events}. What is wrong with a request is said as a
 * problem before the stream begins. One event loop.
 */
final class SseEndpoint {

  /** A stream is never silent for longer; proxies cut after 30 s or more. */
  private static final int COMMENT_SECONDS = 15;

  private static final Logger LOG = LoggerFactory.getLogger(SseEndpoint.class);

  private final ServerLoop server;
  private final KeepAlive keepAlive = new KeepAlive(COMMENT_SECONDS);

  SseEndpoint(ServerLoop server) {
    this.server = server;
    keepAlive.start(server.eventLoop());
  }

  /** Sends every client away. */
  void closeAll() {
    keepAlive.closeAll(CloseReason.SHUTDOWN);
  }

  /** Answers GET with a stream, HEAD with its head. */
  void handleStreamEvents(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    SseConnection.Request asked;
    try {
      RoomName room = new RoomName(String.valueOf(ctx.pathParam("room")));
      Member member = Visitor.of(request.getParam("name"));
      boolean watches = flag("members", request.getParam("members"));
      asked = new SseConnection.Request(room, member, start(request), watches);
    } catch (IllegalArgumentException e) {
      Problem.answer(request, 400, String.valueOf(e.getMessage()));
      return;
    }
    if (keepAlive.isClosed()) {
      request.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
      Problem.answer(request, 503, "This server is going away; another one serves.");
      return;
    }
    putHeaders(request.response());
    if (request.method().equals(HttpMethod.HEAD)) {
      request.response().end();
    } else if (request.version() == HttpVersion.HTTP_2) {
      open2(request, asked);
    } else {
      open1(request, asked);
    }
  }

  private static void putHeaders(HttpServerResponse response) {
    SecurityHeaders.put(response);
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .putHeader("X-Accel-Buffering", "no");
  }

  /**
   * Where the stream begins. {@code Last-Event-ID} wins over the query: a browser connects again to
   * the address that it was given, with the old {@code since}, and with a newer id in the header.
   */
  private static Start start(HttpServerRequest request) {
    Start asked = WebSocketEndpoint.start(request.getParam("since"), request.getParam("last"));
    String lastEventId = request.getHeader("Last-Event-ID");
    return lastEventId == null || lastEventId.isEmpty()
        ? asked
        : new Start.Since(Position.parse(lastEventId));
  }

  private static boolean flag(String name, @Nullable String value) {
    if (value == null || value.equals("false")) {
      return false;
    }
    if (value.equals("true")) {
      return true;
    }
    throw new IllegalArgumentException(name + " is true or false");
  }

  private void open2(HttpServerRequest request, SseConnection.Request asked) {
    request.response().writeHead();
    SseConnection.open(
        asked,
        server,
        keepAlive,
        listener -> new Http2EventStream(request, server.eventLoop(), listener));
  }

  private void open1(HttpServerRequest request, SseConnection.Request asked) {
    HttpServerResponse response = request.response();
    HttpConnection connection = request.connection();
    boolean chunked = request.version() == HttpVersion.HTTP_1_1;
    // At the end of the headers, since Vert.x would promise a client of HTTP/1.0 to keep it alive.
    response.headersEndHandler(end -> response.putHeader(HttpHeaders.CONNECTION, "close"));
    response.setChunked(chunked).write(Buffer.buffer());
    ServerSentEvents format = chunked ? ServerSentEvents.CHUNKED : ServerSentEvents.UNFRAMED;
    server
        .eventLoop()
        .execute(
            () -> {
              if (!response.closed()) {
                takeOver(connection, format, asked);
              }
            });
  }

  private void takeOver(
      HttpConnection connection, ServerSentEvents format, SseConnection.Request asked) {
    try {
      SseConnection.open(
          asked,
          server,
          keepAlive,
          listener -> Http1EventStream.takeOver(connection, format, listener));
    } catch (IllegalStateException e) {
      LOG.error("an event stream could not begin: {}", e.getMessage());
      connection.close();
    }
  }
}
