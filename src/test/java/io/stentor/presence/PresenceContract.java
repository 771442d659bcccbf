package io.stentor.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.presence.Watcher.Watch;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every {@link Presence} does: the members of rooms, and what watchers of them are told. */
abstract class PresenceContract extends MembersContract {
  private final ExecutorService loop = Executors.newSingleThreadExecutor();

  @AfterEach
  void endLoop() {
    loop.shutdownNow();
  }

  Recorder watch(RoomName watched) {
    Recorder recorder = new Recorder();
    there().watch(watched, recorder, loop);
    return recorder;
  }

  Recorder watch() {
    Recorder recorder = watch(room);
    eventually(() -> assertThat(recorder.events()).isNotEmpty());
    return recorder;
  }

  @Test
  void a_watcher_is_told_who_is_there_and_then_who_comes_and_goes() {
    enter("a", "b");
    eventually(() -> assertThat(connections()).containsExactly("a", "b"));
    Recorder recorder = watch();
    assertThat(recorder.events()).containsExactly("=a,b");
    enter("c");
    eventually(() -> assertThat(recorder.changes()).containsExactly("+c"));
    here().leave(room, "a");
    eventually(() -> assertThat(recorder.changes()).containsExactly("+c", "-a"));
    here().enter(room, member("b", "by another name"));
    enter("d");
    eventually(() -> assertThat(recorder.changes()).containsExactly("+c", "-a", "+d"));
  }

  @Test
  void a_watcher_sees_a_room_become_empty_and_full_again() {
    Recorder recorder = watch();
    assertThat(recorder.events()).containsExactly("=");
    for (int i = 0; i < 3; i++) {
      String name = "a" + i;
      enter(name);
      eventually(() -> assertThat(recorder.changes()).endsWith("+" + name));
      here().leave(room, name);
      eventually(() -> assertThat(recorder.changes()).endsWith("-" + name));
    }
    assertThat(recorder.changes()).containsExactly("+a0", "-a0", "+a1", "-a1", "+a2", "-a2");
  }

  @Test
  void a_watcher_that_was_slow_receives_all_members_when_it_is_ready() {
    enter("a");
    eventually(() -> assertThat(connections()).containsExactly("a"));
    Recorder recorder = new Recorder();
    Watch watch = there().watch(room, recorder, loop);
    eventually(() -> assertThat(recorder.events()).containsExactly("=a"));
    recorder.slow(true);
    enter("b", "c", "d");
    eventually(() -> assertThat(connections()).hasSize(4));
    eventually(() -> assertThat(recorder.refused()).isEqualTo(1));
    recorder.slow(false);
    here().leave(room, "a");
    eventually(() -> assertThat(connections()).hasSize(3));
    loop.execute(watch::ready);
    eventually(() -> assertThat(recorder.events()).containsExactly("=a", "=b,c,d"));
    loop.execute(watch::ready);
    enter("e");
    eventually(() -> assertThat(recorder.events()).containsExactly("=a", "=b,c,d", "+e"));
  }

  /** A second list would mean that changes were dropped. */
  @Test
  void a_watcher_that_says_that_it_is_ready_while_it_is_told_gets_the_members_once() {
    enter("a");
    eventually(() -> assertThat(connections()).containsExactly("a"));
    AtomicReference<Watch> watch = new AtomicReference<>();
    Recorder recorder = new Recorder(() -> watch.get().ready());
    loop.execute(() -> watch.set(there().watch(room, recorder, loop)));
    eventually(() -> assertThat(recorder.events()).isNotEmpty());
    enter("b");
    eventually(() -> assertThat(recorder.events()).endsWith("+b"));
    assertThat(recorder.events()).containsExactly("=a", "+b");
  }

  @Test
  void a_watcher_that_asks_gets_all_members_even_if_it_was_closed() {
    enter("a", "b");
    eventually(() -> assertThat(connections()).containsExactly("a", "b"));
    for (RoomName asked : List.of(room, new RoomName(UNTRACKED + "-" + room))) {
      Watch watch = there().watch(asked, new Recorder(), loop);
      for (int i = 0; i < 2; i++) {
        Promise<List<Member>> answer = Promise.promise();
        loop.execute(() -> watch.members(answer::complete));
        assertThat(await(answer.future()))
            .extracting(Member::connection)
            .hasSize(asked == room ? 2 : 0)
            .isSubsetOf("a", "b");
        loop.execute(watch::close);
      }
    }
  }

  @Test
  void a_watch_that_was_closed_receives_nothing_more() {
    Recorder closed = new Recorder();
    Watch watch = there().watch(room, closed, loop);
    Recorder open = watch();
    eventually(() -> assertThat(closed.events()).hasSize(1));
    loop.execute(watch::close);
    loop.execute(watch::close);
    loop.execute(watch::ready);
    await(Future.future(done -> loop.execute(done::complete)));
    enter("a");
    eventually(() -> assertThat(open.changes()).containsExactly("+a"));
    assertThat(closed.events()).hasSize(1);
  }

  @Test
  void rooms_that_are_not_tracked_have_no_members_and_no_events() {
    RoomName untracked = new RoomName(UNTRACKED + "-" + room);
    Recorder recorder = watch(untracked);
    here().enter(untracked, member("a", "ann"));
    here().leave(untracked, "b");
    enter("z");
    eventually(() -> assertThat(connections()).containsExactly("z"));
    assertThat(await(there().stats(untracked)).connections()).isZero();
    assertThat(await(there().members(untracked, null, 10)).members()).isEmpty();
    assertThat(await(there().rooms(untracked.value(), null, 10))).isEmpty();
    eventually(() -> assertThat(recorder.events()).containsExactly("="));
  }

  @Test
  void many_join_and_leave_at_once_and_no_event_is_wrong() {
    Recorder recorder = watch();
    for (int i = 0; i < 3000; i++) {
      enter("c" + i);
      if (i % 2 == 0) {
        here().leave(room, "c" + i);
      }
    }
    eventually(() -> assertThat(stats().connections()).isEqualTo(1500));
    eventually(() -> assertThat(recorder.there()).hasSize(1500));
    assertThat(recorder.impossible).isEmpty();
  }

  @Test
  void calls_of_one_thread_take_effect_in_order() {
    for (int i = 0; i < 200; i++) {
      enter("a", "b");
      here().leave(room, "a");
    }
    eventually(() -> assertThat(connections()).containsExactly("b"));
    Recorder recorder = watch();
    assertThat(recorder.events()).containsExactly("=b");
  }
}
