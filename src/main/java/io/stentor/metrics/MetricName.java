package io.stentor.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The complete list of metrics; no other metric is registered. {@code docs/operations/METRICS.md}
 * describes each one.
 */
public enum MetricName {
  CONNECTIONS("stentor.connections", Kind.GAUGE, "Connections that are open."),
  CONNECTIONS_OPENED(
      "stentor.connections.opened", Kind.COUNTER, "Connections that there have been."),
  CONNECTIONS_CLOSED(
      "stentor.connections.closed",
      Kind.COUNTER,
      "Connections that this node closed, by WebSocket close code."),
  ROOMS(
      "stentor.rooms",
      Kind.GAUGE,
      "Rooms that somebody on this node is in, as of the last second."),
  PUBLISHED("stentor.published", Kind.COUNTER, "Messages that this node appended."),
  PUBLISHED_BYTES(
      "stentor.published.bytes", Kind.COUNTER, "Bytes of the messages that this node appended."),
  DELIVERED(
      "stentor.delivered",
      Kind.COUNTER,
      "Messages written to connections, once for each connection."),
  DELIVERED_BYTES(
      "stentor.delivered.bytes", Kind.COUNTER, "Bytes written to connections, with frames."),
  COMPRESSION_PLAIN_BYTES(
      "stentor.compression.plain.bytes",
      Kind.COUNTER,
      "Bytes of the WebSocket messages that were sent or received compressed, without it."),
  COMPRESSION_COMPRESSED_BYTES(
      "stentor.compression.compressed.bytes",
      Kind.COUNTER,
      "Bytes of the same messages as they were compressed."),
  DELIVERY_LATENCY(
      "stentor.delivery.latency",
      Kind.TIMER,
      "From when a server took a message to when it was given to the sockets of this node."),
  APPEND_TIME(
      "stentor.append.time",
      Kind.TIMER,
      "From when a batch was given to the log to when every copy had it; attempts that failed"
          + " included."),
  APPEND_BATCH("stentor.append.batch.messages", Kind.SUMMARY, "Messages in a batch."),
  REFUSED("stentor.refused", Kind.COUNTER, "Messages that were not appended."),
  OUTDATED(
      "stentor.outdated",
      Kind.COUNTER,
      "Messages that were dropped because their room had the same or a newer version."),
  REPAIRED(
      "stentor.repaired",
      Kind.COUNTER,
      "Messages that the event bus did not bring and that were read from the log."),
  REPEATED(
      "stentor.repeated",
      Kind.COUNTER,
      "Messages that the event bus brought again, and that nobody got twice."),
  GAPS(
      "stentor.gaps", Kind.COUNTER, "Times that a room's log could not be continued on this node."),
  RECOVERIES(
      "stentor.recoveries",
      Kind.COUNTER,
      "Connections, and waiting requests, that wanted to go on where they were."),
  SLOW_CONSUMERS(
      "stentor.slow.consumers",
      Kind.COUNTER,
      "Connections that read too slowly and met their room's rule."),
  SKIPPED("stentor.skipped", Kind.COUNTER, "Messages left out for slow connections."),
  QUEUED_BYTES("stentor.queued.bytes", Kind.GAUGE, "Bytes that wait."),
  PROBLEMS("stentor.problems", Kind.COUNTER, "HTTP requests answered with a problem, by its type."),
  LIMITS_HIT(
      "stentor.limits.hit",
      Kind.COUNTER,
      "Times that a limit was met, by its name; with limits.dryRun, would have been."),
  CLUSTER_NODES(
      "stentor.cluster.nodes",
      Kind.GAUGE,
      "Nodes of the cluster as this one sees it, itself too; 0 while it is in none."),
  CLUSTER_SAFE(
      "stentor.cluster.safe",
      Kind.GAUGE,
      "1 while every log that this node owns has its copy on a second node, or there is no second"
          + " node."),
  CLUSTER_UNREACHABLE_NODES(
      "stentor.cluster.unreachable.nodes",
      Kind.GAUGE,
      "Nodes that this one does not reach on the event bus, or that do not reach this one."),
  CLUSTER_MAJORITY(
      "stentor.cluster.majority",
      Kind.GAUGE,
      "1 while the nodes that this one sees agree that they are the majority of the cluster."),
  BUS_PROBES_SENT(
      "stentor.bus.probes.sent", Kind.COUNTER, "Probes that this node published on the event bus."),
  BUS_PROBES_HEARD(
      "stentor.bus.probes.heard",
      Kind.COUNTER,
      "Probes of the event bus that came, of this node or of a peer."),
  BUS_PROBES_MISSED(
      "stentor.bus.probes.missed",
      Kind.COUNTER,
      "Probes that did not come although a later one of the same node did."),
  BUS_SILENT_NODES(
      "stentor.bus.silent.nodes", Kind.GAUGE, "Nodes of the cluster that are not heard."),
  CLOCK_SKEW(
      "stentor.clock.skew",
      Kind.TIME_GAUGE,
      "The largest difference between this node's wall clock and that of another node."),
  LOOP_LAG(
      "stentor.event.loop.lag",
      Kind.TIME_GAUGE,
      "How late the latest event loop was in the last ten to twenty seconds."),
  JOURNAL_BYTES(
      "stentor.journal.bytes", Kind.GAUGE, "Size of the journal's files in the data directory."),
  JOURNAL_SEGMENTS("stentor.journal.segments", Kind.GAUGE, "Number of these files."),
  JOURNAL_ROOMS("stentor.journal.rooms", Kind.GAUGE, "Rooms that the journal has."),
  JOURNAL_ACCEPTS(
      "stentor.journal.accepts",
      Kind.GAUGE,
      "1 while the data directory takes writes; 0 while rooms that are kept on disk accept no"
          + " messages."),
  JOURNAL_RECORDS(
      "stentor.journal.records", Kind.COUNTER, "Records that were written to the journal."),
  JOURNAL_GROUPS(
      "stentor.journal.groups", Kind.COUNTER, "Groups in which these records were written."),
  JOURNAL_FLUSH(
      "stentor.journal.flush", Kind.FUNCTION_TIMER, "Time of flushing the journal to the disk."),
  JOURNAL_PROBLEMS(
      "stentor.journal.problems",
      Kind.COUNTER,
      "Times that the data directory stopped to take writes."),
  JOURNAL_DAMAGED(
      "stentor.journal.damaged",
      Kind.GAUGE,
      "Places of the journal at which records were missing or damaged at the start."),
  JOURNAL_REPLAY(
      "stentor.journal.replay", Kind.TIME_GAUGE, "Time of reading the journal at the start."),
  DIRECT_MEMORY(
      "stentor.direct.memory.bytes",
      Kind.GAUGE,
      "Memory outside the heap for the sockets' buffers."),
  HEALTH("stentor.health", Kind.GAUGE, "1 while a check of /health/ready is passed, else 0."),

  // Micrometer's standard metrics, under their usual names and with Micrometer's descriptions.
  JVM_MEMORY_USED("jvm.memory.used", Kind.GAUGE, "bytes", ""),
  JVM_MEMORY_COMMITTED("jvm.memory.committed", Kind.GAUGE, "bytes", ""),
  JVM_MEMORY_MAX("jvm.memory.max", Kind.GAUGE, "bytes", ""),
  JVM_GC_PAUSE("jvm.gc.pause", Kind.TIMER, null, ""),
  JVM_GC_ALLOCATED("jvm.gc.memory.allocated", Kind.COUNTER, "bytes", ""),
  JVM_GC_LIVE("jvm.gc.live.data.size", Kind.GAUGE, "bytes", ""),
  JVM_THREADS("jvm.threads.live", Kind.GAUGE, "threads", ""),
  PROCESS_CPU_TIME("process.cpu.time", Kind.COUNTER, "ns", ""),
  PROCESS_CPU_USAGE("process.cpu.usage", Kind.GAUGE, null, ""),
  PROCESS_UPTIME("process.uptime", Kind.TIME_GAUGE, null, ""),
  PROCESS_FILES("process.files.open", Kind.GAUGE, "files", ""),
  PROCESS_FILES_MAX("process.files.max", Kind.GAUGE, "files", ""),
  SYSTEM_CPU_COUNT("system.cpu.count", Kind.GAUGE, null, "");

  /** The type of the metric. */
  enum Kind {
    COUNTER,
    GAUGE,
    TIME_GAUGE,
    TIMER,
    FUNCTION_TIMER,
    SUMMARY
  }

  private static final Map<String, MetricName> BY_METER =
      Arrays.stream(values()).collect(Collectors.toMap(MetricName::meter, Function.identity()));

  private final String meter;
  private final Kind kind;
  private final @Nullable String unit;
  private final String help;

  MetricName(String meter, Kind kind, String help) {
    this(meter, kind, null, help);
  }

  MetricName(String meter, Kind kind, @Nullable String unit, String help) {
    this.meter = meter;
    this.kind = kind;
    this.unit = unit;
    this.help = help;
  }

  /** Returns the name of the Micrometer meter. */
  String meter() {
    return meter;
  }

  /** Returns the Prometheus HELP text; empty if Micrometer provides it. */
  String help() {
    return help;
  }

  /** Returns whether the list contains a Micrometer meter of this name. */
  static boolean has(String meter) {
    return BY_METER.containsKey(meter);
  }

  /** Returns the Prometheus names: one, or two if the metric also has a maximum. */
  public List<String> scraped() {
    String name = meter.replace('.', '_') + (unit == null ? "" : "_" + unit);
    return switch (kind) {
      case COUNTER -> List.of(name + "_total");
      case GAUGE -> List.of(name);
      case TIME_GAUGE, FUNCTION_TIMER -> List.of(name + "_seconds");
      case TIMER -> List.of(name + "_seconds", name + "_seconds_max");
      case SUMMARY -> List.of(name, name + "_max");
    };
  }
}
