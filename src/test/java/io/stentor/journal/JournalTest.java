package io.stentor.journal;

import static io.stentor.journal.Recorded.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.journal.Journal.Level;
import io.stentor.journal.Replay.Kind;
import io.stentor.journal.SimulatedDisk.Loss;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JournalTest {
  private static final JournalOptions OPTIONS = new JournalOptions(16 << 10, 1 << 20, 1000, 250);

  private final SimulatedDisk disk = new SimulatedDisk(1);
  private Recorded recorded = new Recorded();
  private Journal journal;

  private void open() throws IOException {
    recorded = new Recorded();
    journal = new Journal(new DataDirectory(disk), OPTIONS, recorded, Runnable::run);
  }

  private long append(Kind kind, String key, String text) {
    return journal.append(kind, key, payload(text));
  }

  @Test
  void what_was_written_is_replayed_in_order_after_a_kill() throws IOException {
    open();
    assertThat(append(Kind.BASE, "a", "1")).isEqualTo(1);
    append(Kind.STEP, "a", "2");
    append(Kind.BASE, "é", "3");
    assertThat(append(Kind.END, "a", "")).isEqualTo(4);
    journal.turn();
    assertThat(journal.isSafe(4, Level.WRITTEN)).isTrue();
    assertThat(journal.isSafe(1, Level.FLUSHED)).isFalse();

    disk.kill();
    open();

    assertThat(recorded.records).containsExactly("BASE a 1", "STEP a 2", "BASE é 3", "END a ");
    assertThat(recorded.damage).isEmpty();
    assertThat(journal.isContinuous()).isTrue();
    assertThat(journal.report().records()).isEqualTo(4);
    assertThat(journal.report().keys()).isEqualTo(1);
    assertThat(append(Kind.BASE, "a", "5")).isEqualTo(5);
  }

  @Test
  void a_power_loss_takes_what_was_not_flushed_and_ends_continuity() throws IOException {
    open();
    long first = append(Kind.BASE, "a", "1");
    List<String> safe = new ArrayList<>();
    journal.whenSafe(first, Level.FLUSHED, failure -> safe.add("flushed " + failure));
    journal.turn();
    append(Kind.STEP, "a", "2");
    journal.turn();
    assertThat(safe).containsExactly("flushed null");

    disk.losePower(Loss.ALL_UNFLUSHED);
    open();

    assertThat(recorded.records).containsExactly("BASE a 1");
    assertThat(recorded.damage).isEmpty();
    assertThat(journal.isContinuous()).isFalse();
  }

  @Test
  void what_was_found_is_found_again_until_it_is_settled() throws IOException {
    open();
    append(Kind.BASE, "a", "1");
    journal.turn();
    disk.losePower(Loss.ALL_UNFLUSHED);
    open();
    append(Kind.BASE, "a", "fork");
    journal.turn();
    disk.kill();
    open();
    assertThat(journal.isContinuous()).isFalse();
    append(Kind.BASE, "a", "fork");
    journal.settle();
    journal.turn();

    disk.kill();
    open();

    assertThat(journal.isContinuous()).isTrue();
  }

  @Test
  void time_goes_on_and_never_back() throws IOException {
    open();
    disk.advance(5_000);
    append(Kind.BASE, "a", "1");
    journal.turn();
    assertThat(journal.millis()).isEqualTo(5_000);

    disk.kill();
    disk.setWall(disk.wallMillis() + 60_000);
    open();
    assertThat(journal.millis()).isEqualTo(65_000);
    append(Kind.BASE, "a", "2");
    journal.turn();

    disk.kill();
    disk.setWall(1);
    open();
    assertThat(journal.millis()).isEqualTo(65_000);
  }

  @Test
  void a_thread_writes_and_a_close_is_a_clean_stop() throws Exception {
    DataDirectory directory = new DataDirectory(disk);
    Journal threaded = Journal.open(directory, OPTIONS, recorded);
    long last = 0;
    for (int i = 0; i < 1000; i++) {
      last = threaded.append(Kind.STEP, "key " + i % 7, payload("text " + i));
    }
    threaded.close();
    assertThat(threaded.isSafe(last, Level.FLUSHED)).isTrue();

    disk.losePower(Loss.ALL_UNFLUSHED);
    open();

    assertThat(recorded.records).hasSize(1000);
    assertThat(recorded.damage).isEmpty();
    assertThat(journal.isContinuous()).isTrue();
    assertThat(journal.report().keys()).isEqualTo(7);
  }

  @Test
  void a_copy_is_not_continuous() throws IOException {
    open();
    append(Kind.BASE, "a", "1");
    journal.turn();

    disk.copy();
    open();

    assertThat(recorded.records).hasSize(1);
    assertThat(journal.isCopy()).isTrue();
    assertThat(journal.isContinuous()).isFalse();

    journal.settle();
    journal.turn();
    disk.kill();
    open();

    assertThat(journal.isCopy()).isFalse();
    assertThat(journal.isContinuous()).isTrue();
  }

  private void appendFlushed(Kind kind, String text) throws IOException {
    journal.whenSafe(append(kind, "a", text), Level.FLUSHED, failure -> {});
    journal.turn();
  }

  @Test
  void a_file_whose_flushes_are_awaited_is_filled_ahead() throws IOException {
    open();
    String file = "journal-00000001.log";
    appendFlushed(Kind.BASE, "1");
    int filled = disk.size(file);
    assertThat(filled).isGreaterThan(disk.used(file));
    appendFlushed(Kind.STEP, "2");
    assertThat(disk.size(file)).isEqualTo(filled);

    disk.kill();
    open();

    assertThat(recorded.records).containsExactly("BASE a 1", "STEP a 2");
    assertThat(recorded.damage).isEmpty();
    assertThat(journal.report().cutBytes()).isZero();
    assertThat(disk.size(file)).isEqualTo(disk.used(file));
  }

  @Test
  void nothing_is_left_of_what_was_filled_ahead_when_a_journal_is_closed() throws IOException {
    open();
    appendFlushed(Kind.BASE, "1");
    journal.close();
    assertThat(journal.turn()).isFalse();
    String file = "journal-00000001.log";
    assertThat(disk.size(file)).isEqualTo(disk.used(file));
  }

  @Test
  void a_file_whose_flushes_nobody_awaits_is_not_filled_ahead() throws IOException {
    open();
    for (int i = 0; i < 10; i++) {
      append(Kind.BASE, "a", "1");
      disk.advance(2000);
      journal.turn();
    }
    String file = "journal-00000001.log";
    assertThat(disk.size(file)).isEqualTo(disk.used(file));
  }

  @Test
  void a_group_is_written_although_there_is_no_space_to_fill_ahead() throws IOException {
    open();
    append(Kind.BASE, "a", "0");
    journal.turn();
    disk.freeBytes = 500;
    appendFlushed(Kind.STEP, "1");
    appendFlushed(Kind.STEP, "2");
    assertThat(journal.isSafe(3, Level.FLUSHED)).isTrue();
    assertThat(journal.figures().problems()).isZero();

    disk.losePower(Loss.ALL_UNFLUSHED);
    open();

    assertThat(recorded.records).containsExactly("BASE a 0", "STEP a 1", "STEP a 2");
  }
}
