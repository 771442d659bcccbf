package io.stentor.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BusProbeTest {
  private static final long SILENT_MILLIS = 15_000;
  private static final ClockSkew CLOCKS = new ClockSkew(() -> 1_000_000, node -> node);

  private final Set<String> members = new TreeSet<>(Set.of("a", "b", "c"));
  private final AtomicLong millis = new AtomicLong();
  private final BusProbe probe =
      new BusProbe("a", () -> members, SILENT_MILLIS, millis::get, CLOCKS);

  @Test
  void a_node_that_hears_everyone_is_not_deaf() {
    hear(0, "a", "b", "c");
    millis.addAndGet(SILENT_MILLIS);
    assertThat(probe.silent()).isEmpty();
    assertThat(probe.isDeaf()).isFalse();
  }

  @Test
  void one_silent_node_of_several_is_named_and_is_not_this_ones_fault() {
    hear(0, "a", "b", "c");
    millis.addAndGet(SILENT_MILLIS + 1);
    hear(1, "a", "b");
    assertThat(probe.silent()).containsExactly("c");
    assertThat(probe.isDeaf()).isFalse();
  }

  @Test
  void a_node_that_hears_none_of_the_others_is_deaf_until_it_hears_one() {
    hear(0, "a", "b", "c");
    millis.addAndGet(SILENT_MILLIS + 1);
    hear(1, "a");
    assertThat(probe.isDeaf()).isTrue();
    hear(3, "b");
    assertThat(probe.isDeaf()).isFalse();
    assertThat(probe.missed()).isEqualTo(2);
  }

  @Test
  void a_node_that_does_not_hear_itself_is_deaf() {
    hear(0, "a", "b", "c");
    millis.addAndGet(SILENT_MILLIS + 1);
    hear(1, "b", "c");
    assertThat(probe.isDeaf()).isTrue();
  }

  @Test
  void a_node_that_has_just_joined_has_a_minute_to_be_heard() {
    hear(0, "a", "b", "c");
    members.add("d");
    assertThat(probe.silent()).isEmpty();
    millis.addAndGet(BusProbe.START_MILLIS);
    hear(1, "a", "b", "c");
    assertThat(probe.silent()).isEmpty();
    millis.addAndGet(1);
    assertThat(probe.silent()).containsExactly("d");
  }

  @Test
  void a_node_that_has_left_is_forgotten() {
    hear(0, "a", "b", "c");
    members.remove("b");
    members.remove("c");
    millis.addAndGet(SILENT_MILLIS + 1);
    hear(1, "a");
    assertThat(probe.silent()).isEmpty();
    assertThat(probe.isDeaf()).isFalse();
  }

  @Test
  void what_returns_is_counted() {
    hear(0, "a", "b", "c");
    hear(1, "a", "b");
    assertThat(probe.heardOfSelf()).isEqualTo(2);
    assertThat(probe.heardOfPeers()).isEqualTo(3);
    assertThat(probe.missed()).isZero();
  }

  @Test
  void a_node_hears_itself_on_its_own_bus_and_is_deaf_without_its_registration() {
    members.removeAll(Set.of("b", "c"));
    Vertx vertx = Vertx.vertx();
    try {
      probe.start(vertx).await();
      await().atMost(Duration.ofSeconds(20)).until(() -> probe.heardOfSelf() == 1);
      assertThat(probe.sent()).isEqualTo(1);
      probe.deafen().await();
      millis.addAndGet(SILENT_MILLIS + 1);
      assertThat(probe.isDeaf()).isTrue();
    } finally {
      vertx.close().await();
    }
  }

  private void hear(long number, String... nodes) {
    for (String node : nodes) {
      probe.received(node, number);
    }
  }
}
