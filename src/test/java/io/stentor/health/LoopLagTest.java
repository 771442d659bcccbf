package io.stentor.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.health.LoopLags.LoopLag;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoopLagTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final LoopLag lag = new LoopLag(nanos::get);

  @Test
  void a_loop_that_ticks_in_time_is_not_late() {
    tickAfter(100);
    assertThat(lag.nanos()).isZero();
    tickAfter(70);
    assertThat(lag.recentNanos()).isZero();
  }

  @Test
  void a_late_tick_is_late_by_what_is_over_its_time() {
    tickAfter(350);
    assertThat(lag.nanos()).isEqualTo(millis(250));
  }

  @Test
  void a_loop_that_does_not_tick_gets_later_and_later() {
    pass(1100);
    assertThat(lag.nanos()).isEqualTo(millis(1000));
    pass(1000);
    assertThat(lag.nanos()).isEqualTo(millis(2000));
  }

  @Test
  void a_process_that_stood_still_has_no_loop_that_is_stuck_but_one_that_is_behind_the_others_is() {
    LoopLag other = new LoopLag(nanos::get);
    LoopLags lags = LoopLags.of(lag, other);
    pass(40_000);
    assertThat(lags.stuckNanos()).isZero();
    lag.tick();
    assertThat(lags.stuckNanos()).isZero();
    tickAfter(100);
    assertThat(lags.stuckNanos()).isEqualTo(millis(40_000));
    other.tick();
    pass(100);
    other.tick();
    assertThat(lags.stuckNanos()).isZero();
  }

  @Test
  void the_largest_lag_is_remembered_for_ten_to_twenty_seconds() {
    tickAfter(600);
    for (int i = 0; i < 90; i++) {
      tickAfter(100);
      assertThat(lag.nanos()).isZero();
      assertThat(lag.recentNanos()).isEqualTo(millis(500));
    }
    for (int i = 0; i < 110; i++) {
      tickAfter(100);
    }
    assertThat(lag.recentNanos()).isZero();
  }

  @Test
  void a_loop_that_is_held_up_is_found_and_found_well_again() throws InterruptedException {
    Vertx vertx = Vertx.vertx();
    CountDownLatch held = new CountDownLatch(1);
    try {
      LoopLags lags = LoopLags.of(vertx);
      vertx.runOnContext(
          turn -> {
            try {
              held.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      await().atMost(Duration.ofSeconds(20)).until(() -> lags.nanos() > millis(600));
      held.countDown();
      await().atMost(Duration.ofSeconds(20)).until(() -> lags.nanos() < millis(300));
      assertThat(lags.recentNanos()).isGreaterThan(millis(500));
    } finally {
      held.countDown();
      vertx.close().await();
    }
  }

  private void tickAfter(long millis) {
    pass(millis);
    lag.tick();
  }

  private void pass(long millis) {
    nanos.addAndGet(millis(millis));
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
