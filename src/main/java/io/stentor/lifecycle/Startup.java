package io.stentor.lifecycle;

import io.stentor.admission.Limits;
import io.stentor.centrifuge.api.ServerApi;
import io.stentor.centrifuge.transport.Mailboxes;
import io.stentor.cluster.ClusterCall;
import io.stentor.config.Config;
import io.stentor.config.LiveConfig;
import io.stentor.config.LoadedConfig;
import io.stentor.config.RoomRules;
import io.stentor.connection.ConnectionCounts;
import io.stentor.http.NodeServices;
import io.stentor.identity.Access;
import io.stentor.identity.Tokens;
import io.stentor.presence.Presence;
import io.stentor.room.Rooms;
import io.stentor.server.Operations;
import io.stentor.server.Servers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The start of one node: the platform that it runs on, what it serves, and then its servers, which
 * listen once every room has its copy.
 */
final class Startup {

  private static final Logger LOG = LoggerFactory.getLogger(Startup.class);

  /** How often what addresses and rooms have used is forgotten where it is no matter any more. */
  private static final long SWEEP_MILLIS = 10_000;

  private final LoadedConfig loaded;
  private final Demo demo;
  private final Servers servers;
  private final Platform platform;
  private final LiveConfig live;
  private final Operations operations;
  private final Rooms rooms;
  private final Presence presence;
  private final ConnectionCounts connections = new ConnectionCounts();
  private final Access access;

  private Startup(
      LoadedConfig loaded, Demo demo, Servers servers, Limits limits, Platform platform) {
    Config config = loaded.config();
    Vertx vertx = platform.vertx();
    this.loaded = loaded;
    this.demo = demo;
    this.servers = servers;
    this.platform = platform;
    this.live = new LiveConfig(demo.withKey(config));
    this.operations = new Operations(vertx, config, platform.hazelcast());
    this.rooms =
        new Rooms(vertx, new RoomRules(live), platform.history(), operations.timings(), limits);
    this.presence = platform.presence(rooms);
    this.access = Access.of(vertx, live);
    vertx.setPeriodic(SWEEP_MILLIS, timer -> vertx.executeBlocking(() -> swept(limits)));
  }

  private static Limits swept(Limits limits) {
    limits.sweep();
    return limits;
  }

  /**
   * Starts a node; blocks while it joins its cluster. Fails with a message for people where it
   * cannot start, and is gone then. The answer belongs to no event loop.
   */
  static Future<Node> of(LoadedConfig loaded) {
    Config config = loaded.config();
    LOG.info("configuration: {}", String.join(", ", loaded.sources()));
    Tokens.warnings(config).forEach(LOG::warn);
    Demo demo = new Demo(config);
    Servers servers = new Servers(config.http());
    Limits limits = new Limits(config.limits());
    return Platform.of(config, limits, demo::offer)
        .compose(platform -> new Startup(loaded, demo, servers, limits, platform).run());
  }

  private Future<Node> run() {
    LOG.info("node:     {}", rooms.node());
    operations.watch(rooms, connections, () -> live.get().identity().hasAdminKey());
    Reload reload = new Reload(loaded, demo::withKey, live, access, this::changed, servers::show);
    Drain drain =
        new Drain(
            platform.vertx(),
            () -> live.get().drain(),
            servers.doors(),
            () -> rooms.waitingToAppend() == 0);
    Node node = new Node(platform, operations, presence, servers, demo, drain, reload);
    // The event loops of a node that could not start are gone by the time of the answer.
    Promise<Node> started = Promise.promise();
    serve()
        .onSuccess(
            serving -> {
              sayReady();
              reload.begin();
              started.complete(node);
            })
        .onFailure(
            failure ->
                node.stop().onComplete(stopped -> started.fail(servers.cannotListen(failure))));
    return started.future();
  }

  private void changed() {
    rooms.limits().change(live.get().limits());
    rooms.optionsChanged();
    connections.registries().recheck();
  }

  private Future<?> serve() {
    Vertx vertx = platform.vertx();
    // Consumers are written down in the cluster's maps, which takes copies that stand still.
    return platform
        .withCopies()
        .compose(safe -> ClusterCall.of(vertx))
        .map(nodes -> new ServerApi(rooms, presence, connections.registries(), nodes))
        .compose(
            api ->
                Mailboxes.open(vertx, rooms.node())
                    .compose(
                        mailboxes ->
                            servers.start(platform, services(), api, mailboxes, operations)))
        .compose(listening -> operations.start(rooms.limits()))
        .compose(
            watched ->
                demo.start(vertx, loaded.config().http(), servers.port(), platform.hazelcast()));
  }

  private NodeServices services() {
    return new NodeServices(live, rooms, presence, access, connections);
  }

  private void sayReady() {
    servers.tell(LOG);
    long millis = ManagementFactory.getRuntimeMXBean().getUptime();
    LOG.info("ready after {} ms, with {} event loops", millis, platform.eventLoops());
  }
}
