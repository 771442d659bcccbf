package io.stentor.ops;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The name of every metric that there is; nothing else is registered. {@code
 * docs/operations/METRICS.md} describes each.
 */
public enum MetricName {
  CONNECTIONS("stentor.connections", Kind.GAUGE),
  CONNECTIONS_OPENED("stentor.connections.opened", Kind.COUNTER),
  CONNECTIONS_CLOSED("stentor.connections.closed", Kind.COUNTER),
  ROOMS("stentor.rooms", Kind.GAUGE),
  PUBLISHED("stentor.published", Kind.COUNTER),
  PUBLISHED_BYTES("stentor.published.bytes", Kind.COUNTER),
  DELIVERED("stentor.delivered", Kind.COUNTER),
  DELIVERED_BYTES("stentor.delivered.bytes", Kind.COUNTER),
  DELIVERY_LATENCY("stentor.delivery.latency", Kind.TIMER),
  APPEND_TIME("stentor.append.time", Kind.TIMER),
  APPEND_BATCH("stentor.append.batch.messages", Kind.SUMMARY),
  REFUSED("stentor.refused", Kind.COUNTER),
  REPAIRED("stentor.repaired", Kind.COUNTER),
  REPEATED("stentor.repeated", Kind.COUNTER),
  GAPS("stentor.gaps", Kind.COUNTER),
  RECOVERIES("stentor.recoveries", Kind.COUNTER),
  SLOW_CONSUMERS("stentor.slow.consumers", Kind.COUNTER),
  SKIPPED("stentor.skipped", Kind.COUNTER),
  QUEUED_BYTES("stentor.queued.bytes", Kind.GAUGE),
  PROBLEMS("stentor.problems", Kind.COUNTER),
  CLUSTER_NODES("stentor.cluster.nodes", Kind.GAUGE),
  CLUSTER_SAFE("stentor.cluster.safe", Kind.GAUGE),
  BUS_PROBES_SENT("stentor.bus.probes.sent", Kind.COUNTER),
  BUS_PROBES_HEARD("stentor.bus.probes.heard", Kind.COUNTER),
  BUS_PROBES_MISSED("stentor.bus.probes.missed", Kind.COUNTER),
  BUS_SILENT_NODES("stentor.bus.silent.nodes", Kind.GAUGE),
  LOOP_LAG("stentor.event.loop.lag", Kind.TIME_GAUGE),
  DIRECT_MEMORY("stentor.direct.memory.bytes", Kind.GAUGE),
  HEALTH("stentor.health", Kind.GAUGE),

  // Micrometer's own, under the names that others use too.
  JVM_MEMORY_USED("jvm.memory.used", Kind.GAUGE, "bytes"),
  JVM_MEMORY_COMMITTED("jvm.memory.committed", Kind.GAUGE, "bytes"),
  JVM_MEMORY_MAX("jvm.memory.max", Kind.GAUGE, "bytes"),
  JVM_GC_PAUSE("jvm.gc.pause", Kind.TIMER),
  JVM_GC_ALLOCATED("jvm.gc.memory.allocated", Kind.COUNTER, "bytes"),
  JVM_GC_LIVE("jvm.gc.live.data.size", Kind.GAUGE, "bytes"),
  JVM_THREADS("jvm.threads.live", Kind.GAUGE, "threads"),
  PROCESS_CPU_TIME("process.cpu.time", Kind.COUNTER, "ns"),
  PROCESS_CPU_USAGE("process.cpu.usage", Kind.GAUGE),
  PROCESS_UPTIME("process.uptime", Kind.TIME_GAUGE),
  PROCESS_FILES("process.files.open", Kind.GAUGE, "files"),
  PROCESS_FILES_MAX("process.files.max", Kind.GAUGE, "files"),
  SYSTEM_CPU_COUNT("system.cpu.count", Kind.GAUGE);

  /** What is done with the numbers. */
  enum Kind {
    COUNTER,
    GAUGE,
    TIME_GAUGE,
    TIMER,
    SUMMARY
  }

  private static final Map<String, MetricName> BY_METER =
      Arrays.stream(values()).collect(Collectors.toMap(MetricName::meter, Function.identity()));

  private final String meter;
  private final Kind kind;
  private final @Nullable String unit;

  MetricName(String meter, Kind kind) {
    this(meter, kind, null);
  }

  MetricName(String meter, Kind kind, @Nullable String unit) {
    this.meter = meter;
    this.kind = kind;
    this.unit = unit;
  }

  /** The name as Micrometer has it. */
  String meter() {
    return meter;
  }

  /** Whether a meter of Micrometer is one of these. */
  static boolean has(String meter) {
    return BY_METER.containsKey(meter);
  }

  /** The names as Prometheus has them: one, or two where there is a maximum as well. */
  public List<String> scraped() {
    String name = meter.replace('.', '_') + (unit == null ? "" : "_" + unit);
    return switch (kind) {
      case COUNTER -> List.of(name + "_total");
      case GAUGE -> List.of(name);
      case TIME_GAUGE -> List.of(name + "_seconds");
      case TIMER -> List.of(name + "_seconds", name + "_seconds_max");
      case SUMMARY -> List.of(name, name + "_max");
    };
  }
}
