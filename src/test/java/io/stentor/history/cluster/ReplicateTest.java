package io.stentor.history.cluster;

import static io.stentor.history.RandomLogs.batch;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.map.EntryProcessor;
import io.stentor.config.RoomOptions.History;
import io.stentor.history.Batch;
import io.stentor.history.LastVersion;
import io.stentor.history.LogEntries.Entry;
import io.stentor.history.RoomLog;
import io.stentor.message.Attributes;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import java.util.AbstractMap.SimpleEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The copy of a log on a second node, when steps towards it are lost. */
class ReplicateTest {
  private static final History LIMITS = new History(100, 10_000, 100);
  private static final long NOW = 1_000_000;

  /** Does it where the log lives, and returns the step that its copy has to take. */
  private static LogProcessor.Replicate step(LogProcessor<?> processor, RoomLog log) {
    assertThat(processor.process(new SimpleEntry<>("room", log))).isNotNull();
    return (LogProcessor.Replicate) (EntryProcessor<?, ?, ?>) processor.getBackupProcessor();
  }

  private static LogProcessor.Replicate append(RoomLog log, Batch batch, long now, History limits) {
    return step(new LogOperations.Append(batch, log.epoch(), now, limits), log);
  }

  private static LogProcessor.Replicate read(RoomLog log, long now, History limits) {
    Position end = new Position(log.epoch(), log.top());
    return step(new LogOperations.Read(end, 0, 0, log.epoch(), now, limits), log);
  }

  private static void take(LogProcessor.Replicate step, RoomLog copy) {
    step.process(new SimpleEntry<>("room", copy));
  }

  private static Batch text(long appender, long number, String text) {
    return new Batch(appender, number, List.of(Publication.text(text, NOW)));
  }

  @Test
  void a_copy_knows_the_newest_version() {
    RoomLog log = new RoomLog(7);
    RoomLog copy = new RoomLog(7);
    Publication newest = Publication.text("a", NOW).with(Attributes.NONE.withVersion(5, "e"));
    take(append(log, new Batch(1, 1, List.of(newest)), NOW, LIMITS), copy);
    assertThat(copy.lastVersion()).isEqualTo(new LastVersion(5, "e"));
    assertThat(copy.append(new Batch(2, 1, List.of(newest)), NOW, LIMITS).outdated())
        .containsExactly(0);
  }

  /**
   * A copy that is sent steps of which some are lost, late or repeated. Whatever was acknowledged,
   * by an append or by a read, must be in it.
   */
  @Property(tries = 500)
  void what_is_acknowledged_is_on_the_copy_although_steps_to_it_are_lost(@ForAll long seed) {
    Random random = new Random(seed);
    RoomLog log = new RoomLog(7);
    RoomLog copy = new RoomLog(7);
    History limits = new History(5 + random.nextInt(20), 10_000, 100);
    long now = NOW;
    Map<Long, Batch> pending = new HashMap<>();
    List<LogProcessor.Replicate> late = new ArrayList<>();
    for (int round = 1; round <= 60; round++) {
      now += random.nextInt(30_000);
      long appender = random.nextInt(4);
      Batch batch = pending.get(appender);
      boolean reads = batch == null && random.nextInt(4) == 0;
      if (batch == null) {
        batch = new Batch(appender, 10L * round, batch(random, 1, now).publications());
      }
      LogProcessor.Replicate step =
          reads ? read(log, now, limits) : append(log, batch, now, limits);
      if (random.nextInt(3) == 0) {
        // Lost, or so late that its appender asks again before it appends more.
        late.add(step);
        if (!reads) {
          pending.put(appender, batch);
        }
        continue;
      }
      pending.remove(appender);
      final List<Entry> before = copy.entries();
      for (int times = 1 + random.nextInt(2); times > 0; times--) {
        take(step, copy);
      }
      if (copy.top() < log.top()) {
        // Refused: it lacks what was lost over a minute ago. It asks for that.
        assertThat(copy.entries()).isEqualTo(before);
        take(step(new LogProcessor.Complete(new Position(7, copy.top())), log), copy);
      }
      assertSame(copy, log);
      assertThat(copy.top()).isEqualTo(log.top());
      if (!reads) {
        assertThat(copy.append(batch, now, limits)).isEqualTo(log.append(batch, now, limits));
      }
      if (!late.isEmpty() && random.nextInt(4) == 0) {
        take(late.remove(random.nextInt(late.size())), copy);
        assertSame(copy, log);
      }
    }
  }

  private static void assertSame(RoomLog copy, RoomLog log) {
    assertThat(copy.top()).isEqualTo(log.top());
    assertThat(copy.entries()).isEqualTo(log.entries());
  }

  @Test
  void a_read_behind_a_lost_append_brings_the_copy_what_it_lacks() {
    RoomLog log = new RoomLog(7);
    RoomLog copy = new RoomLog(7);
    take(append(log, text(1, 1, "acknowledged"), NOW, LIMITS), copy);
    append(log, text(2, 1, "lost on the way"), NOW, LIMITS);
    take(read(log, NOW, LIMITS), copy);
    assertSame(copy, log);
  }

  @Test
  void an_append_behind_a_lost_one_brings_the_copy_that_one_and_its_answer() {
    RoomLog log = new RoomLog(7);
    RoomLog copy = new RoomLog(7);
    Batch lost = text(2, 1, "lost on the way");
    take(append(log, text(1, 1, "acknowledged"), NOW, LIMITS), copy);
    append(log, lost, NOW, LIMITS);
    take(append(log, text(3, 1, "another"), NOW, LIMITS), copy);
    assertSame(copy, log);
    // The owner dies now, and the appender of the lost one asks again.
    assertThat(copy.append(lost, NOW, LIMITS).offsets(1)).containsExactly(2L);
    assertSame(copy, log);
  }

  @Test
  void a_copy_that_lacks_something_after_all_keeps_what_it_has_until_it_is_completed() {
    RoomLog log = new RoomLog(7);
    RoomLog copy = new RoomLog(7);
    take(append(log, text(1, 1, "acknowledged"), NOW, LIMITS), copy);
    append(log, text(2, 1, "lost"), NOW, LIMITS);
    log.confirm(new Position(7, 2)); // The copy had it, but lost it again.
    take(append(log, text(2, 2, "next"), NOW, LIMITS), copy);
    assertThat(copy.entries()).hasSize(1);
    assertThat(copy.top()).isEqualTo(1);
    take(step(new LogProcessor.Complete(new Position(7, 1)), log), copy);
    assertSame(copy, log);
  }

  @Test
  void only_what_the_copy_may_lack_travels() {
    RoomLog log = new RoomLog(7);
    RoomLog copy = new RoomLog(7);
    for (int i = 1; i <= 10; i++) {
      log.confirm(new Position(7, log.top()));
      take(append(log, text(1, i, "m" + i), NOW, LIMITS), copy);
    }
    assertThat(log.stepForCopy(null, NOW).first()).isEqualTo(10);
    assertThat(log.stepForCopy(null, NOW + 60_001).first()).isEqualTo(11);
  }

  @Test
  void what_the_log_lets_go_of_the_copy_lets_go_of_too() {
    RoomLog log = new RoomLog(7);
    RoomLog copy = new RoomLog(7);
    take(append(log, text(1, 1, "a"), NOW, LIMITS), copy);
    take(append(log, text(1, 2, "b"), NOW + 60_000, LIMITS), copy);
    take(read(log, NOW + 100_001, LIMITS), copy);
    assertThat(copy.entries()).hasSize(1);
    assertSame(copy, log);
  }

  @Test
  void entries_on_the_copy_have_their_age_by_the_clock_of_its_node() {
    RoomLog copy = new RoomLog(7);
    RoomLog log = new RoomLog(7);
    append(log, text(1, 1, "a"), NOW, LIMITS);
    copy.replicate(log.whole(NOW), NOW - 5_000_000);
    assertThat(copy.entries().get(0).atMillis()).isEqualTo(NOW - 5_000_000);
  }

  @Test
  void a_batch_that_comes_again_brings_the_copy_what_it_missed_before_it_began_anew() {
    RoomLog log = new RoomLog(7);
    RoomLog copy = new RoomLog(7);
    Batch lost = new Batch(1, 1, List.of(Publication.text("lost on the way", NOW)));
    Batch other = new Batch(2, 1, List.of(Publication.text("other", NOW)));
    append(log, lost, NOW, LIMITS);
    take(append(log, other, NOW, LIMITS), copy);
    take(append(log, lost, NOW, LIMITS), copy);
    assertThat(copy.entries()).isEqualTo(log.entries());
  }

  @Test
  void a_copy_of_another_epoch_begins_anew() {
    RoomLog log = new RoomLog(7);
    RoomLog copy = new RoomLog(8);
    copy.append(new Batch(9, 1, List.of(Publication.text("old", NOW))), NOW, LIMITS);
    Batch batch = new Batch(1, 1, List.of(Publication.text("new", NOW)));
    take(append(log, batch, NOW, LIMITS), copy);
    assertThat(copy.epoch()).isEqualTo(7);
    assertThat(copy.entries()).isEqualTo(log.entries());
    assertThat(copy.summary().bytes()).isEqualTo(3);
  }
}
