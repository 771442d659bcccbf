package io.stentor.server;

import com.hazelcast.core.HazelcastInstance;
import io.stentor.admission.GuardedTransport;
import io.stentor.admission.Limits;
import io.stentor.cluster.Quorum;
import io.stentor.config.Config;
import io.stentor.config.HostPort;
import io.stentor.connection.ConnectionCounts;
import io.stentor.console.FiguresFeed;
import io.stentor.console.NodeFigures;
import io.stentor.health.BusProbe;
import io.stentor.health.ClockSkew;
import io.stentor.health.ClusterState;
import io.stentor.health.Health;
import io.stentor.health.LoopLags;
import io.stentor.health.Memory;
import io.stentor.http.ErrorHandlers;
import io.stentor.http.RequestLimiter;
import io.stentor.journal.Journal;
import io.stentor.metrics.MetricSources;
import io.stentor.metrics.Metrics;
import io.stentor.metrics.Totals;
import io.stentor.room.Counts.Timings;
import io.stentor.room.Rooms;
import io.stentor.websocket.PermessageDeflate;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Health, metrics and totals of one node. Thread-safe. */
public final class Operations {

  private static final Logger LOG = LoggerFactory.getLogger(Operations.class);

  /** The option that sets the port, for error messages. */
  private static final String PORT_OPTION = "metrics.port";

  /** Tolerates two lost probes and the delay until a dead node is detected. */
  private static final long SILENT_MILLIS = 15_000;

  private final Vertx vertx;
  private final Config config;
  private final Health health;
  private final BusProbe probe;
  private final @Nullable Metrics metrics;
  private final @Nullable MetricSources sources;
  private final OperationsEndpoint.@Nullable Scrapes scrapes;
  private final LoopLags lags;
  private final ClusterState cluster;
  private final @Nullable Journal journal;
  private @Nullable FiguresFeed feed;
  private volatile boolean starting = true;
  private volatile boolean draining;

  /**
   * Starts monitoring a node, until its Vert.x closes.
   *
   * @param hazelcast null for a standalone node
   * @param journal null without a data directory
   */
  public Operations(
      Vertx vertx,
      Config config,
      @Nullable HazelcastInstance hazelcast,
      @Nullable Journal journal) {
    this.vertx = vertx;
    this.config = config;
    this.health = new Health(vertx);
    this.metrics = config.metrics().enabled() ? new Metrics(System::currentTimeMillis) : null;
    this.sources = metrics == null ? null : new MetricSources(metrics);
    this.scrapes = metrics == null ? null : OperationsEndpoint.Scrapes.of(vertx, metrics);
    this.lags = LoopLags.of(vertx);
    this.probe = probe(config, hazelcast);
    health.checkLive(lags);
    health.checkReady(() -> starting, () -> draining, lags, Memory.ofProcess(), probe);
    this.cluster = hazelcast == null ? alone() : ClusterState.of(hazelcast, vertx);
    if (hazelcast != null) {
      health.checkReady(cluster);
    }
    this.journal = journal;
    if (journal != null) {
      health.checkReady(journal);
    }
    if (sources != null) {
      sources.watch(lags);
      sources.watch(probe);
      sources.watch(cluster, hazelcast == null ? null : Quorum.of(hazelcast));
      sources.watch(health);
      if (journal != null) {
        sources.watch(journal);
      }
    }
  }

  private static ClusterState alone() {
    ClusterState alone = new ClusterState(() -> true, () -> true, () -> 1, System::nanoTime);
    alone.look();
    return alone;
  }

  private static BusProbe probe(Config config, @Nullable HazelcastInstance hazelcast) {
    long silent =
        Math.max(
            SILENT_MILLIS,
            TimeUnit.SECONDS.toMillis(2L * config.cluster().failureDetectionSeconds()));
    if (hazelcast == null) {
      ClockSkew alone = new ClockSkew(System::currentTimeMillis, node -> node);
      return new BusProbe("alone", () -> Set.of("alone"), silent, Operations::millis, alone);
    }
    String self = ClusterState.ownName(hazelcast);
    ClockSkew clocks =
        new ClockSkew(System::currentTimeMillis, node -> ClusterState.address(hazelcast, node));
    return new BusProbe(
        self, () -> ClusterState.names(hazelcast), silent, Operations::millis, clocks);
  }

  private static long millis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  /** Returns the recorder of the rooms' timings; does nothing if metrics are disabled. */
  public Timings timings() {
    return metrics == null ? Timings.NONE : metrics;
  }

  /**
   * Registers metrics and starts logging totals of the rooms and connections. Must be called once,
   * before {@link #start}.
   *
   * @param deflate compresses the messages of the node's WebSockets
   * @param hasConsole whether the figures can be read by anyone; otherwise they are not published
   * @param address of the node in its figures
   */
  public void watch(
      Rooms rooms,
      ConnectionCounts connections,
      PermessageDeflate deflate,
      BooleanSupplier hasConsole,
      Supplier<String> address) {
    boolean clustered = config.cluster().enabled();
    NodeFigures figures =
        new NodeFigures(
            rooms, connections, metrics, health, lags, cluster, journal, clustered, address);
    feed = new FiguresFeed(vertx, rooms, hasConsole, figures::read);
    Totals totals = new Totals(rooms, connections);
    vertx.setPeriodic(Totals.INTERVAL_MILLIS, timer -> totals.tell());
    if (sources != null) {
      sources.watch(rooms);
      sources.watch(connections);
      sources.watch(deflate);
      sources.watch(rooms.limits(), connections);
    }
  }

  /**
   * Registers the metric of unreachable nodes. Must be called once.
   *
   * @param unreachable the number of nodes that the event bus does not reach
   */
  public void watch(IntSupplier unreachable) {
    if (sources != null) {
      sources.watch(unreachable);
    }
  }

  /**
   * Starts probing the event bus and publishing figures. To be called when clients are served: the
   * node is not ready before.
   */
  public Future<?> start() {
    starting = false;
    if (feed != null) {
      feed.start();
    }
    return probe.start(vertx);
  }

  /**
   * Checks that a node can listen on its metrics port, if one is configured. Must be called before
   * the node starts.
   *
   * @throws IllegalStateException if it cannot; the message says why
   */
  public static void requireFreePort(Config config) {
    if (config.metrics().enabled()) {
      new HostPort(config.http().host(), config.metrics().port()).requireFree(PORT_OPTION);
    }
  }

  /**
   * Listens on the metrics port if one is configured. To be called once {@link #watch} was.
   *
   * @param limits the node's limits, which also apply to this port
   */
  public Future<?> listen(Limits limits) {
    int port = config.metrics().port();
    return scrapes == null || port == 0
        ? Future.succeededFuture()
        : listen(port, new RequestLimiter(limits));
  }

  private Future<HttpServer> listen(int port, RequestLimiter limiter) {
    Handler<HttpServerRequest> endpoint =
        new OperationsEndpoint(health, scrapes, limiter::admitsProbe, OperationsEndpoint::notFound);
    return vertx
        .createHttpServer(GuardedTransport.guarded(new HttpServerOptions()))
        .requestHandler(ErrorHandlers.answering(limiter.before(endpoint)))
        .invalidRequestHandler(ErrorHandlers::invalidRequest)
        .listen(port, config.http().host())
        .recover(
            failure ->
                Future.failedFuture(
                    new HostPort(config.http().host(), port).cannotListen(failure, PORT_OPTION)))
        .onSuccess(
            listening -> LOG.info("metrics:  http://{}:{}/metrics", config.http().host(), port));
  }

  /**
   * Returns a handler of the health requests, and of the metrics requests unless metrics have a
   * port of their own.
   *
   * @param admits checks the limits; returns false after answering a refused request
   * @param others handles all other requests
   */
  public Handler<HttpServerRequest> before(
      Predicate<HttpServerRequest> admits, Handler<HttpServerRequest> others) {
    return new OperationsEndpoint(
        health, config.metrics().port() == 0 ? scrapes : null, admits, others);
  }

  /** Marks the node as draining: it is not ready from now on. */
  public void drain() {
    draining = true;
    if (feed != null) {
      feed.state(NodeFigures.DRAINING);
    }
  }

  /** Publishes the final figures. Takes a second at most and never fails. */
  public Future<Void> leave() {
    return feed == null ? Future.succeededFuture() : feed.end();
  }

  /** Stops measuring. */
  public void close() {
    if (metrics != null) {
      metrics.close();
    }
  }
}
