package io.stentor.metrics;

import io.netty.util.internal.PlatformDependent;
import io.stentor.admission.Limit;
import io.stentor.admission.Limits;
import io.stentor.cluster.Quorum;
import io.stentor.connection.ConnectionCounts;
import io.stentor.connection.Transport;
import io.stentor.health.BusProbe;
import io.stentor.health.ClusterState;
import io.stentor.health.Health;
import io.stentor.health.LoopLags;
import io.stentor.http.Problem;
import io.stentor.http.ProblemType;
import io.stentor.journal.Journal;
import io.stentor.message.CloseReason;
import io.stentor.room.Counts;
import io.stentor.room.Counts.Count;
import io.stentor.room.Rooms;
import io.stentor.websocket.PermessageDeflate;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Registers the metrics whose values other components maintain. Must be used by one thread only.
 */
public final class MetricSources {
  /** The code of {@link CloseReason#tooBig}. */
  private static final int TOO_BIG = 1009;

  private final Metrics metrics;

  /** Registers the metrics of the process. */
  public MetricSources(Metrics metrics) {
    this.metrics = metrics;
    metrics.gauge(
        MetricName.DIRECT_MEMORY, () -> Math.max(0, PlatformDependent.usedDirectMemory()));
    for (ProblemType type : ProblemType.values()) {
      String slug = type.name().toLowerCase(Locale.ROOT).replace('_', '-');
      metrics.counter(MetricName.PROBLEMS, () -> Problem.answered(type), "type", slug);
    }
  }

  /** Adds the bytes before and after compression. */
  public void watch(PermessageDeflate deflate) {
    compression("sent", deflate::sentPlain, deflate::sentCompressed);
    compression("received", deflate::receivedPlain, deflate::receivedCompressed);
  }

  private void compression(String direction, LongSupplier plain, LongSupplier compressed) {
    metrics.counter(MetricName.COMPRESSION_PLAIN_BYTES, plain, "direction", direction);
    metrics.counter(MetricName.COMPRESSION_COMPRESSED_BYTES, compressed, "direction", direction);
  }

  /** Registers the metrics of these rooms. Must be called only once. */
  public void watch(Rooms rooms) {
    Counts counts = rooms.counts();
    metrics.gauge(MetricName.ROOMS, rooms::inUse);
    counter(MetricName.PUBLISHED, counts, Count.PUBLISHED);
    counter(MetricName.PUBLISHED_BYTES, counts, Count.PUBLISHED_BYTES);
    counter(MetricName.DELIVERED, counts, Count.DELIVERED);
    counter(MetricName.DELIVERED_BYTES, counts, Count.DELIVERED_BYTES);
    counter(MetricName.REFUSED, counts, Count.REFUSED);
    counter(MetricName.OUTDATED, counts, Count.OUTDATED);
    counter(MetricName.REPAIRED, counts, Count.REPAIRED);
    counter(MetricName.REPEATED, counts, Count.REPEATED);
    counter(MetricName.GAPS, counts, Count.LOST);
    counter(MetricName.SKIPPED, counts, Count.SKIPPED);
    counter(MetricName.RECOVERIES, counts, Count.RECOVERED, "outcome", "ok");
    counter(MetricName.RECOVERIES, counts, Count.UNRECOVERABLE, "outcome", "impossible");
    counter(MetricName.SLOW_CONSUMERS, counts, Count.SLOW_DISCONNECTED, "rule", "disconnect");
    counter(MetricName.SLOW_CONSUMERS, counts, Count.SLOW_SKIPPING, "rule", "skip");
    counter(MetricName.SLOW_CONSUMERS, counts, Count.SLOW_LATEST, "rule", "latest");
    metrics.gauge(MetricName.QUEUED_BYTES, rooms.publisher()::queuedBytes, "queue", "append");
    metrics.gauge(MetricName.QUEUED_BYTES, () -> counts.get(Count.WAITING_BYTES), "queue", "tail");
  }

  private void counter(MetricName name, Counts counts, Count what, String... labels) {
    metrics.counter(name, () -> counts.get(what), labels);
  }

  public void watch(ConnectionCounts connections) {
    for (Transport transport : Transport.values()) {
      String label = transport.label();
      metrics.gauge(MetricName.CONNECTIONS, () -> connections.open(transport), "transport", label);
      metrics.counter(
          MetricName.CONNECTIONS_OPENED, () -> connections.total(transport), "transport", label);
    }
    Set<Integer> known = new HashSet<>();
    metrics.beforeScrape(
        () -> {
          for (int code : connections.closeCodes()) {
            if (known.add(code)) {
              String label = Integer.toString(code);
              metrics.counter(
                  MetricName.CONNECTIONS_CLOSED, () -> connections.closes(code), "code", label);
            }
          }
        });
  }

  public void watch(Limits limits, ConnectionCounts connections) {
    for (Limit limit : Limit.values()) {
      LongSupplier count = () -> met(limit, limits, connections);
      metrics.counter(MetricName.LIMITS_HIT, count, "limit", limit.label());
    }
  }

  /**
   * Returns how often a limit was hit. Some limits are derived from the counts of problems and
   * close codes. Any thread.
   */
  public static long met(Limit limit, Limits limits, ConnectionCounts connections) {
    return switch (limit) {
      case ROOM_NAME -> Problem.answered(ProblemType.INVALID_ROOM);
      case MESSAGE_BYTES -> connections.closes(TOO_BIG) + Problem.answered(ProblemType.TOO_LARGE);
      case QUEUED_BYTES -> connections.closes(CloseReason.SLOW.code());
      case HEADER_BYTES ->
          Problem.answered(ProblemType.PATH_TOO_LONG)
              + Problem.answered(ProblemType.HEADERS_TOO_LARGE);
      case BODY_SECONDS -> Problem.answered(ProblemType.REQUEST_TIMEOUT);
      default -> limits.hits().count(limit);
    };
  }

  public void watch(LoopLags lags) {
    metrics.nanos(MetricName.LOOP_LAG, lags::recentNanos);
  }

  public void watch(BusProbe probe) {
    metrics.counter(MetricName.BUS_PROBES_SENT, probe::sent);
    metrics.counter(MetricName.BUS_PROBES_HEARD, probe::heardOfSelf, "from", "self");
    metrics.counter(MetricName.BUS_PROBES_HEARD, probe::heardOfPeers, "from", "peer");
    metrics.counter(MetricName.BUS_PROBES_MISSED, probe::missed);
    metrics.gauge(MetricName.BUS_SILENT_NODES, () -> probe.silent().size());
    metrics.nanos(MetricName.CLOCK_SKEW, () -> probe.clockSkewMillis() * 1_000_000);
  }

  /**
   * Registers the metrics of the cluster.
   *
   * @param quorum null for a standalone node, which is a majority by itself
   */
  public void watch(ClusterState cluster, @Nullable Quorum quorum) {
    metrics.gauge(MetricName.CLUSTER_NODES, cluster::nodes);
    metrics.gauge(MetricName.CLUSTER_SAFE, () -> cluster.isSafe() ? 1 : 0);
    metrics.gauge(
        MetricName.CLUSTER_MAJORITY, () -> quorum == null || quorum.hasMajority() ? 1 : 0);
  }

  /** Registers the metrics of the journal of a node that has a data directory. */
  public void watch(Journal journal) {
    metrics.gauge(MetricName.JOURNAL_BYTES, () -> journal.figures().bytes());
    metrics.gauge(MetricName.JOURNAL_SEGMENTS, () -> journal.figures().segments());
    metrics.gauge(MetricName.JOURNAL_ROOMS, () -> journal.figures().keys());
    metrics.gauge(MetricName.JOURNAL_ACCEPTS, () -> journal.accepts() ? 1 : 0);
    metrics.gauge(MetricName.QUEUED_BYTES, () -> journal.figures().queuedBytes(), "queue", "disk");
    metrics.counter(MetricName.JOURNAL_RECORDS, () -> journal.figures().records());
    metrics.counter(MetricName.JOURNAL_GROUPS, () -> journal.figures().groups());
    metrics.timer(
        MetricName.JOURNAL_FLUSH,
        () -> journal.figures().flushes(),
        () -> journal.figures().flushNanos());
    metrics.counter(MetricName.JOURNAL_PROBLEMS, () -> journal.figures().problems());
    metrics.gauge(MetricName.JOURNAL_DAMAGED, () -> journal.figures().damaged());
    metrics.nanos(
        MetricName.JOURNAL_REPLAY, () -> TimeUnit.MILLISECONDS.toNanos(journal.report().millis()));
  }

  /** Registers the number of nodes that the event bus does not reach. */
  public void watch(IntSupplier unreachable) {
    metrics.gauge(MetricName.CLUSTER_UNREACHABLE_NODES, unreachable::getAsInt);
  }

  public void watch(Health health) {
    for (String check : health.readyChecks()) {
      metrics.gauge(MetricName.HEALTH, () -> health.isUp(check) ? 1 : 0, "check", check);
    }
  }
}
