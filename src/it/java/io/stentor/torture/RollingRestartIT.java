package io.stentor.torture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A small rolling restart; {@code script/torture rolling} does it with 3,000 clients. */
class RollingRestartIT {
  private static final Logger LOG = LoggerFactory.getLogger(RollingRestartIT.class);

  @Test
  void loses_and_repeats_nothing_and_no_second_sees_more_than_its_share_of_the_clients() {
    RollingScale scale = new RollingScale(300, 6, 12, 500, 3, System.nanoTime() % 1_000_000);
    try (RollingRestart restart = new RollingRestart(scale)) {
      RollingReport report = restart.run();
      LOG.info("{}", report);
      assertThat(report.problems()).as(report.toString()).isEmpty();
      assertThat(report.published()).isGreaterThan(200);
    }
  }
}
