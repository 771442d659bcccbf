package io.stentor.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.RoomOptions.History;
import io.stentor.message.Attributes;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every {@link io.stentor.history.History} does, whatever it is made of. */
public abstract class HistoryContract extends LogUnderTest {
  @Test
  void offsets_are_consecutive_and_begin_with_one() {
    assertThat(append(LIMITS, "a", "b")).containsExactly(1L, 2L);
    assertThat(append(LIMITS, "c")).containsExactly(3L);
    Page page = all(LIMITS);
    assertThat(texts(page)).containsExactly("a", "b", "c");
    assertThat(page.first()).isEqualTo(1);
    assertThat(page.last()).isEqualTo(3);
    assertThat(page.top()).isEqualTo(3);
    assertThat(page.oldest()).isEqualTo(1);
  }

  @Test
  void a_batch_that_comes_again_is_answered_as_before_and_changes_nothing() {
    Batch batch = batch("a", "b");
    Appended first = await(history().append(room, batch, LIMITS));
    assertThat(await(history().append(room, batch, LIMITS))).isEqualTo(first);
    Batch other = new Batch(appender + 1, 1, publications("c"));
    assertThat(append(LIMITS, other)).containsExactly(3L);
    assertThat(await(history().append(room, batch, LIMITS))).isEqualTo(first);
    assertThat(append(LIMITS, other)).containsExactly(3L);
    assertThat(texts(all(LIMITS))).containsExactly("a", "b", "c");
  }

  @Test
  void a_publication_with_a_known_key_is_not_appended_again() {
    Batch first = new Batch(appender, 1, List.of(keyed("a", "k1"), keyed("b", "k2")));
    assertThat(append(LIMITS, first)).containsExactly(1L, 2L);
    Batch mixed =
        new Batch(
            appender,
            3,
            List.of(
                keyed("new", "k3"),
                keyed("b again", "k2"),
                Publication.text("plain", NOW.get()),
                keyed("new again", "k3")));
    Appended appended = await(history().append(room, mixed, LIMITS));
    assertThat(appended.offsets(4)).containsExactly(3L, 2L, 4L, 3L);
    assertThat(List.of(appended.isNew(0), appended.isNew(1), appended.isNew(2), appended.isNew(3)))
        .containsExactly(true, false, true, false);
    assertThat(texts(all(LIMITS))).containsExactly("a", "b", "new", "plain");
  }

  @Test
  void a_batch_of_known_keys_alone_appends_nothing() {
    append(LIMITS, new Batch(appender, 1, List.of(keyed("a", "k1"))));
    Batch again = new Batch(appender + 1, 7, List.of(keyed("a", "k1")));
    assertThat(append(LIMITS, again)).containsExactly(1L);
    assertThat(append(LIMITS, again)).containsExactly(1L);
    assertThat(append(LIMITS, new Batch(appender, 2, publications("b")))).containsExactly(2L);
  }

  private static Publication versioned(String text, long version, String epoch) {
    return Publication.text(text, NOW.get()).with(Attributes.NONE.withVersion(version, epoch));
  }

  private Appended append(Publication... some) {
    Batch batch = new Batch(appender, number.getAndAdd(some.length), List.of(some));
    return await(history().append(room, batch, LIMITS));
  }

  @Test
  void a_publication_that_is_not_newer_than_the_log_is_dropped_and_answered() {
    assertThat(append(versioned("v3", 3, "")).offsets(1)).containsExactly(1L);
    Appended appended =
        append(
            versioned("v2", 2, ""),
            versioned("v3 again", 3, ""),
            Publication.text("plain", NOW.get()),
            versioned("v4", 4, ""),
            versioned("v3 late", 3, ""));
    assertThat(appended.outdated()).containsExactlyInAnyOrder(0, 1, 4);
    assertThat(appended.offsets(5)).containsExactly(1L, 1L, 2L, 3L, 3L);
    assertThat(appended.conflicting()).isEmpty();
    assertThat(texts(all(LIMITS))).containsExactly("v3", "plain", "v4");
  }

  @Test
  void versions_are_unsigned_and_of_one_epoch() {
    append(versioned("largest", -1, "a"));
    assertThat(append(versioned("smaller", Long.MAX_VALUE, "a")).outdated()).containsExactly(0);
    assertThat(append(versioned("of any epoch", 5, "")).outdated()).containsExactly(0);
    assertThat(append(versioned("of another epoch", 1, "b")).outdated()).isEmpty();
    assertThat(append(versioned("back again", 1, "a")).outdated()).isEmpty();
    assertThat(texts(all(LIMITS))).containsExactly("largest", "of another epoch", "back again");
  }

  @Test
  void a_log_remembers_its_version_without_the_publication() {
    append(versioned("v3", 3, ""));
    await(history().removeAll(room, LIMITS));
    assertThat(append(versioned("v3 again", 3, "")).outdated()).containsExactly(0);
    assertThat(append(versioned("v4", 4, "")).offsets(1)).containsExactly(2L);
  }

  @Test
  void a_batch_with_an_outdated_publication_is_answered_as_before_when_it_comes_again() {
    append(versioned("v3", 3, ""));
    Batch batch =
        new Batch(
            appender, number.getAndAdd(2), List.of(versioned("v4", 4, ""), versioned("v2", 2, "")));
    Appended first = await(history().append(room, batch, LIMITS));
    assertThat(await(history().append(room, batch, LIMITS))).isEqualTo(first);
    assertThat(texts(all(LIMITS))).containsExactly("v3", "v4");
  }

  @Test
  void a_key_is_forgotten_when_its_publication_leaves_the_window() {
    History two = new History(2, 1000, 300);
    append(two, new Batch(appender, 1, List.of(keyed("a", "k1"))));
    append(two, new Batch(appender, 2, publications("b", "c")));
    assertThat(append(two, new Batch(appender, 4, List.of(keyed("a", "k1"))))).containsExactly(4L);
    assertThat(texts(all(two))).containsExactly("c", "a");
  }

  @Test
  void a_log_keeps_no_more_than_its_number_of_messages() {
    History three = new History(3, 1000, 300);
    append(three, "a", "b");
    append(three, "c", "d", "e");
    Page page = all(three);
    assertThat(texts(page)).containsExactly("c", "d", "e");
    assertThat(page.oldest()).isEqualTo(3);
    assertThat(page.first()).isEqualTo(3);
  }

  @Test
  void a_log_keeps_no_more_than_its_bytes() {
    History ten = new History(100, 10, 300);
    append(ten, "1234", "5678");
    append(ten, "abc");
    assertThat(texts(all(ten))).containsExactly("5678", "abc");
    append(ten, "0123456789");
    assertThat(texts(all(ten))).containsExactly("0123456789");
  }

  @Test
  void what_alone_is_more_than_a_log_keeps_is_left_out_and_said() {
    History ten = new History(100, 10, 300);
    append(ten, "before");
    Batch mixed =
        new Batch(
            appender, 2, List.of(keyed("abc", "k1"), keyed("01234567890", "k2"), keyed("d", "k3")));
    Appended appended = await(history().append(room, mixed, ten));
    assertThat(appended.tooLarge()).containsExactly(1);
    assertThat(appended.offsets(3)).containsExactly(2L, 0L, 3L);
    assertThat(appended.isNew(1)).isFalse();
    assertThat(texts(all(ten))).containsExactly("before", "abc", "d");
    assertThat(await(history().append(room, mixed, ten))).isEqualTo(appended);
    Batch alone = new Batch(appender, 5, List.of(keyed("01234567890", "k2")));
    assertThat(await(history().append(room, alone, ten)).tooLarge()).containsExactly(0);
    assertThat(append(ten, new Batch(appender, 6, publications("e")))).containsExactly(4L);
    assertThat(texts(all(ten))).containsExactly("abc", "d", "e");
  }

  @Test
  void a_log_lets_go_of_what_is_too_old_but_never_of_its_offsets() {
    History minute = new History(100, 1000, 60);
    append(minute, "a");
    NOW.addAndGet(40_000);
    append(minute, "b");
    NOW.addAndGet(20_000);
    assertThat(texts(all(minute))).containsExactly("a", "b");
    NOW.addAndGet(1);
    assertThat(texts(all(minute))).containsExactly("b");
    NOW.addAndGet(40_000);
    Page empty = all(minute);
    assertThat(texts(empty)).isEmpty();
    assertThat(empty.oldest()).isEqualTo(3);
    assertThat(empty.first()).isEqualTo(3);
    assertThat(empty.top()).isEqualTo(2);
    assertThat(append(minute, "c")).containsExactly(3L);
  }

  @Test
  void a_read_begins_behind_the_position() {
    append(LIMITS, "a", "b", "c", "d");
    long epoch = all(LIMITS).epoch();
    Page page = read(new Position(epoch, 2), ALL, 1000, LIMITS);
    assertThat(texts(page)).containsExactly("c", "d");
    assertThat(page.first()).isEqualTo(3);
    Page end = read(new Position(epoch, 4), ALL, 1000, LIMITS);
    assertThat(texts(end)).isEmpty();
    assertThat(end.first()).isEqualTo(5);
  }

  @Test
  void a_read_is_limited_in_messages_and_bytes_but_not_below_one() {
    append(LIMITS, "aaaa", "bbbb", "cccc");
    Position start = new Position(all(LIMITS).epoch(), 0);
    assertThat(texts(read(start, 2, 1000, LIMITS))).containsExactly("aaaa", "bbbb");
    assertThat(texts(read(start, 3, 8, LIMITS))).containsExactly("aaaa", "bbbb");
    assertThat(texts(read(start, 3, 7, LIMITS))).containsExactly("aaaa");
    assertThat(texts(read(start, 3, 1, LIMITS))).containsExactly("aaaa");
    Page none = read(start, 0, 1000, LIMITS);
    assertThat(texts(none)).isEmpty();
    assertThat(none.top()).isEqualTo(3);
  }

  @Test
  void a_position_that_the_log_does_not_continue_is_answered_with_the_oldest() {
    History two = new History(2, 1000, 300);
    append(two, "a", "b", "c", "d");
    long epoch = all(two).epoch();
    Page tooOld = read(new Position(epoch, 1), ALL, 1000, two);
    assertThat(texts(tooOld)).containsExactly("c", "d");
    assertThat(tooOld.first()).isEqualTo(3);
    assertThat(read(new Position(epoch, 2), ALL, 1000, two).first()).isEqualTo(3);
    Page foreign = read(new Position(epoch == 1 ? 2 : epoch - 1, 3), ALL, 1000, two);
    assertThat(texts(foreign)).containsExactly("c", "d");
    assertThat(foreign.epoch()).isEqualTo(epoch);
    Page beyond = read(new Position(epoch, 5), ALL, 1000, two);
    assertThat(beyond.first()).isEqualTo(3);
    assertThat(beyond.top()).isEqualTo(4);
  }

  @Test
  void what_is_removed_is_gone_and_the_log_goes_on_where_it_was() {
    append(LIMITS, new Batch(appender, 1, List.of(keyed("a", "k1"), keyed("b", "k2"))));
    long epoch = all(LIMITS).epoch();
    Page removed = await(history().removeAll(room, LIMITS));
    assertThat(texts(removed)).isEmpty();
    assertThat(List.of(removed.epoch(), removed.top(), removed.oldest()))
        .containsExactly(epoch, 2L, 3L);
    assertThat(texts(all(LIMITS))).isEmpty();
    assertThat(read(new Position(epoch, 1), ALL, 1000, LIMITS).first()).isEqualTo(3);
    List<Publication> again = List.of(keyed("a again", "k1"));
    assertThat(append(LIMITS, new Batch(appender, 3, again))).containsExactly(3L);
    assertThat(texts(all(LIMITS))).containsExactly("a again");
  }

  @Test
  void removing_begins_no_log() {
    Page removed = await(history().removeAll(room, LIMITS));
    assertThat(removed.top()).isZero();
    assertThat(all(LIMITS).epoch()).isEqualTo(removed.epoch());
    assertThat(exists()).isFalse();
  }

  @Test
  void reading_begins_no_log_and_what_is_appended_then_continues_from_there() {
    Page page = all(LIMITS);
    assertThat(page.top()).isZero();
    assertThat(page.oldest()).isEqualTo(1);
    assertThat(page.first()).isEqualTo(1);
    assertThat(page.epoch()).isPositive().isLessThan(Position.EPOCH_LIMIT);
    Position there = new Position(page.epoch(), 0);
    assertThat(read(there, ALL, 1000, LIMITS)).isEqualTo(page);
    assertThat(exists()).isFalse();
    assertThat(await(history().append(room, batch("a"), LIMITS)).epoch()).isEqualTo(page.epoch());
    assertThat(exists()).isTrue();
    assertThat(texts(read(there, ALL, 1000, LIMITS))).containsExactly("a");
  }

  @Test
  void who_stays_begins_a_log_under_the_epoch_that_was_read() {
    Page page = all(LIMITS);
    Page begun = await(history().follow(room, Position.NONE, Position.NONE, true, 0, 0, LIMITS));
    assertThat(begun.epoch()).isEqualTo(page.epoch());
    assertThat(begun.top()).isZero();
    assertThat(exists()).isTrue();
    assertThat(await(history().append(room, batch("a"), LIMITS)).epoch()).isEqualTo(page.epoch());
  }

  @Test
  void an_unused_log_goes_a_minute_after_its_age_and_comes_back_under_a_new_epoch() {
    long begun = 1000L * (LIMITS.ageSeconds() + 60);
    append(LIMITS, "a");
    final long epoch = all(LIMITS).epoch();
    NOW.addAndGet(begun);
    expire();
    assertThat(exists()).isTrue();
    assertThat(all(LIMITS).epoch()).isEqualTo(epoch);
    NOW.addAndGet(begun + 1);
    expire();
    assertThat(exists()).isFalse();
    assertThat(all(LIMITS).epoch()).isNotEqualTo(epoch);
    assertThat(all(LIMITS).top()).isZero();
    assertThat(read(new Position(epoch, 1), ALL, 1000, LIMITS).epoch()).isNotEqualTo(epoch);
  }

  @Test
  void a_log_in_which_nothing_ever_was_goes_a_minute_after_its_last_use() {
    await(history().follow(room, Position.NONE, Position.NONE, true, 0, 0, LIMITS));
    NOW.addAndGet(60_000);
    expire();
    assertThat(exists()).isTrue();
    NOW.addAndGet(1);
    expire();
    assertThat(exists()).isFalse();
  }

  /** Whether there is a log of the room. */
  private boolean exists() {
    return !await(history().summaries(List.of(room))).isEmpty();
  }

  /** Looks at all logs and removes the unused ones. Returns when they are gone. */
  protected abstract void expire();

  @Test
  void each_log_has_an_epoch_of_its_own() {
    long one = all(LIMITS).epoch();
    RoomName elsewhere = new RoomName(room + "-other");
    long other = await(history().read(elsewhere, Position.NONE, 0, 0, LIMITS)).epoch();
    assertThat(other).isNotEqualTo(one);
  }

  @Test
  void appends_of_many_threads_make_one_order_without_gaps() throws InterruptedException {
    int threads = 8;
    int batches = 40;
    Map<Long, String> byOffset = new ConcurrentSkipListMap<>();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    for (int t = 0; t < threads; t++) {
      String name = "t" + t + "-";
      long of = appender + t;
      pool.execute(
          () -> {
            for (int i = 0; i < batches; i++) {
              String[] two = {name + 2 * i, name + (2 * i + 1)};
              List<Long> offsets = append(LIMITS, new Batch(of, 1 + 2L * i, publications(two)));
              byOffset.put(offsets.get(0), two[0]);
              byOffset.put(offsets.get(1), two[1]);
            }
          });
    }
    pool.shutdown();
    assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    Page page = all(LIMITS);
    assertThat(texts(page)).isEqualTo(new ArrayList<>(byOffset.values()));
    assertThat(page.top()).isEqualTo(2L * threads * batches);
    for (int t = 0; t < threads; t++) {
      String name = "t" + t + "-";
      assertThat(texts(page).stream().filter(text -> text.startsWith(name)).count())
          .isEqualTo(2L * batches);
    }
  }
}
