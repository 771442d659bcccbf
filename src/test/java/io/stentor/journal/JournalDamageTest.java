package io.stentor.journal;

import static io.stentor.journal.Recorded.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.journal.Journal.Level;
import io.stentor.journal.Replay.Kind;
import io.stentor.journal.SimulatedDisk.Loss;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Damages the files of a journal. The system properties {@code stentor.flips} and {@code
 * stentor.seed} set how often, and with which choices.
 */
class JournalDamageTest {
  private static final int FLIPS = Integer.getInteger("stentor.flips", 1000);
  private static final JournalOptions OPTIONS = new JournalOptions(8 << 10, 1 << 20, 1000, 250);

  private final Random random = new Random(Long.getLong("stentor.seed", 1));
  private SimulatedDisk disk = new SimulatedDisk(1);
  private Journal journal;
  private Recorded whole;

  /** Writes some segments, with keys that end, and a last record that is known to be flushed. */
  @BeforeEach
  void write() throws IOException {
    journal = open(disk, new Recorded());
    for (int i = 0; i < 200; i++) {
      String key = "key " + i % 10;
      Kind kind = i < 10 ? Kind.BASE : i % 10 > 7 && i > 190 ? Kind.END : Kind.STEP;
      long last = journal.append(kind, key, payload(String.valueOf(i), random.nextInt(300)));
      if (i % 3 == 0) {
        journal.whenSafe(last, Level.FLUSHED, failure -> {});
        journal.turn();
      }
    }
    for (int i = 0; i < 4; i++) {
      disk.advance(1500);
      journal.turn();
    }
    assertThat(journal.figures().segments()).isGreaterThan(4);
    whole = replay(disk.snapshot());
    assertThat(whole.records).hasSize(200);
    assertThat(whole.states).doesNotContainKeys("key 8", "key 9").hasSize(8);
  }

  private static Journal open(SimulatedDisk disk, Recorded recorded) throws IOException {
    return new Journal(new DataDirectory(disk), OPTIONS, recorded, Runnable::run);
  }

  private Recorded replay(SimulatedDisk damaged) throws IOException {
    Recorded recorded = new Recorded();
    journal = open(damaged, recorded);
    assertThat(journal.report().damaged()).isEqualTo(recorded.damage.size());
    return recorded;
  }

  /** Returns how many records are missing. The others must be there, in their order. */
  private int missing(Recorded recorded) {
    List<String> expected = new ArrayList<>(whole.records);
    expected.retainAll(new HashSet<>(recorded.records));
    assertThat(recorded.records).isEqualTo(expected);
    return whole.records.size() - recorded.records.size();
  }

  private void flips(SimulatedDisk before) throws IOException {
    List<String> files = before.list().stream().filter(name -> before.size(name) > 0).toList();
    int found = 0;
    for (int i = 0; i < FLIPS; i++) {
      SimulatedDisk damaged = before.snapshot();
      String file = files.get(random.nextInt(files.size()));
      int bit = random.nextInt(8 * damaged.size(file));
      damaged.flip(file, bit);
      Recorded recorded = replay(damaged);
      int missing = missing(recorded);
      String where = file + " bit " + bit;
      assertThat(missing).as(where).isLessThanOrEqualTo(1);
      assertThat(recorded.states.keySet()).as(where).isEqualTo(whole.states.keySet());
      if (missing > 0) {
        assertThat(recorded.damage).as(where).isNotEmpty();
      }
      if (!file.equals("identity")) {
        assertThat(recorded.damage.isEmpty()).as(where).isEqualTo(journal.report().damaged() == 0);
        found += journal.report().damaged() > 0 || journal.report().cutBytes() > 0 ? 1 : 0;
      } else {
        assertThat(journal.isCopy()).as(where).isTrue();
      }
      assertThat(recorded.damage.size()).as(where).isLessThanOrEqualTo(2);
    }
    assertThat(found).isGreaterThan(FLIPS / 2);
  }

  @Test
  void one_flipped_bit_costs_one_record_at_most_and_is_told_after_a_kill() throws IOException {
    disk.kill();
    flips(disk.snapshot());
  }

  @Test
  void a_flipped_bit_in_the_very_last_record_is_told_after_a_kill() throws IOException {
    String newest =
        disk.list().stream()
            .filter(name -> name.endsWith(".log"))
            .max(String::compareTo)
            .orElseThrow();
    disk.advance(1);
    journal.append(Kind.STEP, "key 1", payload("the very last"));
    journal.turn();
    disk.kill();
    int size = disk.used(newest);
    int bytes = payload("the very last").length;
    for (int bit = 8 * (size - bytes); bit < 8 * size; bit++) {
      SimulatedDisk damaged = disk.snapshot();
      damaged.flip(newest, bit);
      Recorded recorded = replay(damaged);
      assertThat(recorded.records).as("bit %d", bit).hasSize(200);
      assertThat(recorded.damage).as("bit %d", bit).hasSize(1);
    }
  }

  @Test
  void one_flipped_bit_costs_one_record_at_most_and_is_told_after_a_power_loss()
      throws IOException {

    disk.losePower(Loss.ANY_UNFLUSHED);
    flips(disk.snapshot());
  }

  @Test
  void one_flipped_bit_costs_one_record_at_most_and_is_told_after_a_stop() throws IOException {
    journal = open(disk, new Recorded());
    journal.close();
    assertThat(journal.turn()).isFalse();
    disk.losePower(Loss.ALL_UNFLUSHED);
    flips(disk.snapshot());
  }

  @Test
  void a_missing_file_is_told_wherever_it_is() throws IOException {
    disk.kill();
    List<String> files = disk.list().stream().filter(name -> name.endsWith(".log")).toList();
    for (String file : files) {
      SimulatedDisk damaged = disk.snapshot();
      damaged.remove(file);
      Recorded recorded = replay(damaged);
      assertThat(missing(recorded)).as(file).isPositive();
      assertThat(recorded.damage).as(file).isNotEmpty().allMatch(told -> told.contains("damaged"));
    }
    SimulatedDisk damaged = disk.snapshot();
    files.forEach(damaged::remove);
    assertThat(replay(damaged).damage).isNotEmpty();
  }

  @Test
  void a_file_that_is_too_short_is_told_unless_only_the_newest_lacks_its_end() throws IOException {
    disk.kill();
    List<String> files = disk.list().stream().filter(name -> name.endsWith(".log")).toList();
    String newest = files.get(files.size() - 1);
    for (String file : files) {
      for (int size : new int[] {0, 10, RecordFormat.HEADER_BYTES, disk.size(file) - 1}) {
        SimulatedDisk damaged = disk.snapshot();
        damaged.cutFile(file, size);
        Recorded recorded = replay(damaged);
        boolean told = !recorded.damage.isEmpty();
        String where = file + " of " + size + " bytes";
        if (missing(recorded) > 0 && !file.equals(newest)) {
          assertThat(told).as(where).isTrue();
        }
        if (file.equals(newest) && size < RecordFormat.HEADER_BYTES) {
          assertThat(told).as(where).isTrue();
        }
      }
    }
  }

  @Test
  void an_end_of_zeros_is_cut_off() throws IOException {
    disk.kill();
    List<String> files = disk.list().stream().filter(name -> name.endsWith(".log")).toList();
    String newest = files.get(files.size() - 1);
    disk.lengthen(newest, 10_000);
    Recorded recorded = replay(disk);
    assertThat(missing(recorded)).isZero();
    assertThat(recorded.damage).isEmpty();
    assertThat(journal.report().cutBytes()).isZero();
    assertThat(disk.size(newest)).isEqualTo(disk.used(newest));
  }

  @Test
  void what_was_cut_off_does_not_return_when_the_next_file_loses_its_header() throws IOException {
    SimulatedDisk torn = new SimulatedDisk(4);
    journal = open(torn, new Recorded());
    long first = journal.append(Kind.BASE, "a", payload("1"));
    journal.whenSafe(first, Level.FLUSHED, failure -> {});
    journal.turn();
    int end = torn.used("journal-00000001.log");
    journal.append(Kind.STEP, "a", payload("2"));
    journal.append(Kind.STEP, "a", payload("3"));
    journal.turn();
    torn.flip("journal-00000001.log", 8 * (end + 43 + 20));
    torn.restart();
    assertThat(replay(torn).records).containsExactly("BASE a 1");
    assertThat(journal.report().damaged()).isZero();
    journal.append(Kind.STEP, "a", payload("4"));
    journal.turn();
    torn.kill();
    torn.flip("journal-00000002.log", 8 * 20);

    Recorded recorded = replay(torn);

    assertThat(recorded.records).containsExactly("BASE a 1", "STEP a 4");
    assertThat(recorded.damage).isNotEmpty();
  }

  @Test
  void a_file_of_another_journal_is_not_read() throws IOException {
    disk.kill();
    SimulatedDisk other = new SimulatedDisk(2);
    Journal foreign = open(other, new Recorded());
    foreign.append(Kind.BASE, "foreign", payload("x"));
    foreign.turn();
    String first = disk.list().stream().filter(name -> name.endsWith("1.log")).findFirst().get();
    disk.putFile(first, other, "journal-00000001.log");
    Recorded recorded = replay(disk);
    assertThat(recorded.states).doesNotContainKey("foreign");
    assertThat(recorded.damage).isNotEmpty();
  }

  @Test
  void a_payload_that_looks_like_records_is_not_taken_for_them() throws IOException {
    disk.kill();
    String first = disk.list().stream().filter(name -> name.endsWith("1.log")).findFirst().get();
    byte[] file = disk.read(first, Integer.MAX_VALUE);
    SimulatedDisk victim = new SimulatedDisk(3);
    journal = open(victim, new Recorded());
    journal.append(Kind.BASE, "a", file);
    journal.append(Kind.BASE, "b", payload("after"));
    journal.turn();
    victim.kill();
    victim.flip("journal-00000001.log", 8 * (RecordFormat.HEADER_BYTES + 60));

    Recorded recorded = replay(victim);

    assertThat(recorded.records).containsExactly("BASE b after");
    assertThat(recorded.damage).hasSize(1);
  }

  @Test
  void damage_is_told_again_until_what_follows_from_it_is_settled() throws IOException {
    disk.kill();
    List<String> files = disk.list().stream().filter(name -> name.endsWith(".log")).toList();
    String newest = files.get(files.size() - 1);
    disk.remove(newest);
    assertThat(replay(disk).damage).hasSize(1);
    journal.append(Kind.BASE, "key 1", payload("anew"));
    journal.turn();
    disk.kill();

    assertThat(replay(disk).damage).hasSize(1);
    assertThat(journal.isContinuous()).isFalse();
    journal.settle();
    journal.turn();
    disk.kill();

    assertThat(replay(disk).damage).isEmpty();
    assertThat(journal.isContinuous()).isTrue();
  }

  @Test
  void a_damaged_file_is_deleted_when_all_keys_are_written_anew() throws IOException {
    disk.kill();
    String second = disk.list().stream().filter(name -> name.endsWith("2.log")).findFirst().get();
    disk.flip(second, 8 * 1000);
    assertThat(replay(disk).damage).hasSize(1);
    for (String key : whole.states.keySet()) {
      journal.append(Kind.BASE, key, payload("anew"));
    }
    journal.settle();
    journal.turn();
    disk.kill();

    Recorded recorded = replay(disk);

    assertThat(recorded.states.values()).allMatch(state -> state.equals(List.of("anew")));
    assertThat(recorded.damage).isEmpty();
    assertThat(disk.list()).doesNotContain(second);
  }
}
