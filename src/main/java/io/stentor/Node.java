package io.stentor;

import com.hazelcast.core.HazelcastInstance;
import io.stentor.cluster.ClusteredVertx;
import io.stentor.cluster.NodeWatcher;
import io.stentor.config.Certificate;
import io.stentor.config.Config;
import io.stentor.config.HttpOptions;
import io.stentor.config.LiveConfig;
import io.stentor.config.LoadedConfig;
import io.stentor.config.RoomRules;
import io.stentor.config.TlsOptions;
import io.stentor.control.EveryNode;
import io.stentor.history.ClusterHistory;
import io.stentor.history.History;
import io.stentor.history.LocalHistory;
import io.stentor.identity.Access;
import io.stentor.identity.Tokens;
import io.stentor.limits.Limits;
import io.stentor.message.RoomName;
import io.stentor.ops.Drain;
import io.stentor.ops.Operations;
import io.stentor.presence.ClusterPresence;
import io.stentor.presence.LocalPresence;
import io.stentor.presence.Presence;
import io.stentor.protocol.centrifuge.api.ServerApi;
import io.stentor.room.Rooms;
import io.stentor.transport.Connections;
import io.stentor.transport.GuardedTransport;
import io.stentor.transport.Mailboxes;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running node: a Vert.x, alone or in a cluster, with a server on each event loop. */
final class Node {

  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  /** How often what addresses and rooms have used is forgotten where it is no matter any more. */
  private static final long SWEEP_MILLIS = 10_000;

  /**
   * How many unused logs are looked at each second, so that a million take a while but no pause.
   */
  private static final int EXPIRE_AT_ONCE = 2000;

  private final LoadedConfig loaded;
  private final Limits limits;
  private final LiveConfig live;
  private final AtomicReference<@Nullable Certificate> certificate;
  private final Vertx vertx;
  private final @Nullable HazelcastInstance hazelcast;
  private final Operations operations;
  private final AtomicInteger port;
  private final List<Server> servers = new CopyOnWriteArrayList<>();
  private final Demo demo;
  private @Nullable Presence presence;
  private @Nullable Drain drain;
  private @Nullable Reload reload;

  private Node(
      LoadedConfig loaded,
      Limits limits,
      Vertx vertx,
      @Nullable HazelcastInstance hazelcast,
      Demo demo) {
    this.limits = limits;
    this.loaded = loaded;
    this.live = new LiveConfig(demo.withKey(loaded.config()));
    this.certificate = new AtomicReference<>(certificate(loaded.config().http().tls()));
    this.vertx = vertx;
    this.hazelcast = hazelcast;
    this.operations = new Operations(vertx, loaded.config(), hazelcast);
    this.demo = demo;
    this.port = new AtomicInteger(loaded.config().http().port());
  }

  private static @Nullable Certificate certificate(TlsOptions tls) {
    return tls.isOn() ? Certificate.read("http.tls", tls) : null;
  }

  /**
   * Starts a node; blocks while it joins its cluster. Fails with a message for people where it
   * cannot start.
   */
  static Future<Node> start(LoadedConfig loaded) {
    LOG.info("configuration: {}", String.join(", ", loaded.sources()));
    Tokens.warn(loaded.config().identity());
    return create(loaded).compose(Node::serveOrStop);
  }

  /** The answer belongs to no event loop: those of a node that could not start are gone by then. */
  private Future<Node> serveOrStop() {
    Promise<Node> started = Promise.promise();
    serve()
        .onSuccess(started::complete)
        .onFailure(failure -> stop().onComplete(stopped -> started.fail(cannotListen(failure))));
    return started.future();
  }

  private static Future<Node> create(LoadedConfig loaded) {
    Config config = loaded.config();
    VertxOptions options =
        new VertxOptions()
            .setPreferNativeTransport(true)
            .setEventLoopPoolSize(eventLoops(config))
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setClassPathResolvingEnabled(false)
                    .setFileCachingEnabled(false));
    Demo demo = new Demo(config);
    Limits limits = new Limits(config.limits());
    VertxBuilder builder =
        Vertx.builder().with(options).withTransport(new GuardedTransport(limits));
    if (!config.cluster().enabled()) {
      return Future.succeededFuture(new Node(loaded, limits, builder.build(), null, demo));
    }
    ClusteredVertx.withBus(options, config);
    com.hazelcast.config.Config joining = ClusteredVertx.hazelcast(config.cluster());
    ClusterHistory.configure(joining, config.longestAgeSeconds());
    ClusterPresence.configure(joining);
    demo.offer(joining);
    HazelcastInstance hazelcast = ClusteredVertx.join(joining, UUID.randomUUID().toString());
    return ClusteredVertx.vertx(builder, hazelcast)
        .map(vertx -> new Node(loaded, limits, vertx, hazelcast, demo))
        .onFailure(failure -> hazelcast.shutdown());
  }

  private static int eventLoops(Config config) {
    return config.eventLoops() > 0
        ? config.eventLoops()
        : Runtime.getRuntime().availableProcessors();
  }

  private History history() {
    if (hazelcast != null) {
      return new ClusterHistory(hazelcast, System::currentTimeMillis);
    }
    LocalHistory history = new LocalHistory(System::currentTimeMillis);
    vertx.setPeriodic(1000, timer -> history.expire(EXPIRE_AT_ONCE));
    return history;
  }

  private Future<Node> serve() {
    Config config = live.get();
    History history = history();
    Rooms rooms = new Rooms(vertx, new RoomRules(live), history, operations.timings(), limits);
    vertx.setPeriodic(SWEEP_MILLIS, timer -> vertx.executeBlocking(this::sweep));
    Presence who = presence(rooms);
    presence = who;
    Connections connections = new Connections();
    Access access = Access.of(vertx, live);
    LOG.info("node:     {}", rooms.node());
    operations.watch(rooms, connections);
    reload = new Reload(loaded, demo::withKey, live, access, rooms::optionsChanged, this::show);
    drain = new Drain(vertx, config.drain(), servers, () -> rooms.waitingToAppend() == 0);
    // Consumers are written down in the cluster's maps, which takes copies that stand still.
    return withCopies()
        .compose(safe -> onUnixSocket((path, mode) -> UnixSocket.clear(path)))
        .compose(clear -> EveryNode.of(vertx))
        .map(nodes -> new ServerApi(rooms, who, connections.directories(), nodes))
        .compose(
            api ->
                Mailboxes.open(vertx, rooms.node())
                    .compose(
                        mailboxes ->
                            deploy(
                                () ->
                                    new Server(
                                        live,
                                        certificate::get,
                                        rooms,
                                        who,
                                        access,
                                        connections,
                                        api,
                                        operations,
                                        mailboxes,
                                        port))))
        .compose(deployed -> onUnixSocket(UnixSocket::permit))
        .compose(permitted -> operations.start())
        .compose(started -> demo.start(vertx, config(), port(), hazelcast))
        .map(
            started -> {
              sayReady();
              whenRunning(Reload::begin);
              return this;
            });
  }

  private Limits sweep() {
    limits.sweep();
    return limits;
  }

  private Future<String> deploy(Supplier<Server> created) {
    DeploymentOptions options = new DeploymentOptions().setInstances(eventLoops(loaded.config()));
    return vertx.deployVerticle(
        () -> {
          Server server = created.get();
          servers.add(server);
          return server;
        },
        options);
  }

  private Future<Boolean> onUnixSocket(BiConsumer<String, String> action) {
    String path = config().unixSocket();
    return path.isEmpty()
        ? Future.succeededFuture(true)
        : vertx.executeBlocking(
            () -> {
              action.accept(path, config().unixSocketMode());
              return true;
            });
  }

  private Presence presence(Rooms rooms) {
    Predicate<RoomName> tracked = room -> rooms.options(room).presence();
    if (hazelcast == null) {
      LOG.info("nodes: this one alone");
      return new LocalPresence(tracked);
    }
    LOG.info("nodes: {}", NodeWatcher.seen(hazelcast));
    ClusterPresence clusterPresence = new ClusterPresence(vertx, hazelcast, tracked);
    NodeWatcher.watch(
        hazelcast,
        () -> {
          rooms.nodesChanged();
          clusterPresence.nodesChanged();
        });
    return clusterPresence;
  }

  private Future<Boolean> withCopies() {
    HazelcastInstance instance = hazelcast;
    if (instance == null) {
      return Future.succeededFuture(true);
    }
    return vertx
        .executeBlocking(() -> ClusteredVertx.awaitCopies(instance))
        .onSuccess(
            safe -> {
              if (!safe) {
                LOG.warn("some rooms have no copy on a second node yet");
              }
            });
  }

  private void sayReady() {
    new Addresses(config(), port.get()).tell(LOG);
    Certificate shown = certificate.get();
    if (shown != null) {
      Reload.tell(shown, LOG);
    }
    long millis = ManagementFactory.getRuntimeMXBean().getUptime();
    LOG.info("ready after {} ms, with {} event loops", millis, eventLoops(loaded.config()));
  }

  private HttpOptions config() {
    return loaded.config().http();
  }

  /** Names the address, which the system leaves out; native sockets say it with IOException. */
  private Throwable cannotListen(Throwable failure) {
    if (!(failure instanceof IOException)) {
      return failure;
    }
    String why = String.valueOf(failure.getMessage());
    String reason = why.substring(why.lastIndexOf(": ") + 1).strip();
    return new IllegalStateException(
        "cannot listen on " + config().host() + ":" + port.get() + ": " + reason, failure);
  }

  /** Lets a stop that is under way wait no longer for the sake of others. Any thread. */
  void hasten() {
    if (drain != null) {
      drain.hasten();
    }
  }

  /** Reads the configuration again and takes it over, or refuses it as a whole. Any thread. */
  void reload() {
    whenRunning(Reload::now);
  }

  private void whenRunning(Consumer<Reload> action) {
    Reload running = reload;
    if (running != null) {
      action.accept(running);
    }
  }

  private void show(Certificate other) {
    certificate.set(other);
    for (Server server : servers) {
      server
          .renew()
          .onFailure(failure -> LOG.error("the certificate could not be changed", failure));
    }
  }

  /** The port that is listened on. */
  int port() {
    return port.get();
  }

  /**
   * Takes leave of the clients, signs the members off, hands the logs over, leaves the cluster and
   * closes everything.
   */
  Future<Void> stop() {
    operations.drain();
    whenRunning(Reload::end);
    Presence who = presence;
    Drain leave = drain;
    return demo.stop(vertx)
        .eventually(() -> leave == null ? Future.succeededFuture() : leave.run())
        .eventually(() -> who == null ? Future.succeededFuture() : who.close())
        .eventually(vertx::close)
        .eventually(
            () -> {
              operations.close();
              if (hazelcast != null) {
                hazelcast.shutdown();
              }
              return Future.succeededFuture();
            });
  }
}
