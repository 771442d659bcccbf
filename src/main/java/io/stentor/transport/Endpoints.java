package io.stentor.transport;

import io.netty.channel.EventLoop;
import io.stentor.config.Config;
import io.stentor.room.Rooms;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;

/** Every route of a server, in the order in which they are asked. */
public final class Endpoints {
  private Endpoints() {}

  /** Mounts everything that one server verticle serves. */
  public static void mount(
      Router router,
      Vertx vertx,
      EventLoop eventLoop,
      Config config,
      Rooms rooms,
      Connections connections) {
    Heartbeat heartbeat = new Heartbeat(config.webSocket());
    heartbeat.start(eventLoop);
    ServerLoop server =
        new ServerLoop(
            eventLoop, rooms, heartbeat, connections, config.webSocket().closeTimeoutSeconds());
    WebSocketEndpoint.mount(router, server, config.http().allowedOrigins());
    StaticFiles.mount(router, vertx, config.http().webroot());
    Problem.mount(router);
  }
}
