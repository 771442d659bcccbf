package io.stentor.support;

import io.netty.channel.EventLoop;
import io.stentor.centrifuge.api.ServerApi;
import io.stentor.centrifuge.transport.Mailboxes;
import io.stentor.cluster.AnnouncedUrls;
import io.stentor.cluster.ClusterCall;
import io.stentor.config.Config;
import io.stentor.config.ConfigLoader;
import io.stentor.config.LiveConfig;
import io.stentor.config.RoomRules;
import io.stentor.connection.ConnectionCounts;
import io.stentor.history.History;
import io.stentor.history.LocalHistory;
import io.stentor.http.ErrorHandlers;
import io.stentor.http.NodeServices;
import io.stentor.http.NodeUrls;
import io.stentor.identity.Access;
import io.stentor.presence.LocalPresence;
import io.stentor.presence.Presence;
import io.stentor.room.Rooms;
import io.stentor.server.Endpoints;
import io.stentor.websocket.PermessageDeflate;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** All that a server verticle serves, on one event loop and a free port, without a node around. */
public final class TestEndpoints implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final Context context;
  private final Presence presence;
  private final Endpoints endpoints;
  private final HttpServer server;

  /** Serves with these options laid over the defaults. */
  public TestEndpoints(JsonObject options) {
    this(options, new LocalHistory(System::currentTimeMillis));
  }

  /** The same with logs that the test reaches. */
  public TestEndpoints(JsonObject options, History history) {
    Config config = config(options);
    Rooms rooms = new Rooms(vertx, new RoomRules(config), history);
    context = vertx.getOrCreateContext();
    EventLoop loop = ((ContextInternal) context).nettyEventLoop();
    presence = new LocalPresence(room -> rooms.options(room).presence());
    ConnectionCounts connections = new ConnectionCounts();
    ClusterCall nodes = ClusterCall.of(vertx).await();
    ServerApi api = new ServerApi(rooms, presence, connections.registries(), nodes);
    Mailboxes mailboxes = Mailboxes.open(vertx, rooms.node()).await();
    LiveConfig live = new LiveConfig(config);
    Access access = Access.of(vertx, live);
    NodeServices services = new NodeServices(live, rooms, presence, access, connections);
    NodeUrls urls = new NodeUrls(config.http().publicUrl(), AnnouncedUrls.of(null));
    PermessageDeflate deflate = new PermessageDeflate();
    endpoints = onLoop(() -> new Endpoints(vertx, loop, services, urls, api, mailboxes, deflate));
    Future<HttpServer> listening =
        onLoop(
            () ->
                vertx
                    .createHttpServer(new HttpServerOptions().setStrictThreadMode(true))
                    .requestHandler(endpoints)
                    .invalidRequestHandler(ErrorHandlers::invalidRequest)
                    .listen(0, "127.0.0.1"));
    server = listening.await();
  }

  private static Config config(JsonObject options) {
    try {
      Path file = Files.createTempFile("stentor", ".json");
      Files.writeString(file, options.encode());
      ConfigLoader loader = new ConfigLoader(Path.of("target"), Map.of());
      return loader.load(List.of(file.toString()), List.of()).config();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return server.actualPort();
  }

  public Endpoints get() {
    return endpoints;
  }

  public Presence presence() {
    return presence;
  }

  /** Runs something on the event loop and waits for it. */
  public <T> T onLoop(Callable<T> task) {
    CompletableFuture<T> done = new CompletableFuture<>();
    context.runOnContext(
        turn -> {
          try {
            done.complete(task.call());
          } catch (Exception e) {
            done.completeExceptionally(e);
          }
        });
    return done.join();
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
