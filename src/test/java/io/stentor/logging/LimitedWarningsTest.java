package io.stentor.logging;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.Warnings;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LimitedWarningsTest {
  private final AtomicLong now = new AtomicLong(-5);
  private final LimitedWarnings limited =
      new LimitedWarnings(LoggerFactory.getLogger(LimitedWarningsTest.class), now::get);

  @Test
  void of_many_at_the_same_time_one_is_logged_and_the_others_are_counted() {
    try (Warnings warnings = new Warnings()) {
      for (int i = 0; i < 400; i++) {
        limited.warn("room {}: failed", i);
      }
      assertThat(warnings.lines()).containsExactly("room 0: failed");
      now.addAndGet(TimeUnit.SECONDS.toNanos(10));
      limited.warn("room {}: failed again", "x");
      assertThat(warnings.lines())
          .containsExactly(
              "room 0: failed", "room x: failed again (and 399 more warnings of this kind)");
    }
  }

  @Test
  void a_warning_after_a_quiet_time_has_no_count() {
    try (Warnings warnings = new Warnings()) {
      limited.warn("one");
      now.addAndGet(TimeUnit.MINUTES.toNanos(10));
      limited.warn("two");
      assertThat(warnings.lines()).containsExactly("one", "two");
    }
  }
}
