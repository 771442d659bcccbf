package io.stentor.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ClusterStateTest {
  private final AtomicBoolean running = new AtomicBoolean(true);
  private final AtomicBoolean copied = new AtomicBoolean(true);
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE);
  private final ClusterState state =
      new ClusterState(running::get, copied::get, () -> 3, nanos::get);

  @Test
  void a_node_is_not_fit_before_every_log_has_had_its_copy_once() {
    assertThat(state.isFit()).isFalse();
    copied.set(false);
    state.look();
    assertThat(state.isFit()).isFalse();
    copied.set(true);
    state.look();
    assertThat(state.isFit()).isTrue();
    assertThat(state.isSafe()).isTrue();
    assertThat(state.nodes()).isEqualTo(3);
  }

  @Test
  void while_the_copies_of_a_dead_node_are_made_again_the_others_serve_on() {
    state.look();
    copied.set(false);
    nanos.addAndGet(ClusterState.GRACE_NANOS);
    state.look();
    assertThat(state.isSafe()).isFalse();
    assertThat(state.isFit()).isTrue();
  }

  @Test
  void a_node_is_not_fit_when_copies_are_missing_for_too_long_and_is_again_afterwards() {
    state.look();
    copied.set(false);
    nanos.addAndGet(ClusterState.GRACE_NANOS + 1);
    state.look();
    assertThat(state.isFit()).isFalse();
    copied.set(true);
    state.look();
    assertThat(state.isFit()).isTrue();
  }

  @Test
  void a_look_that_does_not_end_counts_as_unsafe() {
    state.look();
    nanos.addAndGet(ClusterState.GRACE_NANOS + 1);
    assertThat(state.isFit()).isFalse();
  }

  @Test
  void a_node_outside_its_cluster_is_not_fit() {
    state.look();
    running.set(false);
    assertThat(state.isFit()).isFalse();
    assertThat(state.nodes()).isZero();
  }

  @Test
  void what_cannot_be_asked_is_not_safe() {
    ClusterState broken =
        new ClusterState(
            () -> true,
            () -> {
              throw new IllegalStateException("on purpose");
            },
            () -> 1,
            nanos::get);
    assertThatThrownBy(broken::look).hasMessage("on purpose");
    assertThat(broken.isSafe()).isFalse();
    assertThat(broken.isFit()).isFalse();
  }
}
