package io.stentor.transport;

import io.netty.channel.EventLoop;
import io.stentor.config.Config;
import io.stentor.room.Rooms;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;

/** Every route of a server, in the order in which they are asked. */
public final class Endpoints {
  private Endpoints() {}

  /**
   * Everything that one server verticle serves. Upgrade requests go past the router, whose context
   * would stay in memory as long as the socket.
   */
  public static Handler<HttpServerRequest> of(
      Vertx vertx, EventLoop eventLoop, Config config, Rooms rooms, Connections connections) {
    Heartbeat heartbeat = new Heartbeat(config.webSocket());
    heartbeat.start(eventLoop);
    ServerLoop server =
        new ServerLoop(
            eventLoop, rooms, heartbeat, connections, config.webSocket().closeTimeoutSeconds());
    WebSocketEndpoint sockets = new WebSocketEndpoint(server, config.http().allowedOrigins());
    Router router = Router.router(vertx);
    router.route("/rooms/:room").handler(WebSocketEndpoint::upgradeRequired);
    StaticFiles.mount(router, vertx, config.http().webroot());
    Problem.mount(router);
    return request -> {
      if (WebSocketEndpoint.isUpgrade(request)) {
        sockets.handle(request);
      } else {
        router.handle(request);
      }
    };
  }
}
