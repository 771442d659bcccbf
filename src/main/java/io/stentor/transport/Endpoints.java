package io.stentor.transport;

import io.netty.channel.EventLoop;
import io.stentor.config.Config;
import io.stentor.identity.Permissions;
import io.stentor.identity.Tokens;
import io.stentor.message.CloseReason;
import io.stentor.presence.Presence;
import io.stentor.protocol.PlainText;
import io.stentor.protocol.centrifuge.Site;
import io.stentor.room.Rooms;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.util.List;

/** Everything that one server verticle serves, and the connections that it has. */
public final class Endpoints implements Handler<HttpServerRequest> {

  /** Every sub-protocol that is spoken at one path or another. */
  public static final List<String> SUB_PROTOCOLS =
      List.of(PlainText.CURSOR_SUB_PROTOCOL, CentrifugeSocket.JSON, CentrifugeSocket.PROTOBUF);

  /** What clients of the Centrifuge protocol rely on. */
  private static final int LEAST_MAX_FRAME_BYTES = 64 * 1024;

  private final Heartbeat heartbeat;
  private final WebSocketEndpoint sockets;
  private final Router router;

  /** Endpoints on one event loop. */
  public Endpoints(
      Vertx vertx,
      EventLoop eventLoop,
      Config config,
      Rooms rooms,
      Presence presence,
      Permissions permissions,
      Tokens tokens,
      Connections connections) {
    heartbeat = new Heartbeat(config.webSocket());
    heartbeat.start(eventLoop);
    int pingIntervalSeconds = config.webSocket().pingIntervalSeconds();
    ServerLoop server =
        new ServerLoop(
            eventLoop,
            rooms,
            presence,
            heartbeat,
            connections,
            config.webSocket().closeTimeoutSeconds(),
            new Site(eventLoop, rooms, presence, permissions, tokens, pingIntervalSeconds),
            Math.max(LEAST_MAX_FRAME_BYTES, config.largestMessageBytes()));
    sockets = new WebSocketEndpoint(server, config.http().allowedOrigins());
    router = Router.router(vertx);
    router.route(WebSocketEndpoint.CENTRIFUGE).handler(WebSocketEndpoint::upgradeRequired);
    router.route("/rooms/:room").handler(WebSocketEndpoint::upgradeRequired);
    StaticFiles.mount(router, vertx, config.http().webroot());
    Problem.mount(router);
  }

  /** Upgrades go past the router, whose context would stay in memory as long as the socket. */
  @Override
  public void handle(HttpServerRequest request) {
    if (WebSocketEndpoint.isUpgrade(request)) {
      sockets.handle(request);
    } else {
      router.handle(request);
    }
  }

  /** Sends every client away. To be called on the event loop. */
  public void closeAll() {
    heartbeat.closeAll(CloseReason.SHUTDOWN);
  }
}
