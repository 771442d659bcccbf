package io.stentor.server;

import io.netty.channel.EventLoop;
import io.stentor.config.Config;
import io.stentor.config.HostPort;
import io.stentor.config.HttpOptions;
import io.stentor.config.HttpOptions.TlsOptions;
import io.stentor.config.LiveConfig;
import io.stentor.http.ErrorHandlers;
import io.stentor.tls.Certificate;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP servers of one node: one on each event loop, all on the same port and with the same
 * certificate. Thread-safe.
 */
public final class Servers {

  /** The option that sets the port, for error messages. */
  private static final String PORT_OPTION = "--port (http.port)";

  /** Vert.x convention for a random free port; all servers that use this number share the port. */
  private static final int ONE_FREE_PORT = -1;

  /** Configured hosts that mean nothing to people on other machines. */
  private static final Set<String> LOCAL_HOSTS =
      Set.of("0.0.0.0", "::", "127.0.0.1", "::1", "localhost");

  private static final Logger LOG = LoggerFactory.getLogger(Servers.class);

  private final HttpOptions options;
  private final AtomicInteger port;
  private final List<LoopServer> servers = new CopyOnWriteArrayList<>();

  /** Null if TLS is off. */
  private volatile @Nullable Certificate certificate;

  /**
   * Creates servers that are not listening. Reads the certificate, which blocks.
   *
   * @throws io.stentor.config.ConfigException if the certificate is not valid
   */
  public Servers(HttpOptions options) {
    this.options = options;
    this.port = new AtomicInteger(options.port());
    TlsOptions tls = options.tls();
    this.certificate = tls.isOn() ? Certificate.read("http.tls", tls) : null;
  }

  /**
   * Starts the servers.
   *
   * @param eventLoops the number of servers
   * @param operations handles health and metrics requests before the endpoints
   * @param endpoints creates the endpoints of one event loop
   */
  public Future<Boolean> start(
      Vertx vertx,
      int eventLoops,
      LiveConfig live,
      Operations operations,
      BiFunction<Vertx, EventLoop, Endpoints> endpoints) {
    DeploymentOptions each = new DeploymentOptions().setInstances(eventLoops);
    return onUnixSocket(vertx, (path, mode) -> UnixSocket.clear(path))
        .compose(
            clear -> vertx.deployVerticle(() -> new LoopServer(live, operations, endpoints), each))
        .compose(listening -> onUnixSocket(vertx, UnixSocket::permit));
  }

  private Future<Boolean> onUnixSocket(Vertx vertx, BiConsumer<String, String> action) {
    String path = options.unixSocket();
    return path.isEmpty()
        ? Future.succeededFuture(true)
        : vertx.executeBlocking(
            () -> {
              action.accept(path, options.unixSocketMode());
              return true;
            });
  }

  /** Returns the port in use; before the servers listen, the configured port. */
  public int port() {
    return port.get();
  }

  /**
   * Returns the address of this node, for display: that of {@code http.publicUrl}, or its port,
   * with the configured host, or the name of the machine if other machines cannot use that host.
   */
  public String address() {
    if (!options.publicUrl().isEmpty()) {
      return options.publicUrl().replaceFirst("^https?://", "");
    }
    String host = options.host();
    boolean own = LOCAL_HOSTS.contains(host);
    String process = ManagementFactory.getRuntimeMXBean().getName();
    return new HostPort(own ? process.substring(process.indexOf('@') + 1) : host, port())
        .toString();
  }

  /** Returns a live view of the servers for the drain. */
  public List<? extends Drainable> drainables() {
    return servers;
  }

  /** Logs the addresses and the certificate. */
  public void log(Logger log) {
    String secure = options.tls().isOn() ? "s" : "";
    String host = options.host();
    boolean all = host.equals("0.0.0.0") || host.equals("::");
    HostPort authority = new HostPort(all ? "localhost" : host, port());
    log.info("pages:    http{}://{}/ (listening on {} port {})", secure, authority, host, port());
    log.info("lobby:    ws{}://{}/", secure, authority);
    log.info("any room: ws{}://{}/rooms/<name>", secure, authority);
    if (!options.unixSocket().isEmpty()) {
      log.info("socket:   {} (mode {})", options.unixSocket(), options.unixSocketMode());
    }
    Certificate present = certificate;
    if (present != null) {
      present.log(log);
    }
  }

  /** Presents another certificate to new connections. */
  public void replaceCertificate(Certificate other) {
    certificate = other;
    for (LoopServer server : servers) {
      server
          .replaceCertificate()
          .onFailure(failure -> LOG.error("the certificate could not be changed", failure));
    }
  }

  /**
   * Checks that the servers can listen on their port. Must be called before {@link #start}.
   *
   * @throws IllegalStateException if they cannot; the message says why
   */
  public void requireFreePort() {
    new HostPort(options.host(), options.port()).requireFree(PORT_OPTION);
  }

  /**
   * Adds the address to a failure to listen; the system's message lacks it. Native sockets fail
   * with an IOException.
   */
  public Throwable cannotListen(Throwable failure) {
    return failure instanceof IOException
        ? new HostPort(options.host(), port()).cannotListen(failure, PORT_OPTION)
        : failure;
  }

  /** One HTTP server on one event loop, with its own share of the port's connections. */
  private final class LoopServer extends VerticleBase implements Drainable {
    private final LiveConfig live;
    private final Operations operations;
    private final BiFunction<Vertx, EventLoop, Endpoints> newEndpoints;
    private @Nullable Endpoints endpoints;
    private @Nullable HttpServer server;
    private @Nullable HttpServer unix;

    LoopServer(
        LiveConfig live,
        Operations operations,
        BiFunction<Vertx, EventLoop, Endpoints> newEndpoints) {
      this.live = live;
      this.operations = operations;
      this.newEndpoints = newEndpoints;
      servers.add(this);
    }

    @Override
    public Future<?> start() {
      context.exceptionHandler(ErrorHandlers::thrown);
      Endpoints created = newEndpoints.apply(vertx, ((ContextInternal) context).nettyEventLoop());
      endpoints = created;
      HttpServer listening = server(withTls(options()), created);
      server = listening;
      HttpOptions http = live.get().http();
      return listening
          .listen(http.port() == 0 ? ONE_FREE_PORT : http.port(), http.host())
          .onSuccess(done -> port.compareAndSet(0, done.actualPort()))
          .compose(done -> listenUnix(http.unixSocket(), created));
    }

    private HttpServer server(HttpServerOptions options, Endpoints serving) {
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
      HttpServer created = server(options(), serving);
      unix = created;
      return created.listen(SocketAddress.domainSocketAddress(path));
    }

    /**
     * Applies the current certificate to new connections; open connections keep the old one. Any
     * thread.
     */
    private Future<Boolean> replaceCertificate() {
      HttpServer listening = server;
      return listening == null
          ? Future.succeededFuture(false)
          : listening.updateSSLOptions(withTls(options()).getSslOptions());
    }

    @Override
    public void refuseRequests() {
      onLoop(
          serving -> {
            serving.refuse();
            return Future.succeededFuture();
          });
    }

    @Override
    public Future<Void> disconnectClients(int seconds, Future<Void> hurry) {
      return onLoop(serving -> serving.disconnectClients(seconds, hurry));
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

    /** Refuses new requests, disconnects clients, and lets requests in flight finish. */
    @Override
    public Future<?> stop() {
      if (endpoints != null) {
        endpoints.refuse();
        endpoints.closeAll();
      }
      return shutdown(unix).eventually(() -> shutdown(server));
    }

    private Future<Void> shutdown(@Nullable HttpServer listening) {
      int seconds = live.get().webSocket().closeTimeoutSeconds();
      return listening == null
          ? Future.succeededFuture()
          : listening.shutdown(seconds, TimeUnit.SECONDS);
    }

    private HttpServerOptions options() {
      // Larger frames are refused by their header; each room also enforces its own limit.
      Config config = live.get();
      int largest = config.largestMessageBytes();
      int headerBytes = config.limits().headerBytes();
      HttpServerOptions options = new HttpServerOptions();
      options.getInitialSettings().setMaxHeaderListSize(headerBytes);
      return options
          .setMaxHeaderSize(headerBytes)
          .setMaxInitialLineLength(headerBytes)
          // Only the event loop writes, which saves two queues per connection.
          .setStrictThreadMode(true)
          // Vert.x's compression keeps a window per connection and cannot share frames.
          .setPerFrameWebSocketCompressionSupported(false)
          .setPerMessageWebSocketCompressionSupported(false)
          .setWebSocketSubProtocols(Endpoints.SUB_PROTOCOLS)
          .setMaxWebSocketFrameSize(largest)
          .setMaxWebSocketMessageSize(largest)
          .setWebSocketClosingTimeout(config.webSocket().closeTimeoutSeconds());
    }

    private HttpServerOptions withTls(HttpServerOptions options) {
      Certificate present = certificate;
      return present == null
          ? options
          : options
              .setSsl(true)
              .setUseAlpn(true)
              .setKeyCertOptions(present.options())
              .setEnabledSecureTransportProtocols(Set.of("TLSv1.2", "TLSv1.3"));
    }
  }
}
