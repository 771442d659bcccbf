package io.stentor.history;

import static io.stentor.history.RandomLogs.batch;
import static io.stentor.history.RandomLogs.limits;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.map.EntryProcessor;
import io.stentor.config.RoomOptions.History;
import io.stentor.message.Publication;
import java.util.AbstractMap.SimpleEntry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The copy of a log on a second node, when steps towards it are lost. */
class ReplicateTest {
  /** Appends where the log lives, and returns the step that its copy has to take. */
  private static ReplicateProcessor append(RoomLog log, Batch batch, long now, History limits) {
    AppendProcessor processor = new AppendProcessor(batch, log.epoch(), now, limits);
    assertThat(processor.process(new SimpleEntry<>("room", log))).isNotNull();
    return (ReplicateProcessor) (EntryProcessor<?, ?, ?>) processor.getBackupProcessor();
  }

  private static void take(ReplicateProcessor step, RoomLog copy) {
    step.process(new SimpleEntry<>("room", copy));
  }

  @Property(tries = 500)
  void what_is_acknowledged_is_on_the_copy_although_steps_to_it_are_lost(@ForAll long seed) {
    Random random = new Random(seed);
    RoomLog log = new RoomLog(7);
    RoomLog copy = new RoomLog(7);
    History limits = new History(5 + random.nextInt(20), 10_000, 100);
    long now = 1_000_000;
    Map<Long, Batch> pending = new HashMap<>();
    for (int round = 1; round <= 40; round++) {
      long appender = random.nextInt(4);
      Batch batch = pending.get(appender);
      if (batch == null) {
        batch = new Batch(appender, 10L * round, batch(random, 1, now).publications());
      }
      ReplicateProcessor step = append(log, batch, now, limits);
      if (random.nextInt(3) == 0) {
        // The step towards the copy is lost, so this appender asks again before it appends more.
        pending.put(appender, batch);
        continue;
      }
      pending.remove(appender);
      take(step, copy);
      Appended appended = log.append(batch, now, limits);
      assertThat(copy.top()).isEqualTo(log.top());
      assertIsEndOf(copy, log);
      for (long offset : appended.offsets(batch.publications().size())) {
        assertThat(offset < log.oldest() || offset >= copy.oldest())
            .as("acknowledged offset %s is on the copy, which begins at %s", offset, copy.oldest())
            .isTrue();
      }
      assertThat(copy.append(batch, now, limits)).isEqualTo(appended);
    }
  }

  private static void assertIsEndOf(RoomLog copy, RoomLog log) {
    assertThat(copy.oldest()).isGreaterThanOrEqualTo(log.oldest());
    for (long offset = copy.oldest(); offset <= copy.top(); offset++) {
      assertThat(copy.entry(offset).isSame(log.entry(offset))).isTrue();
    }
  }

  @Test
  void a_batch_that_comes_again_brings_the_copy_what_it_missed_before_it_began_anew() {
    History limits = new History(100, 10_000, 100);
    RoomLog log = new RoomLog(7);
    RoomLog copy = new RoomLog(7);
    Batch lost = new Batch(1, 1, List.of(Publication.text("lost on the way", 1_000_000)));
    Batch other = new Batch(2, 1, List.of(Publication.text("other", 1_000_000)));
    append(log, lost, 1_000_000, limits);
    take(append(log, other, 1_000_000, limits), copy);
    take(append(log, lost, 1_000_000, limits), copy);
    assertThat(copy.entries()).isEqualTo(log.entries());
  }

  @Test
  void a_copy_of_another_epoch_begins_anew() {
    History limits = new History(100, 10_000, 100);
    RoomLog log = new RoomLog(7);
    RoomLog copy = new RoomLog(8);
    copy.append(new Batch(9, 1, List.of(Publication.text("old", 1_000_000))), 1_000_000, limits);
    Batch batch = new Batch(1, 1, List.of(Publication.text("new", 1_000_000)));
    take(append(log, batch, 1_000_000, limits), copy);
    assertThat(copy.epoch()).isEqualTo(7);
    assertThat(copy.entries()).isEqualTo(log.entries());
    assertThat(copy.bytes()).isEqualTo(3);
  }
}
