package io.stentor.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RateTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** Clocks like that of the JVM may be below zero. */
  private long now = -SECOND;

  private final Rate rate = new Rate(10, 2, now);

  @Test
  void gives_two_seconds_worth_at_once_and_then_as_many_as_come_back() {
    for (int i = 0; i < 20; i++) {
      assertThat(rate.tryTake(1, now)).isZero();
    }
    assertThat(rate.tryTake(1, now)).isEqualTo(SECOND / 10);
    now += SECOND / 10;
    assertThat(rate.tryTake(1, now)).isZero();
    assertThat(rate.tryTake(1, now)).isPositive();
  }

  @Test
  void what_is_refused_costs_nothing() {
    assertThat(rate.tryTake(20, now)).isZero();
    for (int i = 0; i < 100; i++) {
      assertThat(rate.tryTake(1, now)).isEqualTo(SECOND / 10);
    }
  }

  @Test
  void a_debt_is_told_and_grows() {
    assertThat(rate.take(20, now)).isZero();
    assertThat(rate.take(1, now)).isEqualTo(SECOND / 10);
    assertThat(rate.take(1, now)).isEqualTo(2 * SECOND / 10);
    now += SECOND;
    assertThat(rate.take(1, now)).isZero();
  }

  @Test
  void never_holds_more_than_two_seconds_worth() {
    now += 1000 * SECOND;
    assertThat(rate.tryTake(20, now)).isZero();
    assertThat(rate.tryTake(1, now)).isPositive();
  }

  @Test
  void is_full_again_when_everything_has_come_back() {
    assertThat(rate.isFull(now)).isTrue();
    assertThat(rate.take(5, now)).isZero();
    assertThat(rate.isFull(now)).isFalse();
    now += SECOND / 2;
    assertThat(rate.isFull(now)).isTrue();
  }
}
