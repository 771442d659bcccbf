package io.stentor.torture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * A short round of the fault that has most of the others in it; {@code script/torture blackout}
 * runs all kinds, for as long as one likes.
 */
class BlackoutIT {

  @Test
  void every_promise_is_kept_when_all_nodes_end_and_one_was_away_before() {
    Round.Crowd crowd = new Round.Crowd(8, 8, 100);
    try (Torture torture = Torture.startWithDisks(3, crowd, System.nanoTime() % 1_000_000)) {
      assertThat(torture.run(0, Fault.BLACKOUT_DISK_STALE_KILL).broken()).isEmpty();
    }
  }
}
