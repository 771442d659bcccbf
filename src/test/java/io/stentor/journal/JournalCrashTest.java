package io.stentor.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.stentor.journal.Journal.Level;
import io.stentor.journal.Replay.Kind;
import io.stentor.journal.SimulatedDisk.Loss;
import io.stentor.journal.SimulatedDisk.Stopped;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Stops a journal at random operations, by the end of its process or by a power loss, and compares
 * what is replayed with a model. The system properties {@code stentor.crashes} and {@code
 * stentor.seed} set how often, and with which choices.
 */
class JournalCrashTest {
  private static final int CRASHES = Integer.getInteger("stentor.crashes", 2000);
  private static final long SEED = Long.getLong("stentor.seed", 1);
  private static final int CRASHES_PER_DISK = 50;

  @Test
  void what_was_reported_safe_is_there_after_every_crash_and_nothing_else_returns() {
    long total = 0;
    for (int i = 0; i * CRASHES_PER_DISK < CRASHES; i++) {
      long seed = SEED + i;
      try {
        Machine machine = new Machine(seed);
        machine.crash(CRASHES_PER_DISK);
        total += machine.deleted;
      } catch (Throwable e) {
        throw new AssertionError("with -Dstentor.seed=" + seed + " -Dstentor.crashes=1", e);
      }
    }
    // Space was reclaimed all the time, so the above is true of that too.
    assertThat(total).isGreaterThan(CRASHES / 20);
  }

  /** A change of the model. */
  private record Operation(Kind kind, String key, String text) {
    void apply(Map<String, List<String>> states) {
      switch (kind) {
        case BASE -> states.put(key, Recorded.texts(text));
        case STEP -> states.computeIfAbsent(key, any -> new ArrayList<>()).add(text);
        case END -> states.remove(key);
      }
    }
  }

  private static final class Machine {
    private static final int KEYS = 6;

    private final Random random;
    private final SimulatedDisk disk;
    private final JournalOptions options;
    private final int flushEvery;
    private final Deque<Runnable> background = new ArrayDeque<>();
    private Journal journal;

    /** The states before the first of the operations, and after the last. */
    private Map<String, List<String>> before = new HashMap<>();

    private Map<String, List<String>> now = new HashMap<>();
    private final List<Operation> operations = new ArrayList<>();

    /** How many of the operations were reported safe. */
    private int written;

    private int flushed;
    private int texts;

    /** Whether continuity is certain, or possible, at the next opening in the same boot. */
    private boolean settled;

    private boolean maySettle;
    private boolean mayBeClosed;
    private boolean wasClosed;
    private long deleted;

    Machine(long seed) {
      random = new Random(seed);
      disk = new SimulatedDisk(seed);
      flushEvery = 1 + random.nextInt(random.nextBoolean() ? 4 : 60);
      options = new JournalOptions(2048 << random.nextInt(5), 1 << 20, 1000, 250);
    }

    void crash(int times) throws IOException {
      open();
      settled = true;
      for (int i = 0; i < times; i++) {
        boolean closed = run();
        boolean power = random.nextBoolean();
        if (power) {
          disk.losePower(random.nextBoolean() ? Loss.ALL_UNFLUSHED : Loss.ANY_UNFLUSHED);
        } else {
          disk.kill();
        }
        disk.full = false;
        disk.failFlush = false;
        mayBeClosed |= wasClosed && written == 0;
        check(power ? flushed : written);
        if (settled && (closed || !power)) {
          assertThat(journal.isContinuous()).isTrue();
        } else if (journal.report().records() > 0
            && ((!settled && !maySettle) || (power && !mayBeClosed))) {
          assertThat(journal.isContinuous()).isFalse();
        }
        settled = journal.isContinuous();
        wasClosed = mayBeClosed;
      }
    }

    private Recorded open() throws IOException {
      background.clear();
      if (random.nextInt(10) == 0) {
        disk.stopAfter(1);
        try {
          journal = new Journal(new DataDirectory(disk), options, new Recorded(), background::add);
        } catch (Stopped e) {
          // Once more.
        }
        disk.kill();
      }
      Recorded recorded = new Recorded();
      journal = new Journal(new DataDirectory(disk), options, recorded, background::add);
      journal.source(
          key -> {
            List<String> state = now.get(key);
            append(state == null ? Kind.END : Kind.BASE, key, state);
          });
      return recorded;
    }

    /** Compares what is replayed with the states after each operation that may be the last. */
    private void check(int safe) throws IOException {
      Recorded recorded = open();
      assertThat(recorded.damage).isEmpty();
      Map<String, List<String>> states = copy(before);
      for (int i = 0; i < safe; i++) {
        operations.get(i).apply(states);
      }
      int last = safe;
      while (!states.equals(recorded.states)) {
        if (last == operations.size()) {
          fail(
              "%s safe of %s\nafter %s\nbut replayed %s",
              safe, operations, before, recorded.states);
        }
        operations.get(last++).apply(states);
      }
      before = states;
      now = copy(states);
      operations.clear();
      written = 0;
      flushed = 0;
    }

    private static Map<String, List<String>> copy(Map<String, List<String>> states) {
      Map<String, List<String>> copied = new HashMap<>();
      states.forEach((key, texts) -> copied.put(key, new ArrayList<>(texts)));
      return copied;
    }

    /** Works until the machine stops. Returns whether the journal has closed. */
    private boolean run() {
      maySettle = settled;
      mayBeClosed = false;
      if (random.nextInt(5) > 0) {
        disk.stopAfter(1 + random.nextInt(random.nextBoolean() ? 20 : 300));
      }
      try {
        if (!settled && random.nextBoolean()) {
          maySettle = true;
          journal.settle();
          journal.turn();
          settled = true;
        }
        for (int turns = random.nextInt(60); turns > 0; turns--) {
          turn();
        }
        if (random.nextBoolean()) {
          disk.full = false;
          mayBeClosed = true;
          journal.close();
          while (journal.turn()) {
            // Until all is written.
          }
          flushed = operations.size();
          return true;
        }
      } catch (Stopped e) {
        // As was to be expected.
      } catch (IOException e) {
        assertThat(disk.failFlush).as("%s", e).isTrue();
      }
      return false;
    }

    private void turn() throws IOException {
      for (int i = random.nextInt(4); i > 0; i--) {
        change();
      }
      disk.full = random.nextInt(20) == 0;
      disk.failFlush |= random.nextInt(500) == 0;
      disk.advance(random.nextInt(700));
      if (random.nextBoolean()) {
        runInBackground();
      }
      int before = journal.figures().segments();
      journal.turn();
      deleted += Math.max(0, before - journal.figures().segments());
    }

    /** Does what the second thread would do some time. */
    private void runInBackground() {
      while (!background.isEmpty()) {
        background.remove().run();
      }
    }

    private void change() {
      String key = "key " + random.nextInt(KEYS);
      List<String> state = now.getOrDefault(key, List.of());
      String text = String.valueOf(++texts);
      int choice = random.nextInt(20);
      if (choice == 0) {
        append(Kind.END, key, null);
      } else if (choice == 1 || state.isEmpty()) {
        append(Kind.BASE, key, List.of(text));
      } else if (state.size() > 20) {
        append(Kind.BASE, key, state.subList(10, state.size()));
      } else {
        append(Kind.STEP, key, List.of(text));
      }
    }

    private void append(Kind kind, String key, @Nullable List<String> state) {
      String text = state == null ? "" : String.join(",", state);
      int padding = random.nextInt(random.nextInt(10) == 0 ? 10_000 : 300);
      long sequence = journal.append(kind, key, Recorded.payload(text, padding));
      Operation operation = new Operation(kind, key, text);
      operation.apply(now);
      operations.add(operation);
      int count = operations.size();
      journal.whenSafe(
          sequence,
          Level.WRITTEN,
          failure -> written = failure == null ? Math.max(written, count) : written);
      if (random.nextInt(flushEvery) == 0) {
        journal.whenSafe(
            sequence,
            Level.FLUSHED,
            failure -> flushed = failure == null ? Math.max(flushed, count) : flushed);
      }
    }
  }
}
