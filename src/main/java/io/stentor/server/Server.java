package io.stentor.server;

import io.netty.channel.EventLoop;
import io.stentor.centrifuge.api.ServerApi;
import io.stentor.centrifuge.transport.Mailboxes;
import io.stentor.config.Config;
import io.stentor.config.HttpOptions;
import io.stentor.http.ErrorHandlers;
import io.stentor.http.NodeServices;
import io.stentor.lifecycle.Drain;
import io.stentor.tls.Certificate;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One HTTP server on one event loop, with its own share of the sockets of the port. */
final class Server extends VerticleBase implements Drain.Door {

  /** Vert.x: a free port, the same one for all servers that ask with this number. */
  private static final int ONE_FREE_PORT = -1;

  private final NodeServices house;
  private final ServerApi api;
  private final Mailboxes mailboxes;
  private final Operations operations;
  private final Supplier<@Nullable Certificate> certificate;
  private final AtomicInteger port;
  private @Nullable Endpoints endpoints;
  private @Nullable HttpServer server;
  private @Nullable HttpServer unix;

  /**
   * A server that does not listen yet.
   *
   * @param house what it serves
   * @param api the Centrifuge server API of the node
   * @param mailboxes of the node
   * @param operations what it serves of health and metrics
   * @param certificate null for no TLS
   * @param port where the first server of the node writes down the port that it listens on; before
   *     that, the configured one
   */
  Server(
      NodeServices house,
      ServerApi api,
      Mailboxes mailboxes,
      Operations operations,
      Supplier<@Nullable Certificate> certificate,
      AtomicInteger port) {
    this.house = house;
    this.api = api;
    this.mailboxes = mailboxes;
    this.operations = operations;
    this.certificate = certificate;
    this.port = port;
  }

  @Override
  public Future<?> start() {
    context.exceptionHandler(ErrorHandlers::thrown);
    EventLoop eventLoop = ((ContextInternal) context).nettyEventLoop();
    Endpoints serving = new Endpoints(vertx, eventLoop, house, api, mailboxes);
    endpoints = serving;
    HttpOptions http = house.live().get().http();
    HttpServer created = serving(withTls(options()), serving);
    server = created;
    return created
        .listen(http.port() == 0 ? ONE_FREE_PORT : http.port(), http.host())
        .onSuccess(listening -> port.compareAndSet(0, listening.actualPort()))
        .compose(listening -> listenUnix(http.unixSocket(), serving));
  }

  private HttpServer serving(HttpServerOptions options, Endpoints serving) {
    return vertx
        .createHttpServer(options)
        .requestHandler(
            ErrorHandlers.answering(
                serving.counting(operations.before(serving::admitsProbe, serving))))
        .invalidRequestHandler(ErrorHandlers::invalidRequest);
  }

  private Future<?> listenUnix(String path, Endpoints serving) {
    if (path.isEmpty()) {
      return Future.succeededFuture();
    }
    HttpServer created = serving(options(), serving);
    unix = created;
    return created.listen(SocketAddress.domainSocketAddress(path));
  }

  /** New connections are given the present certificate; those that are open stay. Any thread. */
  Future<Boolean> renew() {
    HttpServer listening = server;
    return listening == null
        ? Future.succeededFuture(false)
        : listening.updateSSLOptions(withTls(options()).getSslOptions());
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
    return shutdown(unix).eventually(() -> shutdown(server));
  }

  private Future<Void> shutdown(@Nullable HttpServer listening) {
    int seconds = house.live().get().webSocket().closeTimeoutSeconds();
    return listening == null
        ? Future.succeededFuture()
        : listening.shutdown(seconds, TimeUnit.SECONDS);
  }

  private HttpServerOptions options() {
    // A longer frame is refused by its header; a room refuses what is over its own limit.
    Config config = house.live().get();
    int largest = config.largestMessageBytes();
    int headerBytes = config.limits().headerBytes();
    HttpServerOptions options = new HttpServerOptions();
    options.getInitialSettings().setMaxHeaderListSize(headerBytes);
    return options
        .setMaxHeaderSize(headerBytes)
        .setMaxInitialLineLength(headerBytes)
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

  private HttpServerOptions withTls(HttpServerOptions options) {
    Certificate shown = certificate.get();
    return shown == null
        ? options
        : options
            .setSsl(true)
            .setUseAlpn(true)
            .setKeyCertOptions(shown.options())
            .setEnabledSecureTransportProtocols(Set.of("TLSv1.2", "TLSv1.3"));
  }
}
