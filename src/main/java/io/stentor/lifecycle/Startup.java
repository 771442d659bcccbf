package io.stentor.lifecycle;

import io.stentor.admission.Limits;
import io.stentor.centrifuge.api.ServerApi;
import io.stentor.centrifuge.transport.Mailboxes;
import io.stentor.cluster.AnnouncedUrls;
import io.stentor.cluster.ClusterCall;
import io.stentor.config.Config;
import io.stentor.config.LiveConfig;
import io.stentor.config.LoadedConfig;
import io.stentor.config.RoomRules;
import io.stentor.connection.ConnectionCounts;
import io.stentor.history.LogJournal;
import io.stentor.http.Contract;
import io.stentor.http.NodeServices;
import io.stentor.http.NodeUrls;
import io.stentor.identity.Access;
import io.stentor.identity.Tokens;
import io.stentor.journal.Journal;
import io.stentor.presence.Presence;
import io.stentor.room.Rooms;
import io.stentor.server.Endpoints;
import io.stentor.server.Operations;
import io.stentor.server.Servers;
import io.stentor.websocket.PermessageDeflate;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts one node: first its runtime, then its services, then its servers, which listen once every
 * room has a backup.
 */
public final class Startup {

  private static final Logger LOG = LoggerFactory.getLogger(Startup.class);

  /** How often idle clients and rooms are removed from the limits. */
  private static final long SWEEP_MILLIS = 10_000;

  private final LoadedConfig loaded;
  private final Demo demo;
  private final Servers servers;
  private final NodeRuntime runtime;
  private final LiveConfig live;
  private final Operations operations;
  private final Rooms rooms;
  private final Presence presence;
  private final ConnectionCounts connections = new ConnectionCounts();
  private final PermessageDeflate deflate = new PermessageDeflate();
  private final Access access;

  private Startup(
      LoadedConfig loaded, Demo demo, Servers servers, Limits limits, NodeRuntime runtime) {
    Config config = loaded.config();
    Vertx vertx = runtime.vertx();
    this.loaded = loaded;
    this.demo = demo;
    this.servers = servers;
    this.runtime = runtime;
    this.live = new LiveConfig(demo.withKey(config));
    this.operations =
        new Operations(vertx, config, runtime.hazelcast(), journal(runtime.journal()));
    this.rooms =
        new Rooms(vertx, new RoomRules(live), runtime.history(), operations.timings(), limits);
    this.presence = runtime.presence(rooms);
    this.access = Access.of(vertx, live);
    vertx.setPeriodic(SWEEP_MILLIS, timer -> vertx.executeBlocking(() -> sweep(limits)));
  }

  private static @Nullable Journal journal(@Nullable LogJournal logs) {
    return logs == null ? null : logs.journal();
  }

  private static Limits sweep(Limits limits) {
    limits.sweep();
    return limits;
  }

  /**
   * Starts a node. Blocks while joining the cluster. Fails with a readable message if the node
   * cannot start; no part of it keeps running in that case. The future completes outside all event
   * loops.
   *
   * @param cancelled ends the start when it completes: the returned future then fails with {@link
   *     CancellationException}, unless the node runs already
   */
  public static Future<Node> start(LoadedConfig loaded, Future<Void> cancelled) {
    Config config = loaded.config();
    LOG.info("configuration: {}", String.join(", ", loaded.sources()));
    Tokens.warnings(config).forEach(LOG::warn);
    Demo demo = new Demo(config);
    Servers servers = new Servers(config.http());
    Limits limits = new Limits(config.limits());
    try {
      // First: a node that joins and then cannot listen would disturb the cluster.
      servers.requireFreePort();
      Operations.requireFreePort(config);
    } catch (IllegalStateException e) {
      return Future.failedFuture(e);
    }
    return NodeRuntime.of(config, limits, joining -> prepare(joining, config, demo))
        .compose(runtime -> new Startup(loaded, demo, servers, limits, runtime).run(cancelled));
  }

  private static void prepare(com.hazelcast.config.Config joining, Config config, Demo demo) {
    demo.offer(joining);
    AnnouncedUrls.announce(joining, config.http());
  }

  private Future<Node> run(Future<Void> cancelled) {
    LOG.info("node:     {}", rooms.node());
    operations.watch(
        rooms, connections, deflate, () -> live.get().identity().hasAdminKey(), servers::address);
    operations.watch(runtime::unreachable);
    Reload reload =
        new Reload(loaded, demo::withKey, live, access, this::changed, servers::replaceCertificate);
    Drain drain =
        new Drain(
            runtime.vertx(),
            () -> live.get().drain(),
            servers.drainables(),
            () -> rooms.publisher().queuedBytes());
    Node node = new Node(runtime, operations, presence, servers, demo, drain, reload);
    // A promise without a context: if the start fails, the event loops have ended by then.
    Promise<Node> started = Promise.promise();
    Promise<Object> served = Promise.promise();
    runtime.onClusterLost(() -> served.tryFail("this node has lost its cluster as it started"));
    cancelled.onSuccess(asked -> served.tryFail(new CancellationException()));
    serve().onSuccess(served::tryComplete).onFailure(served::tryFail);
    served
        .future()
        .onSuccess(
            serving -> {
              logReady();
              reload.begin();
              started.complete(node);
            })
        .onFailure(
            failure ->
                Future.succeededFuture()
                    .compose(failed -> node.abandon())
                    .onComplete(done -> started.fail(servers.cannotListen(failure))));
    return started.future();
  }

  private void changed() {
    rooms.limits().change(live.get().limits());
    rooms.optionsChanged();
    connections.registries().recheck();
  }

  private Future<?> serve() {
    Vertx vertx = runtime.vertx();
    // First, so that probes are answered while the node waits for others. Registering consumers
    // writes to the cluster's maps, whose backups must be stable before.
    return operations
        .listen(rooms.limits())
        .compose(listening -> runtime.withCopies())
        .compose(safe -> runtime.restoreRooms())
        .compose(restored -> runtime.watchBus())
        .compose(watching -> ClusterCall.of(vertx))
        .map(nodes -> new ServerApi(rooms, presence, connections.registries(), nodes))
        .compose(api -> Mailboxes.open(vertx, rooms.node()).compose(boxes -> listen(api, boxes)))
        .compose(serving -> operations.start())
        .compose(
            probing ->
                demo.start(vertx, loaded.config().http(), servers.port(), runtime.hazelcast()));
  }

  private Future<?> listen(ServerApi api, Mailboxes mailboxes) {
    NodeServices services = new NodeServices(live, rooms, presence, access, connections);
    NodeUrls urls =
        new NodeUrls(loaded.config().http().publicUrl(), AnnouncedUrls.of(runtime.hazelcast()));
    // Parsed here, because event loops must not be blocked by it.
    Future<Contract> contract = runtime.vertx().executeBlocking(Contract::read);
    return contract.compose(
        parsed ->
            servers.start(
                runtime.vertx(),
                runtime.eventLoops(),
                live,
                operations,
                (vertx, loop) ->
                    new Endpoints(vertx, loop, services, urls, api, mailboxes, deflate)));
  }

  private void logReady() {
    servers.log(LOG);
    long millis = ManagementFactory.getRuntimeMXBean().getUptime();
    LOG.info("ready after {} ms, with {} event loops", millis, runtime.eventLoops());
  }
}
