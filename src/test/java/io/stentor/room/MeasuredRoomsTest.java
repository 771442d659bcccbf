package io.stentor.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.RoomOptions.SlowConsumer;
import io.stentor.message.Position;
import io.stentor.metrics.MetricSources;
import io.stentor.metrics.Metrics;
import io.stentor.room.Cursor.Start;
import net.jqwik.api.Example;

/** Metrics of what seldom happens on a real node, where the bus and the log do as they are told. */
class MeasuredRoomsTest extends TailSetting {

  @Example
  void what_the_bus_lost_is_counted_as_repaired() {
    scene.bus.dropPercent = 100;
    join();
    publish(3);
    scene.advance(30_000);
    assertThat(metric("stentor_repaired_total")).isEqualTo(3);
    assertThat(metric("stentor_repeated_total")).isZero();
  }

  @Example
  void what_the_bus_brought_again_is_counted_as_repeated() {
    scene.bus.repeatPercent = 100;
    join();
    publishEach(4);
    assertThat(metric("stentor_repeated_total")).isEqualTo(4);
  }

  @Example
  void a_log_that_begins_anew_is_a_gap() {
    join(TestFormat.TELLING);
    publish(1);
    scene.history.lose();
    publish(1);
    scene.advance(30_000);
    assertThat(metric("stentor_gaps_total")).isEqualTo(1);
  }

  @Example
  void slow_consumers_are_counted_by_rule_and_what_waits_for_them_in_bytes() {
    slow(SlowConsumer.DISCONNECT, "disconnect");
    slow(SlowConsumer.SKIP, "skip");
    slow(SlowConsumer.LATEST, "latest");
  }

  private void slow(SlowConsumer rule, String label) {
    scene = scene(Options.slow(rule, 10 * PIECE_BYTES));
    FakeConnection slow = join();
    full(slow);
    publishEach(5);
    double waiting = metric("stentor_queued_bytes{queue=\"tail\"}");
    assertThat(waiting).isBetween(10.0, 10.0 * PIECE_BYTES);
    publishEach(30);
    assertThat(metric("stentor_slow_consumers_total{rule=\"" + label + "\"}")).isEqualTo(1);
    if (rule != SlowConsumer.DISCONNECT) {
      assertThat(metric("stentor_skipped_total")).isPositive();
    }
    cursors.get(slow).leave();
    cursors.clear();
    scene.advance(20);
    assertThat(metric("stentor_queued_bytes{queue=\"tail\"}")).isZero();
  }

  @Example
  void a_cursor_that_goes_on_where_it_was_is_a_recovery_and_one_that_cannot_is_counted_too() {
    join();
    publish(5);
    Position place = new Position(scene.epoch(), 2);
    join(new Start.Since(place));
    join(new Start.Last(3));
    assertThat(metric("stentor_recoveries_total{outcome=\"ok\"}")).isEqualTo(1);
    assertThat(metric("stentor_recoveries_total{outcome=\"impossible\"}")).isZero();
    join(new Start.Since(new Position(scene.epoch() + 1, 2)));
    assertThat(metric("stentor_recoveries_total{outcome=\"impossible\"}")).isEqualTo(1);
    assertThat(metric("stentor_recoveries_total{outcome=\"ok\"}")).isEqualTo(1);
  }

  private void join(Start start) {
    FakeConnection connection = new FakeConnection(TestFormat.TELLING);
    cursors.put(connection, scene.join(0, connection, start));
    scene.turn();
  }

  @Example
  void bytes_are_counted_once_when_published_and_once_for_each_delivery() {
    FakeConnection late = join();
    join();
    full(late);
    publish(9);
    double once = metric("stentor_delivered_bytes_total");
    assertThat(metric("stentor_published_bytes_total")).isEqualTo(9);
    assertThat(once).isGreaterThan(9);
    drain(late);
    assertThat(metric("stentor_delivered_bytes_total")).isEqualTo(2 * once);
    assertThat(metric("stentor_delivered_total")).isEqualTo(18);
  }

  private double metric(String name) {
    try (Metrics metrics = new Metrics(System::currentTimeMillis)) {
      new MetricSources(metrics).watch(scene.nodes.get(0));
      String line =
          metrics
              .scrape("text/plain; version=0.0.4")
              .lines()
              .filter(each -> each.startsWith(name + " "))
              .findFirst()
              .orElseThrow(() -> new AssertionError("no " + name));
      return Double.parseDouble(line.substring(name.length() + 1));
    }
  }
}
