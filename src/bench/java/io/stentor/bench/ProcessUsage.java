package io.stentor.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * CPU time and memory of processes, summed, as Linux tells them in {@code /proc}. Zero where it
 * tells nothing.
 *
 * @param cpuSeconds user and system time since the processes began, to a hundredth of a second
 * @param rssKib resident memory
 * @param pssKib resident memory with shared pages divided by their users; 0 unless asked for
 */
record ProcessUsage(double cpuSeconds, long rssKib, long pssKib) {
  private static final double TICKS_PER_SECOND = 100;

  /** Cheap: CPU time and resident memory. */
  static ProcessUsage now(List<Long> pids) {
    return read(pids, "status", "VmRSS:");
  }

  /** Walks all mappings of the processes, which stops them for some milliseconds. */
  static ProcessUsage exact(List<Long> pids) {
    return read(pids, "smaps_rollup", "Rss:");
  }

  /** Collects garbage where a process is a JVM; {@code jcmd} is the tool's path, empty for none. */
  static void collectGarbage(List<Long> pids, String jcmd) throws IOException {
    if (jcmd.isEmpty()) {
      return;
    }
    try {
      for (int i = 0; i < 2; i++) {
        for (long pid : pids) {
          new ProcessBuilder(jcmd, Long.toString(pid), "GC.run")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ProcessUsage read(List<Long> pids, String file, String rssName) {
    double cpu = 0;
    long rss = 0;
    long pss = 0;
    for (long pid : pids) {
      Path proc = Path.of("/proc", Long.toString(pid));
      cpu += cpuSeconds(proc.resolve("stat"));
      rss += kib(proc.resolve(file), rssName);
      pss += kib(proc.resolve(file), "Pss:");
    }
    return new ProcessUsage(cpu, rss, pss);
  }

  private static double cpuSeconds(Path stat) {
    String text = text(stat);
    if (text.isEmpty()) {
      return 0;
    }
    /* The name in brackets may hold spaces; user and system time are the 12th and 13th after it. */
    String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
  }

  private static long kib(Path file, String name) {
    return text(file)
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }
}
