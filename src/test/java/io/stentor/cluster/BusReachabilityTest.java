package io.stentor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.Warnings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BusReachabilityTest {
  private final Map<String, String> members =
      new TreeMap<>(Map.of("a", "10.0.0.1:5701", "b", "10.0.0.2:5701", "c", "10.0.0.3:5701"));
  private final List<Boolean> told = new ArrayList<>();
  private final BusReachability bus = new BusReachability("a", () -> members, told::add);

  /** An interval in which these nodes are heard, and hear this one. */
  private void interval(String... heard) {
    for (String node : heard) {
      bus.received(node, true);
    }
    bus.tick();
  }

  @Test
  void a_bus_on_which_all_nodes_hear_each_other_is_whole() {
    for (int i = 0; i < 100; i++) {
      interval("a", "b", "c");
    }
    assertThat(bus.unreachable()).isZero();
    assertThat(told).isEmpty();
  }

  @Test
  void a_node_that_falls_silent_is_unreachable_after_four_intervals() {
    interval("b", "c");
    interval("b");
    interval("b");
    assertThat(told).isEmpty();
    interval("b");
    assertThat(bus.unreachable()).isEqualTo(1);
    interval("b");
    assertThat(told).containsExactly(false);
    interval("b", "c");
    assertThat(bus.unreachable()).isZero();
    assertThat(told).containsExactly(false, true);
  }

  @Test
  void a_node_that_is_heard_and_does_not_hear_this_one_is_unreachable_at_once() {
    interval("b", "c");
    bus.received("c", false);
    interval("b");
    assertThat(bus.unreachable()).isEqualTo(1);
  }

  @Test
  void a_heartbeat_names_the_nodes_that_were_heard_in_the_last_second() {
    bus.received("b", true);
    bus.received("c", true);
    assertThat(bus.tick()).containsExactly("b", "c");
    bus.received("b", true);
    assertThat(bus.tick()).containsExactly("b", "c");
    bus.received("b", true);
    assertThat(bus.tick()).containsExactly("b");
  }

  @Test
  void the_end_is_told_when_the_last_node_is_reached_again() {
    interval("b", "c");
    for (int i = 0; i < BusReachability.SILENT_INTERVALS; i++) {
      interval();
    }
    assertThat(bus.unreachable()).isEqualTo(2);
    interval("b");
    assertThat(told).containsExactly(false);
    interval("b", "c");
    assertThat(told).containsExactly(false, true);
  }

  @Test
  void a_node_that_starts_has_twenty_seconds_to_be_heard() {
    for (int i = 1; i < BusReachability.START_INTERVALS; i++) {
      interval("b");
    }
    assertThat(told).isEmpty();
    interval("b");
    assertThat(told).containsExactly(false);
  }

  @Test
  void a_node_that_is_heard_and_has_never_heard_this_one_is_unreachable_after_twenty_seconds() {
    for (int i = 1; i < BusReachability.START_INTERVALS; i++) {
      bus.received("c", false);
      interval("b");
    }
    assertThat(told).isEmpty();
    bus.received("c", false);
    interval("b");
    assertThat(bus.unreachable()).isEqualTo(1);
    interval("b", "c");
    assertThat(told).containsExactly(false, true);
  }

  @Test
  void a_node_that_has_left_is_not_unreachable() {
    interval("b", "c");
    for (int i = 0; i < 5; i++) {
      interval("b");
    }
    members.remove("c");
    interval("b");
    assertThat(bus.unreachable()).isZero();
    assertThat(told).containsExactly(false, true);
  }

  @Test
  void one_warning_says_when_it_begins() {
    try (Warnings warnings = new Warnings()) {
      interval("b", "c");
      for (int i = 0; i < 10; i++) {
        interval("b");
      }
      assertThat(warnings.lines())
          .singleElement()
          .asString()
          .startsWith("node 10.0.0.3:5701 cannot be reached on the event bus");
    }
  }
}
