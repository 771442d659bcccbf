package io.stentor.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stentor.metrics.RecentTimes.Quantiles;
import java.time.Duration;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecentTimesTest {
  private static final Offset<Double> NEAR = within(0.001);
  private final Metrics metrics = new Metrics(() -> 10_000);
  private final RecentTimes appends = metrics.appends();

  @AfterEach
  void close() {
    metrics.close();
  }

  private void append(Duration time, int times) {
    for (int i = 0; i < times; i++) {
      metrics.appended(time.toNanos(), 1);
    }
  }

  private Quantiles look() {
    return Objects.requireNonNull(appends.look());
  }

  @Test
  void are_spread_evenly_in_the_bucket_that_holds_them() {
    append(Duration.ofMillis(3), 50);
    append(Duration.ofMillis(7), 50);
    Quantiles seen = look();
    assertThat(seen.p50Millis()).isCloseTo(5, NEAR); // the end of the bucket from 2.5 to 5 ms
    assertThat(seen.p99Millis()).isCloseTo(5 + 5 * 0.98, NEAR);
  }

  @Test
  void are_those_since_the_last_look_only() {
    append(Duration.ofNanos(50_000), 1000);
    assertThat(look().p99Millis()).isLessThanOrEqualTo(0.1);
    assertThat(appends.look()).isNull();
    append(Duration.ofMillis(200), 10);
    assertThat(look().p50Millis()).isBetween(100.0, 250.0);
  }

  @Test
  void what_was_before_the_first_look_does_not_count() {
    append(Duration.ofSeconds(5), 10);
    assertThat(metrics.appends().look()).isNull();
  }

  @Test
  void what_is_longer_than_every_bucket_counts_as_the_largest_bound() {
    append(Duration.ofSeconds(60), 10);
    assertThat(look().p50Millis()).isCloseTo(10_000, NEAR);
  }

  @Test
  void deliveries_are_measured_apart_from_appends() {
    RecentTimes deliveries = metrics.deliveries();
    metrics.offered(10_000 - 40);
    assertThat(appends.look()).isNull();
    assertThat(Objects.requireNonNull(deliveries.look()).p99Millis()).isBetween(25.0, 50.0);
  }
}
