package io.stentor.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.message.Position;
import io.stentor.message.RoomName;
import org.junit.jupiter.api.Test;

class LocalHistoryTest extends HistoryContract {
  /** Until an unused log of {@link #LIMITS} goes: its age and a minute. */
  private static final long KEPT_MILLIS = 1000L * (LIMITS.ageSeconds() + 60);

  private final LocalHistory history = new LocalHistory(NOW::get);

  @Override
  History history() {
    return history;
  }

  @Test
  void an_unused_log_goes_a_minute_after_its_age_and_comes_back_under_a_new_epoch() {
    append(LIMITS, "a");
    long epoch = all(LIMITS).epoch();
    NOW.addAndGet(KEPT_MILLIS);
    history.expire(10);
    history.expire(10);
    assertThat(history.size()).isEqualTo(1);
    assertThat(all(LIMITS).epoch()).isEqualTo(epoch);
    NOW.addAndGet(KEPT_MILLIS + 1);
    history.expire(10);
    history.expire(10);
    assertThat(history.size()).isZero();
    assertThat(all(LIMITS).epoch()).isNotEqualTo(epoch);
    assertThat(all(LIMITS).top()).isZero();
  }

  @Test
  void after_the_process_stood_still_whoever_uses_a_log_has_a_minute_to_do_so() {
    append(LIMITS, "a");
    long epoch = all(LIMITS).epoch();
    NOW.addAndGet(KEPT_MILLIS + 1);
    history.hold();
    history.expire(10);
    history.expire(10);
    assertThat(all(LIMITS).epoch()).isEqualTo(epoch);
    NOW.addAndGet(KEPT_MILLIS + 1);
    history.expire(10);
    history.expire(10);
    assertThat(history.size()).isZero();
  }

  @Test
  void expiring_looks_at_some_logs_at_a_time_and_comes_round() {
    for (int i = 0; i < 100; i++) {
      await(history.read(new RoomName("r" + i), Position.NONE, 0, 0, LIMITS));
    }
    NOW.addAndGet(KEPT_MILLIS + 1);
    history.expire(30);
    history.expire(30);
    assertThat(history.size()).isBetween(40, 70);
    for (int i = 0; i < 5; i++) {
      history.expire(30);
    }
    assertThat(history.size()).isZero();
  }
}
