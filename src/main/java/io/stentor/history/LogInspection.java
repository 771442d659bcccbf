package io.stentor.history;

import io.stentor.journal.Inspection;
import io.stentor.journal.Replay;
import io.stentor.message.Position;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A readable report on a data directory: files, damage, and a line for each room. Changes nothing;
 * a node may use the directory meanwhile.
 */
public final class LogInspection {
  private static final String ROW = "%-28s %8s %11s  %-10s  %-7s  %s%n";

  private final Inspection found;
  private final Collected logs;

  private LogInspection(Inspection found, Collected logs) {
    this.found = found;
    this.logs = logs;
  }

  /** The logs, and what is wrong with the records. */
  private static final class Collected extends LogJournal.Restoring {
    private final List<String> damage = new ArrayList<>();

    @Override
    void report(String sentence) {
      damage.add(sentence);
    }
  }

  /**
   * Reads a data directory. Blocks.
   *
   * @throws IOException the message is a sentence for the operator
   */
  public static LogInspection of(Path directory) throws IOException {
    List<Collected> attempts = new ArrayList<>();
    Inspection found =
        Inspection.of(
            directory,
            () -> {
              attempts.add(new Collected());
              return attempts.get(attempts.size() - 1);
            });
    return new LogInspection(found, attempts.get(attempts.size() - 1));
  }

  /** Returns whether records are missing or damaged. */
  public boolean isDamaged() {
    return found.report().damaged() > 0;
  }

  /**
   * Prints what was found.
   *
   * @param now the time from which the age of the last write is counted
   */
  public void print(PrintStream out, Instant now) {
    Replay.Report report = found.report();
    found.files().forEach(file -> out.println(file.name() + "  " + file.bytes() + " bytes"));
    out.printf(
        "%d records, %d bytes, read in %d ms; last written %s%n",
        report.records(), report.bytes(), report.millis(), lastWrite(report, now));
    out.println(state());
    out.println(logs.damage.isEmpty() ? "no damage" : "damage:");
    logs.damage.forEach(out::println);
    out.println();
    Map<String, RoomLog> rooms = new TreeMap<>(logs.logs);
    out.printf("%d rooms%n", rooms.size());
    if (!rooms.isEmpty()) {
      out.printf(ROW, "position", "messages", "bytes", "durability", "epoch", "room");
    }
    rooms.forEach((name, log) -> print(out, name, log));
  }

  private static String lastWrite(Replay.Report report, Instant now) {
    if (report.lastWallMillis() == 0) {
      return "never";
    }
    Instant last = Instant.ofEpochMilli(report.lastWallMillis());
    return last + ", " + Math.max(0, Duration.between(last, now).toSeconds()) + " s ago";
  }

  private String state() {
    if (found.copy()) {
      return "a copy: rooms go on in new epochs";
    }
    return found.continuous()
        ? "continuous: rooms keep their epochs; those of a cluster, if its nodes start together"
        : "not continuous: the machine was restarted after the last write, or the file journal is"
            + " missing; only rooms that are synced keep their epochs";
  }

  private void print(PrintStream out, String name, RoomLog log) {
    LogSummary summary = log.summary();
    boolean keeps = logs.isComplete(name, log, found.copy(), found.continuous());
    Position position = summary.position();
    String durability = log.durability().name().toLowerCase(Locale.ROOT);
    out.printf(
        ROW,
        position,
        summary.messages(),
        summary.bytes(),
        durability,
        !keeps ? "changes" : log.side() == 0 ? "stays" : "cluster",
        name);
  }
}
