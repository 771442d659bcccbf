package io.stentor.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.RoomOptions.History;
import io.stentor.history.Appended.Answer;
import io.stentor.history.LogEntries.Entry;
import io.stentor.message.Attributes;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class MergedLogsTest {
  private static final History LIMITS = new History(1000, 1_000_000, 300);
  private static final long NOW = 1_000_000;
  private static final long MERGED = 99;

  private static Batch batch(long appender, long number, long time, String... texts) {
    return new Batch(
        appender,
        number,
        List.of(texts).stream().map(text -> Publication.text(text, time)).toList());
  }

  /** Appends at the time of the batch's publications. */
  private static Appended append(RoomLog log, Batch batch) {
    return log.append(batch, batch.publications().get(0).timeMillis(), LIMITS);
  }

  /** A log with "a" and "b" in it, appended by 1. */
  private static RoomLog common() {
    RoomLog log = new RoomLog(7);
    append(log, batch(1, 1, NOW, "a", "b"));
    log.confirm(new Position(7, 2));
    return log;
  }

  private static List<String> texts(RoomLog log) {
    return log.entries().stream().map(entry -> entry.publication().text()).toList();
  }

  @Test
  void a_log_that_only_continues_the_other_stays_as_it_is() {
    RoomLog longer = common();
    append(longer, batch(2, 1, NOW, "c"));
    assertThat(MergedLogs.of(longer, common(), MERGED)).isSameAs(longer);
    assertThat(MergedLogs.of(common(), longer, MERGED)).isSameAs(longer);
  }

  @Test
  void equal_logs_keep_their_epoch() {
    assertThat(MergedLogs.of(common(), common(), MERGED).epoch()).isEqualTo(7);
  }

  @Test
  void a_log_in_which_nothing_ever_was_gives_way() {
    for (RoomLog merged :
        List.of(
            MergedLogs.of(new RoomLog(8), common(), MERGED),
            MergedLogs.of(common(), new RoomLog(8), MERGED))) {
      assertThat(merged.epoch()).isEqualTo(7);
      assertThat(texts(merged)).containsExactly("a", "b");
      assertThat(merged.branch().includes(new Position(8, 0))).isTrue();
    }
  }

  /** A node that is cut off from a quiet room again and again. */
  @Test
  void the_latest_of_many_short_splits_is_remembered() {
    RoomLog log = common();
    for (int epoch = 100; epoch < 140; epoch++) {
      log = MergedLogs.of(log, side(common(), epoch), MERGED);
      assertThat(log.epoch()).isEqualTo(7);
      assertThat(log.branch().includes(new Position(epoch, 2))).as("%s", epoch).isTrue();
    }
  }

  @Test
  void both_epochs_of_a_merge_are_remembered_whatever_preceded_them() {
    RoomLog log = common();
    for (int epoch = 100; epoch < 140; epoch++) {
      log = MergedLogs.of(log, side(common(), epoch), MERGED);
    }
    RoomLog other = side(common(), 140);
    append(log, batch(2, 1, NOW + 10, "c1"));
    append(other, batch(3, 1, NOW + 20, "c2"));
    for (RoomLog merged :
        List.of(MergedLogs.of(log, other, MERGED), MergedLogs.of(other, log, MERGED))) {
      assertThat(merged.branch().includes(new Position(7, 2))).isTrue();
      assertThat(merged.branch().includes(new Position(140, 2))).isTrue();
      assertThat(merged.branch().includes(new Position(139, 2))).isTrue();
    }
  }

  /** Returns a log as another side of a split cluster continues it. */
  private static RoomLog side(RoomLog log, long epoch) {
    log.enter(1, 0, 0, true);
    log.enter(2, 0, epoch, true);
    return log;
  }

  @Test
  void logs_that_grew_apart_are_both_kept_under_a_new_epoch() {
    RoomLog one = common();
    append(one, batch(1, 3, NOW + 10, "c1"));
    append(one, batch(1, 4, NOW + 30, "d1"));
    RoomLog other = common();
    append(other, batch(2, 1, NOW + 20, "c2"));
    RoomLog merged = MergedLogs.of(one, other, MERGED);
    assertThat(merged.epoch()).isEqualTo(MERGED);
    assertThat(texts(merged)).containsExactly("a", "b", "c1", "c2", "d1");
    assertThat(merged.top()).isEqualTo(5);
    assertThat(merged.oldest()).isEqualTo(1);
    assertThat(one.epoch()).isEqualTo(7);
    assertThat(texts(one)).containsExactly("a", "b", "c1", "d1");
  }

  @Test
  void the_same_offset_with_different_publications_is_no_continuation() {
    RoomLog one = common();
    append(one, batch(1, 3, NOW, "x"));
    RoomLog other = common();
    append(other, batch(2, 1, NOW, "x"));
    append(other, batch(2, 2, NOW, "y"));
    RoomLog merged = MergedLogs.of(one, other, MERGED);
    assertThat(merged.epoch()).isEqualTo(MERGED);
    assertThat(texts(merged)).containsExactlyInAnyOrder("a", "b", "x", "x", "y");
  }

  @Test
  void a_batch_that_comes_again_after_the_merge_is_still_not_appended_twice() {
    RoomLog one = common();
    Batch ones = batch(1, 3, NOW, "c1", "d1");
    append(one, ones);
    RoomLog other = common();
    Batch others = batch(2, 1, NOW - 1, "c2");
    append(other, others);
    RoomLog merged = MergedLogs.of(one, other, MERGED);
    for (Batch again : List.of(ones, others)) {
      Appended appended = append(merged, again);
      assertThat(appended.epoch()).isEqualTo(MERGED);
      List<Long> offsets = appended.offsets(again.publications().size());
      for (int i = 0; i < offsets.size(); i++) {
        assertThat(merged.entry(offsets.get(i)).publication())
            .isSameAs(again.publications().get(i));
        assertThat(appended.isNew(i)).isFalse();
      }
    }
    assertThat(merged.top()).isEqualTo(5);
  }

  @Test
  void a_batch_with_a_publication_that_was_too_large_is_answered_after_the_merge() {
    History small = new History(1000, 50, 300);
    Batch batch = batch(2, 1, NOW, "c", "x".repeat(100));
    RoomLog one = common();
    append(one, batch(1, 3, NOW, "d"));
    RoomLog other = common();
    assertThat(other.append(batch, NOW, small).tooLarge()).containsExactly(1);
    RoomLog merged = MergedLogs.of(one, other, MERGED);

    Appended again = merged.append(batch, NOW, small);

    assertThat(again.tooLarge()).containsExactly(1);
    assertThat(again.last(2)).isZero();
    assertThat(again.offsets(2).get(0)).isEqualTo(1L + texts(merged).indexOf("c"));
    assertThat(texts(merged)).containsOnlyOnce("c");
  }

  private static Batch keyed(long appender, long number, long time, String... textsAndKeys) {
    List<Publication> publications = new ArrayList<>();
    for (String one : textsAndKeys) {
      String[] parts = one.split("/");
      byte[] data = parts[0].getBytes(StandardCharsets.UTF_8);
      publications.add(
          Publication.stored(
              Publication.Kind.TEXT,
              data,
              time,
              parts.length == 1 ? null : parts[1],
              null,
              Attributes.NONE));
    }
    return new Batch(appender, number, publications);
  }

  @Test
  void a_key_that_was_published_on_both_sides_appears_once_at_its_first_place() {
    RoomLog one = common();
    Batch ones = keyed(1, 3, NOW + 20, "once/k", "plain");
    append(one, ones);
    RoomLog other = common();
    Batch others = keyed(2, 1, NOW + 10, "once/k");
    append(other, others);
    for (RoomLog merged :
        List.of(MergedLogs.of(one, other, MERGED), MergedLogs.of(other, one, MERGED))) {
      assertThat(texts(merged)).containsExactly("a", "b", "once", "plain");
      assertThat(append(merged, ones).offsets(2)).containsExactly(3L, 4L);
      assertThat(append(merged, others).offsets(1)).containsExactly(3L);
      Batch again = keyed(3, 1, NOW + 30, "once/k");
      assertThat(append(merged, again).offsets(1)).containsExactly(3L);
      assertThat(merged.top()).isEqualTo(4);
    }
  }

  @Test
  void a_key_appears_once_in_a_room_that_was_begun_on_both_sides_too() {
    RoomLog one = new RoomLog(7);
    append(one, batch(1, 1, NOW, "a", "b", "c"));
    one.append(keyed(1, 4, NOW, "once/k"), NOW, new History(2, 1000, 300));
    RoomLog other = new RoomLog(8);
    append(other, keyed(2, 1, NOW - 10, "once/k"));
    assertThat(texts(MergedLogs.of(one, other, MERGED))).containsExactly("c", "once");
  }

  @Test
  void other_messages_under_one_key_were_acknowledged_and_stay() {
    RoomLog one = common();
    append(one, keyed(1, 3, NOW + 20, "second/k"));
    RoomLog other = common();
    append(other, keyed(2, 1, NOW + 10, "first/k"));
    assertThat(texts(MergedLogs.of(one, other, MERGED)))
        .containsExactly("a", "b", "first", "second");
  }

  /** One side's window had moved on, so the key was free again there and its use acknowledged. */
  @Test
  void a_key_from_before_the_parting_takes_nothing_away_from_either_side() {
    RoomLog one = new RoomLog(7);
    append(one, keyed(1, 1, NOW, "old/k", "b"));
    RoomLog other = new RoomLog(7);
    append(other, keyed(1, 1, NOW, "old/k", "b"));
    one.confirm(new Position(7, 2));
    other.confirm(new Position(7, 2));
    History two = new History(2, 1000, 300);
    one.append(batch(1, 3, NOW + 10, "c"), NOW + 10, two);
    one.append(keyed(1, 4, NOW + 10, "old/k"), NOW + 10, two);
    append(other, batch(2, 1, NOW + 5, "d"));
    RoomLog merged = MergedLogs.of(one, other, MERGED);
    assertThat(texts(merged)).containsExactly("old", "b", "d", "c", "old");
  }

  @Test
  void a_batch_whose_key_was_known_is_answered_with_its_place_after_the_merge_too() {
    RoomLog one = common();
    append(one, keyed(2, 1, NOW, "first/k"));
    Batch known = keyed(1, 3, NOW, "again/k", "more");
    append(one, known);
    RoomLog other = common();
    append(other, batch(4, 1, NOW - 10, "elsewhere"));
    RoomLog merged = MergedLogs.of(one, other, MERGED);
    assertThat(texts(merged)).containsExactly("a", "b", "elsewhere", "first", "more");
    assertThat(append(merged, known).offsets(2)).containsExactly(4L, 5L);
  }

  @Test
  void the_newer_answer_of_an_appender_that_was_on_both_sides_counts() {
    RoomLog one = common();
    RoomLog other = common();
    append(other, batch(2, 1, NOW, "x"));
    append(one, batch(1, 3, NOW, "c"));
    RoomLog merged = MergedLogs.of(other, one, MERGED);
    Answer answer = merged.answers().get(1L);
    assertThat(answer).isNotNull();
    assertThat(answer.number()).isEqualTo(3);
  }

  @Test
  void the_common_past_keeps_its_positions_and_tails_are_in_the_past_of_nothing() {
    RoomLog one = common();
    RoomLog other = common();
    one.enter(1, 0, 70, true);
    one.enter(2, 0, 8, true);
    append(one, batch(1, 3, NOW, "c"));
    append(other, batch(2, 1, NOW + 1, "d"));
    RoomLog merged = MergedLogs.of(other, one, MERGED);
    assertThat(texts(merged)).containsExactly("a", "b", "c", "d");
    for (long epoch : new long[] {7, 8}) {
      assertThat(merged.branch().includes(new Position(epoch, 2))).isTrue();
      assertThat(merged.branch().includes(new Position(epoch, 3))).isFalse();
    }
  }

  @Test
  void a_log_stays_as_it_is_if_the_other_side_only_repeated_a_part_of_it() {
    RoomLog one = common();
    RoomLog other = common();
    other.enter(1, 0, 70, true);
    other.enter(2, 0, 8, true);
    append(one, batch(3, 1, NOW, "c"));
    append(one, keyed(1, 3, NOW + 20, "once/k"));
    append(other, keyed(2, 1, NOW + 10, "once/k"));
    RoomLog merged = MergedLogs.of(one, other, MERGED);
    assertThat(merged.epoch()).isEqualTo(7);
    assertThat(texts(merged)).containsExactly("a", "b", "c", "once");
    assertThat(merged.branch().includes(new Position(8, 2))).isTrue();
    assertThat(merged.branch().includes(new Position(8, 3))).isFalse();
  }

  /** A frozen node still had a batch in its socket that the other side had repeated by then. */
  @Test
  void publications_that_both_sides_have_in_opposite_orders_appear_once() {
    RoomLog one = common();
    append(one, keyed(11, 1, NOW + 10, "x/k1"));
    append(one, keyed(11, 2, NOW + 11, "y/k2"));
    append(one, keyed(13, 1, NOW + 12, "both/k3"));
    RoomLog other = common();
    append(other, keyed(13, 1, NOW + 12, "both/k3"));
    append(other, keyed(12, 1, NOW + 20, "x/k1"));
    append(other, keyed(12, 2, NOW + 21, "z/k4"));
    assertThat(texts(MergedLogs.of(one, other, MERGED)))
        .containsExactly("a", "b", "x", "y", "both", "z");
  }

  @Property(tries = 2000)
  void every_publication_is_there_once_and_each_side_keeps_its_order(@ForAll long seed) {
    Random random = new Random(seed);
    RoomLog one = new RoomLog(7);
    RoomLog other = new RoomLog(7);
    long number = 1;
    for (int i = random.nextInt(6); i > 0; i--) {
      Batch both = batch(1, number++, NOW + random.nextInt(20), "common");
      append(one, both);
      append(other, both);
    }
    one.confirm(new Position(7, one.top()));
    other.confirm(new Position(7, other.top()));
    grow(one, 2, random);
    grow(other, 3, random);
    one.trim(NOW, new History(1 + random.nextInt(8), 1000, 300));
    other.trim(NOW, new History(1 + random.nextInt(8), 1000, 300));
    RoomLog merged = MergedLogs.of(one, other, MERGED);
    List<Entry> all = merged.entries();
    Set<List<Long>> names = new HashSet<>();
    all.forEach(entry -> names.add(name(entry)));
    assertThat(names).as("names of %s", all).hasSameSizeAs(all);
    List<List<Long>> order = all.stream().map(MergedLogsTest::name).toList();
    for (RoomLog side : List.of(one, other)) {
      List<List<Long>> own = side.entries().stream().map(MergedLogsTest::name).toList();
      assertThat(order).containsSubsequence(own);
    }
    assertThat(merged.top()).isGreaterThanOrEqualTo(all.size());
    assertThat(merged.epoch()).isEqualTo(MERGED);
  }

  /** A node that changes sides while it serves a connection: ages of what it sends are too low. */
  @Test
  void an_appender_that_was_on_both_sides_keeps_its_order_whatever_the_times_are() {
    RoomLog one = common();
    append(one, batch(2, 1, NOW + 30, "x"));
    append(one, batch(1, 5, NOW + 40, "e"));
    append(one, batch(2, 2, NOW + 45, "y"));
    RoomLog other = common();
    append(other, batch(1, 3, NOW + 50, "c"));
    append(other, batch(1, 4, NOW + 60, "d"));
    append(other, batch(3, 1, NOW + 70, "z"));
    for (RoomLog merged :
        List.of(MergedLogs.of(one, other, MERGED), MergedLogs.of(other, one, MERGED))) {
      assertThat(texts(merged)).containsSubsequence("c", "d", "e");
      assertThat(texts(merged)).containsSubsequence("x", "e", "y");
      assertThat(texts(merged)).containsSubsequence("c", "d", "z");
      assertThat(merged.top()).isEqualTo(8);
    }
  }

  /** An append that is repeated on the other side for long may stand there behind newer ones. */
  @Test
  void an_appender_keeps_its_order_even_if_a_common_publication_contradicts_it() {
    RoomLog one = common();
    append(one, batch(1, 4, NOW + 20, "second"));
    append(one, batch(2, 1, NOW + 30, "repeated"));
    RoomLog other = common();
    append(other, batch(2, 1, NOW + 5, "repeated"));
    append(other, batch(1, 3, NOW + 10, "first"));
    for (RoomLog merged :
        List.of(MergedLogs.of(one, other, MERGED), MergedLogs.of(other, one, MERGED))) {
      assertThat(texts(merged)).hasSize(5).containsSubsequence("first", "second");
    }
  }

  @Property(tries = 4000)
  void appenders_that_change_sides_keep_their_order(@ForAll long seed) {
    Random random = new Random(seed);
    RoomLog one = common();
    RoomLog other = common();
    int appenders = 1 + random.nextInt(4);
    Map<Integer, Runnable> repeated = new HashMap<>();
    for (int number = 3; number < 20; number++) {
      int appender = 1 + random.nextInt(appenders);
      if (repeated.containsKey(appender)) {
        repeated.remove(appender).run();
      }
      boolean first = random.nextBoolean();
      Batch batch = batch(appender, number, NOW + random.nextInt(20), "own");
      append(first ? one : other, batch);
      if (random.nextInt(4) == 0) {
        repeated.put(appender, () -> append(first ? other : one, batch));
      }
    }
    RoomLog merged = MergedLogs.of(one, other, MERGED);
    List<List<Long>> order = merged.entries().stream().map(MergedLogsTest::name).toList();
    assertThat(order).hasSize(19).doesNotHaveDuplicates();
    for (long appender = 1; appender <= appenders; appender++) {
      long of = appender;
      assertThat(order.stream().filter(name -> name.get(0) == of).map(name -> name.get(1)))
          .as("numbers of %s in %s", of, order)
          .isSorted();
    }
    List<List<Long>> ones = one.entries().stream().map(MergedLogsTest::name).toList();
    List<List<Long>> others =
        other.entries().stream()
            .map(MergedLogsTest::name)
            .filter(name -> !ones.contains(name))
            .toList();
    assertThat(order.stream().filter(ones::contains)).isEqualTo(ones);
    assertThat(order.stream().filter(others::contains)).isEqualTo(others);
  }

  private static void grow(RoomLog log, long appender, Random random) {
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      append(log, batch(appender, i, NOW + random.nextInt(20), "own"));
    }
  }

  private static List<Long> name(Entry entry) {
    return List.of(entry.appender(), entry.number());
  }

  /** A log that was last used in an agreement of the nodes. */
  private static RoomLog usedIn(long generation, RoomLog log) {
    log.enter(1, generation, 0, true);
    return log;
  }

  @Test
  void a_log_that_nobody_else_has_comes_back_as_it_was_if_it_is_complete() {
    RoomLog back = MergedLogs.restored(null, usedIn(1, common()), true, MERGED);
    assertThat(back.epoch()).isEqualTo(7);
    assertThat(texts(back)).containsExactly("a", "b");
  }

  @Test
  void a_log_that_may_lack_its_end_comes_back_as_a_branch_of_what_it_has() {
    RoomLog back = MergedLogs.restored(null, usedIn(1, common()), false, MERGED);
    assertThat(back.epoch()).isEqualTo(MERGED);
    assertThat(back.branch().includes(new Position(7, 2))).isTrue();
    assertThat(back.branch().includes(new Position(7, 3))).isFalse();
    assertThat(back.side()).isZero();
  }

  @Test
  void an_old_state_of_a_log_brings_nothing_back_that_was_removed() {
    RoomLog present = usedIn(2, common());
    append(present, batch(1, 3, NOW, "c"));
    present.removeAll(NOW, LIMITS);
    for (boolean complete : List.of(true, false)) {
      assertThat(MergedLogs.restored(present, usedIn(1, common()), complete, MERGED))
          .isSameAs(present);
    }
  }

  @Test
  void what_was_never_acknowledged_gives_way_to_what_was_appended_without_it() {
    RoomLog stale = usedIn(1, common());
    append(stale, batch(1, 3, NOW, "never acknowledged"));
    RoomLog present = usedIn(2, common());
    append(present, batch(2, 1, NOW, "c"));
    assertThat(MergedLogs.restored(present, stale, false, MERGED)).isSameAs(present);
    assertThat(MergedLogs.restored(stale, present, true, MERGED)).isSameAs(present);
  }

  @Test
  void the_longer_state_of_one_agreement_wins_in_any_order() {
    RoomLog copy = usedIn(1, common());
    RoomLog owner = usedIn(1, common());
    append(owner, batch(1, 3, NOW, "c"));
    assertThat(MergedLogs.restored(copy, owner, true, MERGED)).isSameAs(owner);
    assertThat(MergedLogs.restored(owner, copy, true, MERGED)).isSameAs(owner);
  }

  @Test
  void an_incomplete_state_that_came_first_gives_way_to_the_complete_one() {
    RoomLog whole = usedIn(1, common());
    append(whole, batch(1, 3, NOW, "c"));
    RoomLog first = MergedLogs.restored(null, usedIn(1, common()), false, MERGED);
    RoomLog merged = MergedLogs.restored(first, whole, true, MERGED + 1);
    assertThat(merged.epoch()).isEqualTo(7);
    assertThat(texts(merged)).containsExactly("a", "b", "c");
    assertThat(merged.branch().includes(new Position(MERGED, 2))).isTrue();
  }
}
