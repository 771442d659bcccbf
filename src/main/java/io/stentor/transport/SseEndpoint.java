package io.stentor.transport;

import io.stentor.config.Config;
import io.stentor.config.RoomOptions;
import io.stentor.identity.Identity;
import io.stentor.identity.Permissions.Action;
import io.stentor.message.CloseReason;
import io.stentor.message.Member;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.protocol.ServerSentEvents;
import io.stentor.room.Start;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Consumer;
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
  private final Authentication authentication;
  private final int silenceSeconds;
  private final KeepAlive keepAlive = new KeepAlive(COMMENT_SECONDS);

  /**
   * An endpoint of one server verticle.
   *
   * @param options with {@code pongTimeoutSeconds}, after which a peer that takes nothing of what
   *     it is sent is cut; not where nobody is pinged
   */
  SseEndpoint(ServerLoop server, Authentication authentication, Config.WebSocket options) {
    this.server = server;
    this.authentication = authentication;
    this.silenceSeconds = options.pingIntervalSeconds() > 0 ? options.pongTimeoutSeconds() : 0;
    keepAlive.start(server.eventLoop());
  }

  /** Every stream, in no particular order. */
  void forEach(Consumer<KeepAlive.Kept> action) {
    keepAlive.forEach(action);
  }

  /** Sends every client away, and who comes later too. */
  void closeAll() {
    keepAlive.closeAll(CloseReason.SHUTDOWN);
  }

  /** Answers with a stream. */
  void handleStreamEvents(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    try {
      SseConnection.Request asked = asked(ctx);
      putHeaders(request.response());
      Takeover.limitSilence(request.connection(), silenceSeconds);
      if (request.version() == HttpVersion.HTTP_2) {
        open2(request, asked);
      } else {
        open1(request, asked);
      }
    } catch (Refusal refusal) {
      refusal.answer(request);
    }
  }

  /** What is asked for, where that is allowed; the contract has been held against it before. */
  private SseConnection.Request asked(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    RoomName room = RoomPath.of(ctx);
    RoomOptions options = server.rooms().options(room);
    Identity identity = Authentication.of(ctx);
    authentication.require(identity, room, Action.SUBSCRIBE);
    boolean watches = "true".equals(request.getParam("members"));
    if (watches && !options.presence()) {
      throw Refusal.of(
          ProblemType.PRESENCE_OFF, "It is not known who is in this room: presence is off.");
    }
    if (watches) {
      authentication.require(identity, room, Action.PRESENCE);
    }
    try {
      Member member = Visitor.member(identity, request.getParam("name"));
      Start start = authentication.requireStart(identity, room, start(request));
      return new SseConnection.Request(room, member, start, watches, identity.expiresAt());
    } catch (IllegalArgumentException e) {
      throw Refusal.of(ProblemType.BAD_REQUEST, String.valueOf(e.getMessage()));
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
