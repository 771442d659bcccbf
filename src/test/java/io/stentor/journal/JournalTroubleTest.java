package io.stentor.journal;

import static io.stentor.journal.Recorded.payload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stentor.journal.Journal.Level;
import io.stentor.journal.Replay.Kind;
import io.stentor.journal.SimulatedDisk.Loss;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks that take no writes, lose files, fail to flush, or are too slow; and space. */
class JournalTroubleTest {
  private static final JournalOptions OPTIONS = new JournalOptions(8 << 10, 64 << 10, 1000, 20);

  @TempDir private Path parent;
  private final SimulatedDisk disk = new SimulatedDisk(1);
  private final Map<String, String> states = new ConcurrentHashMap<>();
  private final List<String> told = new ArrayList<>();
  private Journal journal;

  private Recorded open() throws IOException {
    Recorded recorded = new Recorded();
    journal = new Journal(new DataDirectory(disk), OPTIONS, recorded, Runnable::run);
    journal.source(this::rewrite);
    journal.onFailure(failure -> told.add("failed: " + failure.getMessage()));
    return recorded;
  }

  private long put(String key, String state) {
    states.put(key, state);
    return journal.append(Kind.BASE, key, payload(state, 100));
  }

  private void rewrite(String key) {
    String state = states.get(key);
    Kind kind = state == null ? Kind.END : Kind.BASE;
    journal.append(kind, key, payload(state == null ? "" : state, 100));
  }

  /** Returns the states that were replayed. */
  private static Map<String, String> states(Recorded recorded) {
    Map<String, String> states = new TreeMap<>();
    recorded.states.forEach((key, texts) -> states.put(key, String.join(",", texts)));
    return states;
  }

  private void whenFlushed(String name, long sequence) {
    journal.whenSafe(
        sequence,
        Level.FLUSHED,
        failure -> told.add(name + (failure == null ? "" : " " + failure.getMessage())));
  }

  @Test
  void a_full_disk_is_told_and_everything_is_written_when_there_is_space() throws IOException {
    open();
    long before = put("a", "1");
    journal.turn();
    disk.full = true;
    whenFlushed("before", before);
    whenFlushed("after", put("b", "2"));

    journal.turn();

    assertThat(told).containsExactly("before");
    assertThat(journal.accepts()).isFalse();
    assertThat(journal.problem()).contains("simulated").contains("No space left on device");
    assertThat(journal.figures().problems()).isEqualTo(1);

    disk.full = false;
    journal.turn();

    assertThat(told).containsExactly("before", "after");
    assertThat(journal.accepts()).isTrue();
    assertThat(journal.problem()).isNull();
    disk.losePower(Loss.ALL_UNFLUSHED);
    assertThat(states(open())).isEqualTo(states);
  }

  @Test
  void a_journal_opens_on_a_full_disk() throws IOException {
    open();
    put("a", "1");
    journal.turn();
    disk.kill();
    disk.full = true;

    assertThat(states(open())).isEqualTo(states);
    put("b", "2");
    journal.turn();

    assertThat(journal.accepts()).isFalse();
  }

  @Test
  void a_failed_flush_is_final() throws IOException {
    open();
    put("a", "0");
    journal.turn();
    long sequence = put("a", "1");
    whenFlushed("a", sequence);
    disk.failFlush = true;
    assertThatThrownBy(journal::turn).hasMessageContaining("Input/output error");
    disk.failFlush = false;

    assertThatThrownBy(journal::turn).isInstanceOf(IOException.class);

    assertThat(journal.isSafe(sequence, Level.FLUSHED)).isFalse();
    disk.losePower(Loss.ALL_UNFLUSHED);
    assertThat(states(open())).isEmpty();
  }

  @Test
  void what_a_failed_flush_in_the_background_dropped_is_never_reported_safe() throws IOException {
    Deque<Runnable> background = new ArrayDeque<>();
    journal = new Journal(new DataDirectory(disk), OPTIONS, new Recorded(), background::add);
    long sequence = put("a", "1".repeat(5000));
    journal.turn();
    disk.advance(1000);
    journal.turn();
    disk.failFlush = true;
    background.remove().run();
    disk.failFlush = false;
    whenFlushed("a", sequence);

    put("b", "starts a segment");
    assertThatThrownBy(journal::turn).hasMessageContaining("Input/output error");

    assertThat(told).isEmpty();
    assertThat(disk.list()).doesNotContain("journal-00000002.log");
  }

  @Test
  void flushes_that_nobody_waits_for_are_as_far_apart_as_configured() throws IOException {
    Deque<Runnable> background = new ArrayDeque<>();
    JournalOptions large = new JournalOptions(1 << 20, 1 << 20, 1000, 20);
    journal = new Journal(new DataDirectory(disk), large, new Recorded(), background::add);
    put("a", "0");
    journal.turn();
    disk.duringFlush = this::writeMore;
    for (int i = 0; i < 500; i++) {
      disk.advance(10);
      writeMore();
      while (!background.isEmpty()) {
        background.remove().run();
      }
    }
    assertThat(journal.figures().flushes()).isBetween(4L, 5L);
  }

  private void writeMore() {
    put("a", "more");
    try {
      journal.turn();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void a_failed_flush_ends_the_thread_and_is_told() throws Exception {
    try (Journal threaded = Journal.open(new DataDirectory(disk), OPTIONS, new Recorded())) {
      threaded.onFailure(failure -> told.add("failed: " + failure.getMessage()));
      journal = threaded;
      long first = put("a", "0");
      await().until(() -> threaded.isSafe(first, Level.WRITTEN));
      disk.failFlush = true;
      whenFlushed("a", put("a", "1"));
      await().until(() -> told.size() == 2);

      assertThat(told).allMatch(text -> text.endsWith("a flush failed: Input/output error"));
      assertThat(threaded.accepts()).isFalse();
      assertThat(threaded.problem()).contains("a flush failed: Input/output error");
      threaded.whenSafe(1, Level.WRITTEN, failure -> told.add("later"));
      assertThat(threaded.isSafe(put("b", "2"), Level.WRITTEN)).isFalse();
    }
  }

  @Test
  void after_a_removal_nothing_is_safe_until_every_key_is_written_again() throws IOException {
    open();
    for (int i = 0; i < 40; i++) {
      put("key " + i, "state " + i);
    }
    journal.turn();
    disk.removeAll();
    long sequence = put("new", "1");
    whenFlushed("new", sequence);
    journal.turn();
    assertThat(journal.accepts()).isFalse();
    assertThat(journal.problem()).contains("was removed");
    assertThat(journal.isSafe(sequence, Level.WRITTEN)).isFalse();

    // Asks for 16 keys at a time.
    for (int turns = 0; turns < 2; turns++) {
      journal.turn();
      assertThat(told).isEmpty();
    }
    for (int turns = 0; turns < 4; turns++) {
      journal.turn();
    }

    assertThat(told).containsExactly("new");
    assertThat(journal.accepts()).isTrue();
    disk.losePower(Loss.ALL_UNFLUSHED);
    Recorded recorded = open();
    assertThat(states(recorded)).isEqualTo(new TreeMap<>(states));
    assertThat(recorded.damage).isEmpty();
  }

  @Test
  void a_crash_while_all_is_written_again_is_neither_continuous_nor_silent() throws IOException {
    open();
    for (int i = 0; i < 40; i++) {
      put("key " + i, "state " + i);
    }
    journal.turn();
    disk.removeAll();
    put("new", "1");
    journal.turn();
    journal.turn();
    disk.kill();

    Recorded recorded = open();

    assertThat(recorded.states.size()).isLessThan(states.size());
    assertThat(recorded.damage).isNotEmpty();
    assertThat(journal.isContinuous()).isFalse();
  }

  @Test
  void an_older_file_that_was_removed_is_noticed_within_the_time_of_a_flush() throws IOException {
    open();
    for (int i = 0; i < 200; i++) {
      put("key " + i, "state " + i);
      journal.turn();
    }
    disk.remove("journal-00000002.log");
    disk.advance(1000);
    journal.turn();
    assertThat(journal.problem()).contains("journal-00000002.log was removed");
    for (int turns = 0; turns < 20; turns++) {
      journal.turn();
    }
    assertThat(journal.problem()).isNull();
    disk.losePower(Loss.ALL_UNFLUSHED);
    assertThat(states(open())).isEqualTo(new TreeMap<>(states));
  }

  @Test
  void a_real_directory_that_was_removed_comes_back_with_its_lock_and_all_states()
      throws Exception {
    Path path = parent.resolve("data");
    try (DataDirectory directory = DataDirectory.open(path);
        Journal threaded = Journal.open(directory, OPTIONS, new Recorded())) {
      journal = threaded;
      threaded.source(this::rewrite);
      directory.replace("members", new byte[] {7});
      for (int i = 0; i < 100; i++) {
        put("key " + i, "state " + i);
      }
      long first = put("a", "1");
      await().until(() -> threaded.isSafe(first, Level.WRITTEN));

      try (Stream<Path> files = Files.walk(path)) {
        for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
          Files.delete(file);
        }
      }
      long second = put("b", "2");
      await().until(() -> threaded.isSafe(second, Level.FLUSHED) || flush(second));

      assertThat(threaded.problem()).isNull();
      assertThatThrownBy(() -> DataDirectory.open(path)).isInstanceOf(DataException.class);
    }
    Recorded recorded = new Recorded();
    try (DataDirectory directory = DataDirectory.open(path);
        Journal threaded = Journal.open(directory, OPTIONS, recorded)) {
      assertThat(directory.read("members")).containsExactly(7);
      assertThat(threaded.isContinuous()).isTrue();
      assertThat(states(recorded)).isEqualTo(new TreeMap<>(states));
      assertThat(recorded.damage).isEmpty();
    }
  }

  private boolean flush(long sequence) {
    journal.whenSafe(sequence, Level.FLUSHED, failure -> {});
    return false;
  }

  @Test
  void a_queue_at_its_limit_accepts_nothing_and_at_twice_the_limit_ends() throws Exception {
    open();
    for (int i = 0; journal.accepts(); i++) {
      put("key", "x".repeat(1000));
      assertThat(i).isLessThan(100);
    }
    assertThat(journal.problem()).contains("too slow");
    journal.turn();
    assertThat(journal.accepts()).isTrue();

    for (int i = 0; i < 200; i++) {
      put("key", "x".repeat(1000));
    }

    await().until(() -> told.size() == 1);
    assertThat(told.get(0)).startsWith("failed: more than 131072 bytes wait");
    assertThat(journal.accepts()).isFalse();
    assertThatThrownBy(journal::turn).isInstanceOf(IOException.class);
  }

  @Test
  void a_record_larger_than_the_queue_is_taken_if_the_queue_is_not_full() throws IOException {
    open();
    put("small", "1");
    long sequence = put("large", "x".repeat(1 << 20));
    assertThat(journal.accepts()).isFalse();
    for (int turns = 0; turns < 3; turns++) {
      journal.turn();
    }
    assertThat(journal.isSafe(sequence, Level.WRITTEN)).isTrue();
    assertThat(journal.accepts()).isTrue();
  }

  @Test
  void a_record_larger_than_a_segment_is_kept() throws IOException {
    open();
    String large = "x".repeat(1 << 20);
    JournalOptions wide = new JournalOptions(8 << 10, 64 << 20, 1000, 20);
    journal = new Journal(new DataDirectory(disk), wide, new Recorded(), Runnable::run);
    put("large", large);
    put("small", "1");
    for (int turns = 0; turns < 3; turns++) {
      journal.turn();
    }
    disk.kill();
    assertThat(states(open())).isEqualTo(states);
  }

  @Test
  void space_stays_within_twice_of_what_is_live_and_a_constant() throws IOException {
    open();
    long most = 0;
    for (int i = 0; i < 5000; i++) {
      put("key " + i % 50, "state " + i);
      if (i % 50 == 20) {
        states.remove("key 3");
        journal.append(Kind.END, "key 3", payload(""));
      }
      disk.advance(100);
      journal.turn();
      most = Math.max(most, journal.figures().bytes());
    }
    long live = 50 * (19 + 6 + 100 + 2 * 10);
    assertThat(most).isLessThan(2 * live + 7 * OPTIONS.segmentBytes());
    disk.kill();
    Recorded recorded = open();
    assertThat(states(recorded)).isEqualTo(new TreeMap<>(states));
    assertThat(recorded.damage).isEmpty();
  }

  @Test
  void a_file_is_deleted_only_when_what_replaces_it_is_flushed() throws IOException {
    Deque<Runnable> background = new ArrayDeque<>();
    journal = new Journal(new DataDirectory(disk), OPTIONS, new Recorded(), background::add);
    String large = "x".repeat(5000);
    put("a", "1" + large);
    journal.turn();
    put("b", "2" + large);
    journal.turn();
    put("a", "3" + large);
    journal.turn();
    disk.advance(1000);
    journal.turn();
    assertThat(disk.list()).contains("journal-00000001.log", "journal-00000002.log");
    background.remove().run();

    put("b", "4" + large);
    journal.turn();

    assertThat(disk.list()).doesNotContain("journal-00000001.log");
    disk.losePower(Loss.ALL_UNFLUSHED);
    states.put("b", "2" + large);
    assertThat(states(open())).isEqualTo(states);
  }

  @Test
  void an_owner_that_forgets_a_key_is_asked_again() throws IOException {
    List<String> asked = new ArrayList<>();
    open();
    put("idle", "1");
    journal.source(asked::add);
    for (int i = 0; i < 1000; i++) {
      put("busy", "state " + i);
      journal.turn();
    }
    assertThat(asked).containsExactly("idle");
    disk.advance(5001);
    put("busy", "2");
    journal.turn();
    assertThat(asked).containsExactly("idle", "idle");
    long bytes = journal.figures().bytes();

    rewrite("idle");
    for (int i = 0; i < 50; i++) {
      disk.advance(1000);
      journal.turn();
    }

    assertThat(journal.figures().bytes()).isLessThan(bytes / 4);
  }

  @Test
  void many_restarts_leave_few_files() throws IOException {
    open();
    for (int i = 0; i < 100; i++) {
      put("key", "state " + i);
      journal.turn();
      journal.turn();
      disk.kill();
      open();
    }
    assertThat(journal.figures().segments()).isLessThan(40);
  }
}
