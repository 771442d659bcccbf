package io.stentor.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The load generator: opens WebSockets, publishes, and says what came back. One run: connect,
 * settle, warm up, measure, drain. One line of JSON goes to standard output, a table to standard
 * error.
 */
public final class Load {
  private static final long SECOND = 1_000_000_000;

  private final LoadOptions options;
  private final Report report = new Report();
  private final List<Long> memoryKib = new ArrayList<>();

  private Load(LoadOptions options) {
    this.options = options;
  }

  /** Runs once; exit code 2 for options that make no sense. */
  public static void main(String[] args) throws IOException {
    LoadOptions options;
    try {
      options = LoadOptions.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(LoadOptions.USAGE);
      System.exit(2);
      return;
    }
    Load load = new Load(options);
    load.run();
    System.err.print(load.report.table());
    System.out.println(load.report.json());
  }

  private void run() throws IOException {
    report.add("label", options.label);
    report.add("mode", options.mode.name().toLowerCase(Locale.ROOT));
    if (options.mode == LoadOptions.Mode.POST) {
      new PostLoad(options).run(report);
      return;
    }
    try (Swarm swarm = new Swarm(options)) {
      connect(swarm);
      if (options.flood != Flood.Kind.NONE) {
        flooded(swarm);
      } else if (options.mode != LoadOptions.Mode.IDLE) {
        measure(swarm);
      }
    }
  }

  private void flooded(Swarm swarm) throws IOException {
    try (FloodProcess flood = new FloodProcess(options.flood, options.url)) {
      measure(swarm);
      long[] counts = flood.end();
      report.add("flood_sent", counts[0]).add("flood_refused", counts[1]);
    }
  }

  private void connect(Swarm swarm) throws IOException {
    swarm.connect(options.base);
    pause(swarm, options.base > 0 ? options.settle : 0);
    ProcessUsage before = settledUsage(swarm);
    int openBefore = swarm.open();
    long begin = System.nanoTime();
    swarm.connect(options.sockets());
    double seconds = (System.nanoTime() - begin) / 1e9;
    pause(swarm, options.settle);
    ProcessUsage after = settledUsage(swarm);
    int open = swarm.open();
    int more = Math.max(1, open - openBefore);
    report.add("connections", open).add("failed", swarm.tally().failed);
    report.add("rooms", options.rooms).add("publishers", options.publishers);
    report.add("bytes", options.bytes).add("connect_s", seconds);
    if (!options.pids.isEmpty()) {
      report.add("rss_before_kib", before.rssKib()).add("rss_connected_kib", after.rssKib());
      report.add("rss_kib_per_connection", (after.rssKib() - before.rssKib()) / (double) more);
      report.add("pss_kib_per_connection", (after.pssKib() - before.pssKib()) / (double) more);
    }
  }

  private ProcessUsage settledUsage(Swarm swarm) throws IOException {
    if (!options.jcmd.isEmpty()) {
      ProcessUsage.collectGarbage(options.pids, options.jcmd);
      pause(swarm, options.settle);
    }
    return ProcessUsage.exact(options.pids);
  }

  private void measure(Swarm swarm) throws IOException {
    Tally tally = swarm.tally();
    long begin = System.nanoTime();
    tally.startNanos = begin + (long) (options.warm * SECOND);
    tally.endNanos = tally.startNanos + (long) (options.seconds * SECOND);
    swarm.startSending();
    swarm.runUntil(tally.startNanos, false);
    swarm.slowRead(false);
    ProcessUsage before = ProcessUsage.now(options.pids);
    double ownBefore = ownCpuSeconds();
    window(swarm, tally);
    double own = ownCpuSeconds() - ownBefore;
    ProcessUsage after = ProcessUsage.now(options.pids);
    swarm.stopSending();
    double seconds = (System.nanoTime() - tally.startNanos) / 1e9;
    swarm.runUntil(System.nanoTime() + (long) (options.drain * SECOND), true);
    report.traffic(tally, seconds).latency(tally.latency);
    report.add("disagreeing", swarm.disagreeing()).add("generator_cpu", own / seconds);
    if (!options.pids.isEmpty()) {
      double cpu = after.cpuSeconds() - before.cpuSeconds();
      report.add("server_cpu", cpu / seconds);
      report.add("cpu_us_per_delivery", cpu * 1e6 / Math.max(1, tally.deliveriesInTime));
      report.add("rss_start_kib", before.rssKib()).add("rss_end_kib", after.rssKib());
      long most = memoryKib.stream().mapToLong(Long::longValue).max().orElse(0);
      report.add("rss_max_kib", most).add("rss_growth_mib", (most - before.rssKib()) / 1024.0);
    }
    if (options.slow > 0) {
      readAgain(swarm, tally);
    }
  }

  private void window(Swarm swarm, Tally tally) throws IOException {
    long until = tally.startNanos;
    while (until < tally.endNanos) {
      until = Math.min(until + SECOND, tally.endNanos);
      swarm.runUntil(until, false);
      memoryKib.add(ProcessUsage.now(options.pids).rssKib());
    }
  }

  private void readAgain(Swarm swarm, Tally tally) throws IOException {
    long whileStopped = tally.slowReceived;
    long closedBefore = tally.slowClosed;
    swarm.slowRead(true);
    pause(swarm, 3);
    report.add("slow", options.slow);
    report.add("slow_received_after", tally.slowReceived - whileStopped);
    report.add("slow_closed", tally.slowClosed).add("slow_closed_before", closedBefore);
    report.add("rss_series_kib", List.copyOf(memoryKib));
  }

  private static void pause(Swarm swarm, double seconds) throws IOException {
    swarm.runUntil(System.nanoTime() + (long) (seconds * SECOND), false);
  }

  private static double ownCpuSeconds() {
    return ProcessUsage.now(List.of(ProcessHandle.current().pid())).cpuSeconds();
  }
}
