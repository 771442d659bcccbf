package io.stentor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class QuorumMemoryTest {
  private final AtomicLong nanos = new AtomicLong(-TimeUnit.SECONDS.toNanos(5));
  private final QuorumMemory memory = new QuorumMemory(null, 30, nanos::get);

  private void pass(int seconds) {
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  @Test
  void a_slow_start_does_not_count_as_waiting() {
    pass(40);
    assertThat(memory.waitsFor(1)).isTrue();
    pass(29);
    assertThat(memory.waitsFor(1)).isTrue();
    pass(1);
    assertThat(memory.waitsFor(1)).isFalse();
  }
}
