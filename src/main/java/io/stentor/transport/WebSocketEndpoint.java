package io.stentor.transport;

import io.netty.handler.codec.http.HttpHeaderValues;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.protocol.PlainText;
import io.stentor.room.Start;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * WebSocket upgrades: {@code /} is the lobby, {@code /rooms/{room}} any room. What is wrong with a
 * request is said as a problem before the upgrade. One event loop.
 */
final class WebSocketEndpoint {

  /** The version of the protocol (RFC 6455, section 4.1). */
  private static final String VERSION = "13";

  /** A key is 16 bytes in Base64 (RFC 6455, section 4.1). */
  private static final String KEY_PATTERN = "[A-Za-z0-9+/]{22}==";

  private static final Logger LOG = LoggerFactory.getLogger(WebSocketEndpoint.class);

  private final ServerLoop server;
  private final List<String> allowedOrigins;

  private WebSocketEndpoint(ServerLoop server, List<String> allowedOrigins) {
    this.server = server;
    this.allowedOrigins = allowedOrigins;
  }

  /**
   * Takes the upgrade requests; requests for pages pass on.
   *
   * @param allowedOrigins origins that browsers may come from; empty allows all
   */
  static void mount(Router router, ServerLoop server, List<String> allowedOrigins) {
    WebSocketEndpoint endpoint = new WebSocketEndpoint(server, allowedOrigins);
    router.route("/").handler(ctx -> endpoint.handle(ctx, RoomName.LOBBY.value()));
    router
        .route("/rooms/:room")
        .handler(ctx -> endpoint.handle(ctx, String.valueOf(ctx.pathParam("room"))));
    router.route("/rooms/:room").handler(WebSocketEndpoint::upgradeRequired);
  }

  private static void upgradeRequired(RoutingContext ctx) {
    ctx.response().putHeader(HttpHeaders.UPGRADE, "websocket");
    Problem.answer(
        ctx.request(), 426, "A room is entered by a WebSocket: send an upgrade request.");
  }

  private void handle(RoutingContext ctx, String room) {
    HttpServerRequest request = ctx.request();
    String upgrade = request.getHeader(HttpHeaders.UPGRADE);
    if (upgrade == null || !HttpHeaderValues.WEBSOCKET.contentEqualsIgnoreCase(upgrade)) {
      ctx.next();
      return;
    }
    String wrong = wrongUpgrade(request);
    if (wrong != null) {
      ctx.response().putHeader("Sec-WebSocket-Version", VERSION);
      Problem.answer(request, VERSION.equals(version(request)) ? 400 : 426, wrong);
    } else if (!isAllowed(request.getHeader(HttpHeaders.ORIGIN))) {
      Problem.answer(request, 403, "Pages of this origin may not connect here.");
    } else {
      accept(request, room);
    }
  }

  private void accept(HttpServerRequest request, String room) {
    RoomName name;
    Start start;
    try {
      name = new RoomName(room);
      start = start(request.getParam("since"), request.getParam("last"));
    } catch (IllegalArgumentException e) {
      Problem.answer(request, 400, String.valueOf(e.getMessage()));
      return;
    }
    request
        .toWebSocket()
        .onSuccess(
            socket ->
                new WebSocketConnection(
                        socket, name, PlainText.format(socket.subProtocol()), server)
                    .open(start))
        .onFailure(
            failure ->
                LOG.info("upgrade by {} failed: {}", request.remoteAddress(), failure.toString()));
  }

  private static @Nullable String wrongUpgrade(HttpServerRequest request) {
    String connection = request.getHeader(HttpHeaders.CONNECTION);
    String key = request.getHeader("Sec-WebSocket-Key");
    if (request.version() != HttpVersion.HTTP_1_1 || !request.method().equals(HttpMethod.GET)) {
      return "A WebSocket is opened with GET over HTTP/1.1.";
    }
    if (connection == null || !connection.toLowerCase(Locale.ROOT).contains("upgrade")) {
      return "The header Connection has to say Upgrade.";
    }
    if (!VERSION.equals(version(request))) {
      return "Only version 13 of the WebSocket protocol is spoken here.";
    }
    if (key == null || !key.matches(KEY_PATTERN)) {
      return "The header Sec-WebSocket-Key has to be 16 bytes in Base64.";
    }
    return null;
  }

  private static @Nullable String version(HttpServerRequest request) {
    return request.getHeader("Sec-WebSocket-Version");
  }

  private boolean isAllowed(@Nullable String origin) {
    return allowedOrigins.isEmpty() || origin == null || allowedOrigins.contains(origin);
  }

  private static Start start(@Nullable String since, @Nullable String last) {
    if (since != null && last != null) {
      throw new IllegalArgumentException("since and last exclude each other: give one of them");
    }
    if (since != null) {
      return new Start.Since(Position.parse(since));
    }
    return last == null ? new Start.Live() : new Start.Last(number(last));
  }

  private static int number(String last) {
    if (!last.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException("last is a number of messages, 0 or more");
    }
    return Integer.parseInt(last);
  }
}
