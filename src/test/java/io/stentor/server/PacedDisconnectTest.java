package io.stentor.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PacedDisconnectTest {

  private static final int TICKS_A_SECOND = 1000 / PacedDisconnect.TICK_MILLIS;

  private final List<Integer> gone = new ArrayList<>();

  @Test
  void many_clients_leave_evenly_over_the_seconds() {
    PacedDisconnect departure = new PacedDisconnect(clients(10_000), 10);

    for (int second = 1; second <= 10; second++) {
      for (int i = 0; i < TICKS_A_SECOND; i++) {
        departure.tick();
      }
      assertThat(gone).hasSize(second * 1000);
    }
  }

  @Test
  void a_loop_that_stood_still_catches_up_at_twice_the_pace_and_not_in_a_moment() {
    PacedDisconnect departure = new PacedDisconnect(clients(10_000), 10);
    departure.tick();
    int each = gone.size();

    departure.tickAt(2_000);
    assertThat(gone).hasSize(3 * each);
    for (int millis = 2_000; millis < 3_000; millis += PacedDisconnect.TICK_MILLIS) {
      departure.tickAt(millis);
    }
    assertThat(gone).hasSizeLessThanOrEqualTo(each + 2 * 1_000 + 2 * each);
    for (int millis = 3_000; millis < 5_000; millis += PacedDisconnect.TICK_MILLIS) {
      departure.tickAt(millis);
    }
    assertThat(gone).as("on time again").hasSize(5_000);
  }

  @Test
  void few_clients_do_not_take_the_whole_time() {
    PacedDisconnect departure = new PacedDisconnect(clients(50), 20);

    for (int i = 0; i < TICKS_A_SECOND / 2; i++) {
      departure.tick();
    }

    assertThat(gone).hasSize(PacedDisconnect.LEAST_A_SECOND / 2);
  }

  @Test
  void each_is_told_once() {
    PacedDisconnect departure = new PacedDisconnect(clients(3), 0);

    departure.tick();
    departure.tick();

    assertThat(gone).containsExactlyInAnyOrder(0, 1, 2);
  }

  @Test
  void hastened_it_sends_away_all_who_are_left_and_is_done() throws Exception {
    DefaultEventLoop loop = new DefaultEventLoop();
    try {
      PacedDisconnect departure = new PacedDisconnect(clients(100_000), 3600);
      Future<Void> done = loop.submit(() -> departure.begin(loop)).get();
      assertThat(done.isComplete()).isFalse();

      loop.submit(departure::hasten).get();

      assertThat(done.succeeded()).isTrue();
      assertThat(gone).hasSize(100_000);
    } finally {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  @Test
  void is_done_at_once_where_nobody_is_connected() {
    DefaultEventLoop loop = new DefaultEventLoop();
    try {
      assertThat(new PacedDisconnect(clients(0), 10).begin(loop).succeeded()).isTrue();
    } finally {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private List<Runnable> clients(int count) {
    List<Runnable> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      clients.add(() -> gone.add(number));
    }
    return clients;
  }
}
