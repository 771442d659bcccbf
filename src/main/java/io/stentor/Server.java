package io.stentor;

import io.netty.channel.EventLoop;
import io.stentor.config.Config;
import io.stentor.identity.Access;
import io.stentor.ops.Drain;
import io.stentor.ops.Operations;
import io.stentor.presence.Presence;
import io.stentor.room.Rooms;
import io.stentor.transport.Connections;
import io.stentor.transport.Endpoints;
import io.stentor.transport.Mailboxes;
import io.stentor.transport.Problem;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One HTTP server on one event loop, with its own share of the sockets of the port. */
final class Server extends VerticleBase implements Drain.Door {

  /** Vert.x: a free port, the same one for all servers that ask with this number. */
  private static final int ONE_FREE_PORT = -1;

  private final Config config;
  private final Rooms rooms;
  private final Presence presence;
  private final Access access;
  private final Connections connections;
  private final Mailboxes mailboxes;
  private final Operations operations;
  private final AtomicInteger port;
  private @Nullable Endpoints endpoints;
  private @Nullable HttpServer server;

  /**
   * A server that does not listen yet.
   *
   * @param port where the first server of the node writes down the port that it listens on; before
   *     that, the configured one
   */
  Server(
      Config config,
      Rooms rooms,
      Presence presence,
      Access access,
      Connections connections,
      Mailboxes mailboxes,
      Operations operations,
      AtomicInteger port) {
    this.config = config;
    this.rooms = rooms;
    this.presence = presence;
    this.access = access;
    this.connections = connections;
    this.mailboxes = mailboxes;
    this.operations = operations;
    this.port = port;
  }

  @Override
  public Future<?> start() {
    EventLoop eventLoop = ((ContextInternal) context).nettyEventLoop();
    Endpoints serving =
        new Endpoints(vertx, eventLoop, config, rooms, presence, access, connections, mailboxes);
    endpoints = serving;
    HttpServer created =
        vertx
            .createHttpServer(options())
            .requestHandler(operations.before(serving))
            .invalidRequestHandler(Problem::invalidRequest);
    server = created;
    int wanted = config.http().port();
    return created
        .listen(wanted == 0 ? ONE_FREE_PORT : wanted, config.http().host())
        .onSuccess(listening -> port.compareAndSet(0, listening.actualPort()));
  }

  @Override
  public void refuse() {
    onLoop(
        serving -> {
          serving.refuse();
          return Future.succeededFuture();
        });
  }

  @Override
  public Future<Void> sendAway(int seconds, Future<Void> hurry) {
    return onLoop(serving -> serving.sendAway(seconds, hurry));
  }

  private Future<Void> onLoop(Function<Endpoints, Future<Void>> action) {
    Promise<Void> promise = Promise.promise();
    context.runOnContext(
        turn -> {
          Endpoints serving = endpoints;
          (serving == null ? Future.<Void>succeededFuture() : action.apply(serving))
              .onComplete(promise);
        });
    return promise.future();
  }

  /** Refuses what comes from now on, sends clients away, and lets requests under way finish. */
  @Override
  public Future<?> stop() {
    if (endpoints != null) {
      endpoints.refuse();
      endpoints.closeAll();
    }
    return server == null
        ? Future.succeededFuture()
        : server.shutdown(config.webSocket().closeTimeoutSeconds(), TimeUnit.SECONDS);
  }

  private HttpServerOptions options() {
    // A longer frame is refused by its header; a room refuses what is over its own limit.
    int largest = config.largestMessageBytes();
    return new HttpServerOptions()
        // Writes come from the event loop only, which saves two queues a connection.
        .setStrictThreadMode(true)
        // Compression by Vert.x keeps a window per connection and cannot share frames.
        .setPerFrameWebSocketCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false)
        .setWebSocketSubProtocols(Endpoints.SUB_PROTOCOLS)
        .setMaxWebSocketFrameSize(largest)
        .setMaxWebSocketMessageSize(largest)
        .setWebSocketClosingTimeout(config.webSocket().closeTimeoutSeconds());
  }
}
