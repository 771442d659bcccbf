package io.stentor.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RateTest {
  private static final int TEN = 10;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** Clocks like that of the JVM may be below zero. */
  private long now = -SECOND;

  private final Rate rate = new Rate(2, now);

  @Test
  void gives_two_seconds_worth_at_once_and_then_as_many_as_come_back() {
    for (int i = 0; i < 20; i++) {
      assertThat(rate.tryTake(1, TEN, now)).isZero();
    }
    assertThat(rate.tryTake(1, TEN, now)).isEqualTo(SECOND / 10);
    now += SECOND / 10;
    assertThat(rate.tryTake(1, TEN, now)).isZero();
    assertThat(rate.tryTake(1, TEN, now)).isPositive();
  }

  @Test
  void what_is_refused_costs_nothing() {
    assertThat(rate.tryTake(20, TEN, now)).isZero();
    for (int i = 0; i < 100; i++) {
      assertThat(rate.tryTake(1, TEN, now)).isEqualTo(SECOND / 10);
    }
  }

  @Test
  void a_debt_is_told_and_grows() {
    assertThat(rate.take(20, TEN, now)).isZero();
    assertThat(rate.take(1, TEN, now)).isEqualTo(SECOND / 10);
    assertThat(rate.take(1, TEN, now)).isEqualTo(2 * SECOND / 10);
    now += SECOND;
    assertThat(rate.take(1, TEN, now)).isZero();
  }

  @Test
  void never_holds_more_than_two_seconds_worth() {
    now += 1000 * SECOND;
    assertThat(rate.tryTake(20, TEN, now)).isZero();
    assertThat(rate.tryTake(1, TEN, now)).isPositive();
  }

  @Test
  void is_full_again_when_everything_has_come_back() {
    assertThat(rate.isFull(now)).isTrue();
    assertThat(rate.take(5, TEN, now)).isZero();
    assertThat(rate.isFull(now)).isFalse();
    now += SECOND / 2;
    assertThat(rate.isFull(now)).isTrue();
  }

  @Test
  void another_number_a_second_holds_at_once_and_what_was_taken_stays_taken() {
    assertThat(rate.tryTake(20, TEN, now)).isZero();
    assertThat(rate.tryTake(1, 1000, now)).isEqualTo(SECOND / 1000);
    assertThat(rate.tryTake(1, 0, now)).isZero();
    now += SECOND;
    assertThat(rate.tryTake(1, 1, now)).isZero();
    assertThat(rate.tryTake(1, 1, now)).isEqualTo(SECOND);
    assertThat(rate.tryTake(100, 1000, now)).isEqualTo(SECOND / 10);
  }

  @Test
  void more_than_there_are_can_be_taken_where_there_is_one_and_delays_the_next() {
    assertThat(rate.tryTakeFrom(30, TEN, now)).isZero();
    assertThat(rate.tryTakeFrom(1, TEN, now)).isEqualTo(SECOND + SECOND / 10);
    assertThat(rate.tryTakeFrom(1000, 0, now)).isZero();
    now += SECOND + SECOND / 10;
    assertThat(rate.tryTakeFrom(1, TEN, now)).isZero();
    assertThat(rate.tryTakeFrom(1, TEN, now)).isPositive();
  }
}
