package io.stentor.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stentor.admission.Limits;
import io.stentor.config.TestConfig;
import io.stentor.message.RoomName;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How many rooms a node has, whoever enters them at the same moment. */
class RoomsInUseTest {
  private static final int MOST = 3;

  private final RoomsInUse rooms = new RoomsInUse(limits(false));

  private static Limits limits(boolean dryRun) {
    return new Limits(TestConfig.limits(new JsonObject().put("dryRun", dryRun).put("rooms", MOST)));
  }

  private static RoomName room(int number) {
    return new RoomName("room" + number);
  }

  @Test
  void a_room_has_its_place_until_the_last_hold_is_given_back() throws JoinLimitReached {
    for (int i = 0; i < MOST; i++) {
      rooms.hold(room(i));
    }
    rooms.hold(room(0));
    rooms.holdAgain(room(0));
    assertThatThrownBy(() -> rooms.hold(room(9))).isInstanceOf(JoinLimitReached.class);
    assertThatThrownBy(() -> rooms.requirePlace(room(9))).isInstanceOf(JoinLimitReached.class);
    rooms.release(room(0));
    rooms.release(room(0));
    assertThatThrownBy(() -> rooms.hold(room(9))).hasMessageContaining(MOST + " rooms");
    rooms.release(room(0));
    rooms.hold(room(9));
    assertThat(rooms.size()).isEqualTo(MOST);
  }

  @Test
  void a_dry_run_lets_every_room_in() throws JoinLimitReached {
    RoomsInUse lenient = new RoomsInUse(limits(true));
    for (int i = 0; i < MOST + 2; i++) {
      lenient.hold(room(i));
    }
    assertThat(lenient.size()).isEqualTo(MOST + 2);
  }

  @Test
  void threads_that_enter_at_the_same_moment_do_not_get_more_rooms_than_there_may_be()
      throws Exception {
    int threads = 4;
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    CyclicBarrier together = new CyclicBarrier(threads);
    try {
      List<Future<Integer>> results = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int thread = t;
        results.add(executor.submit(() -> enterAndLeave(together, thread)));
      }
      for (Future<Integer> result : results) {
        assertThat(result.get(30, TimeUnit.SECONDS)).isLessThanOrEqualTo(MOST);
      }
      assertThat(rooms.size()).isZero();
    } finally {
      executor.shutdownNow();
    }
  }

  /** Returns the most rooms that were held at once. */
  private int enterAndLeave(CyclicBarrier together, int thread) throws Exception {
    int most = 0;
    for (int round = 0; round < 2000; round++) {
      together.await(30, TimeUnit.SECONDS);
      List<RoomName> held = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        RoomName name = room(thread * 2 + i);
        try {
          rooms.hold(name);
          held.add(name);
        } catch (JoinLimitReached full) {
          // The others were faster.
        }
      }
      most = Math.max(most, rooms.size());
      held.forEach(rooms::release);
    }
    return most;
  }
}
