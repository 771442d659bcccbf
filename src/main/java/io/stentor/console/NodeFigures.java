package io.stentor.console;

import com.sun.management.OperatingSystemMXBean;
import io.netty.util.internal.PlatformDependent;
import io.stentor.admission.Limit;
import io.stentor.connection.ConnectionCounts;
import io.stentor.connection.Transport;
import io.stentor.health.ClusterState;
import io.stentor.health.Health;
import io.stentor.health.LoopLags;
import io.stentor.journal.Journal;
import io.stentor.metrics.MetricSources;
import io.stentor.metrics.Metrics;
import io.stentor.metrics.RecentTimes;
import io.stentor.metrics.RecentTimes.Quantiles;
import io.stentor.room.Counts;
import io.stentor.room.Counts.Count;
import io.stentor.room.Rooms;
import io.stentor.room.Rooms.Load;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The figures that a node publishes about itself: one JSON object of about 700 bytes. Counters are
 * totals since the start, so a client that misses messages can still compute rates. Durations cover
 * the time since the previous read. {@code docs/operations/CONSOLE.md} describes each field. Must
 * be used by one thread only.
 */
public final class NodeFigures {

  static final String READY = "ready";
  static final String NOT_READY = "notReady";
  public static final String DRAINING = "draining";
  static final String STOPPED = "stopped";

  private final Rooms rooms;
  private final ConnectionCounts connections;
  private final @Nullable RecentTimes deliveries;
  private final @Nullable RecentTimes appends;
  private final Health health;
  private final LoopLags lags;
  private final ClusterState cluster;
  private final @Nullable Journal journal;
  private final boolean clustered;
  private final Supplier<String> address;
  private final OperatingSystemMXBean system =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  /**
   * Creates a reader of one node's figures.
   *
   * @param metrics null if metrics are disabled
   * @param journal null without a data directory
   * @param clustered whether this node is to be one of several
   * @param address of the node, as a person would call it
   */
  public NodeFigures(
      Rooms rooms,
      ConnectionCounts connections,
      @Nullable Metrics metrics,
      Health health,
      LoopLags lags,
      ClusterState cluster,
      @Nullable Journal journal,
      boolean clustered,
      Supplier<String> address) {
    this.rooms = rooms;
    this.connections = connections;
    this.deliveries = metrics == null ? null : metrics.deliveries();
    this.appends = metrics == null ? null : metrics.appends();
    this.health = health;
    this.lags = lags;
    this.cluster = cluster;
    this.journal = journal;
    this.clustered = clustered;
    this.address = address;
  }

  /**
   * Reads all figures. Should not run on an event loop.
   *
   * @param state the state to report; if empty, it is derived from the readiness checks
   * @param load the number of rooms and cursors on this node
   */
  public JsonObject read(String state, Load load) {
    JsonArray failing = new JsonArray();
    health.readyChecks().stream().filter(check -> !health.isUp(check)).forEach(failing::add);
    String checked = failing.isEmpty() ? READY : NOT_READY;
    var process = ManagementFactory.getRuntimeMXBean();
    JsonObject json =
        new JsonObject()
            .put("node", rooms.node())
            .put("address", address.get())
            .put("name", process.getName())
            .put("version", version())
            .put("state", state.isEmpty() ? checked : state)
            .put("failing", failing)
            .put("time", System.currentTimeMillis())
            .put("uptimeSeconds", TimeUnit.MILLISECONDS.toSeconds(process.getUptime()))
            .put("clustered", clustered)
            .put("nodes", cluster.nodes())
            .put("copies", cluster.isSafe())
            .put("disk", disk())
            .put("connections", byTransport())
            .put("rooms", load.rooms())
            .put("members", load.cursors())
            .put("delivery", times(deliveries))
            .put("append", times(appends));
    putCounts(json);
    putProcess(json);
    return json;
  }

  private static String version() {
    String version = NodeFigures.class.getPackage().getImplementationVersion();
    return version == null ? "" : version;
  }

  private @Nullable JsonObject disk() {
    return journal == null
        ? null
        : new JsonObject()
            .put("bytes", journal.figures().bytes())
            .put("writable", journal.accepts())
            .put("damaged", journal.figures().damaged());
  }

  private JsonObject byTransport() {
    JsonObject json = new JsonObject();
    for (Transport transport : Transport.values()) {
      json.put(transport.label(), connections.open(transport));
    }
    return json;
  }

  private static @Nullable JsonObject times(@Nullable RecentTimes recent) {
    Quantiles quantiles = recent == null ? null : recent.look();
    return quantiles == null
        ? null
        : new JsonObject()
            .put("p50Millis", rounded(quantiles.p50Millis()))
            .put("p99Millis", rounded(quantiles.p99Millis()));
  }

  private static double rounded(double value) {
    return Math.round(value * 1000) / 1000.0;
  }

  private void putCounts(JsonObject json) {
    Counts counts = rooms.counts();
    json.put("published", counts.get(Count.PUBLISHED))
        .put("delivered", counts.get(Count.DELIVERED))
        .put("deliveredBytes", counts.get(Count.DELIVERED_BYTES))
        .put("refused", counts.get(Count.REFUSED))
        .put("repaired", counts.get(Count.REPAIRED))
        .put("gaps", counts.get(Count.LOST))
        .put("appendQueueBytes", rooms.publisher().queuedBytes())
        .put("tailBytes", counts.get(Count.WAITING_BYTES))
        .put(
            "slow",
            new JsonObject()
                .put("disconnect", counts.get(Count.SLOW_DISCONNECTED))
                .put("skip", counts.get(Count.SLOW_SKIPPING))
                .put("latest", counts.get(Count.SLOW_LATEST)));
    JsonObject limits = new JsonObject();
    for (Limit limit : Limit.values()) {
      long met = MetricSources.met(limit, rooms.limits(), connections);
      if (met > 0) {
        limits.put(limit.label(), met);
      }
    }
    json.put("limits", limits);
  }

  private void putProcess(JsonObject json) {
    Runtime runtime = Runtime.getRuntime();
    json.put("heapBytes", runtime.totalMemory() - runtime.freeMemory())
        .put("heapMaxBytes", runtime.maxMemory())
        .put("directBytes", Math.max(0, PlatformDependent.usedDirectMemory()))
        .put("loopLagMillis", rounded(lags.recentNanos() / 1e6))
        .put("cpu", rounded(Math.max(0, system.getProcessCpuLoad())));
  }
}
