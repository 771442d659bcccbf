package io.stentor.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A short round of each kind of fault; {@code script/torture} runs as many as one likes, and those
 * that hit any node. A rolling restart, and with it a node that leaves, is in {@link
 * RollingRestartIT}.
 */
class TortureIT {
  private static Torture torture;

  @BeforeAll
  static void start() {
    torture = Torture.start(new Round.Crowd(10, 10, 100), System.nanoTime() % 1_000_000);
  }

  @AfterAll
  static void stop() {
    torture.close();
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.MATCH_NONE,
      names = {
        "BLACKOUT_.*",
        "CALM",
        "KILL_PUBLISHERS_NODE",
        "KILL_LISTENERS_NODE",
        "KILL_ANY",
        "KILL_YOUNGEST",
        "LEAVE_ANY",
        "ROLLING_RESTART",
        "FREEZE_ANY",
        "FREEZE_SHORTLY",
        "PARTIAL_CUT"
      })
  void every_promise_is_kept(Fault fault) {
    assumeTrue(torture.canStrike(fault), "needs namespaces, or clocks that can be set");
    assertThat(torture.run(fault.ordinal(), fault).broken()).isEmpty();
  }
}
