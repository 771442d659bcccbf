package io.stentor.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.message.Position;
import io.stentor.message.RoomName;
import org.junit.jupiter.api.Test;

class LocalHistoryTest extends HistoryContract {
  private final LocalHistory history = new LocalHistory(NOW::get);

  @Override
  public History history() {
    return history;
  }

  @Override
  protected void expire() {
    history.expire(1000);
    history.expire(1000);
  }

  @Test
  void after_the_process_stood_still_whoever_uses_a_log_has_a_minute_to_do_so() {
    append(LIMITS, "a");
    long epoch = all(LIMITS).epoch();
    NOW.addAndGet(1000L * (LIMITS.ageSeconds() + 60) + 1);
    history.hold();
    history.expire(10);
    history.expire(10);
    assertThat(all(LIMITS).epoch()).isEqualTo(epoch);
    NOW.addAndGet(1000L * (LIMITS.ageSeconds() + 60) + 1);
    history.expire(10);
    history.expire(10);
    assertThat(history.size()).isZero();
  }

  @Test
  void expiring_looks_at_some_logs_at_a_time_and_comes_round() {
    for (int i = 0; i < 100; i++) {
      await(
          history.follow(new RoomName("r" + i), Position.NONE, Position.NONE, true, 0, 0, LIMITS));
    }
    NOW.addAndGet(60_001);
    history.expire(30);
    history.expire(30);
    assertThat(history.size()).isBetween(40, 70);
    for (int i = 0; i < 5; i++) {
      history.expire(30);
    }
    assertThat(history.size()).isZero();
  }
}
