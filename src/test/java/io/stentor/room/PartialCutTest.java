package io.stentor.room;

import static io.stentor.room.TestFormat.range;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.room.Cursor.Start;
import io.vertx.core.Vertx;
import net.jqwik.api.Example;
import net.jqwik.api.lifecycle.AfterContainer;

/** Two nodes whose event bus carries nothing, while both reach the log. */
class PartialCutTest {
  private static final Vertx VERTX = Vertx.vertx();

  /** Beyond the comparisons that follow each change. */
  private static final int QUIET_MILLIS = 10_500;

  /** Two periods of comparisons while the bus is not whole. */
  private static final int SOON_MILLIS = 750;

  private final Scene scene = new Scene(VERTX, 1, 2, Options.usual());
  private final FakeConnection listener = new FakeConnection(TestFormat.SILENT);

  PartialCutTest() {
    scene.join(1, listener, new Start.Live());
    scene.advance(3000);
    scene.bus.dropPercent = 100;
  }

  @AfterContainer
  static void stop() {
    VERTX.close();
  }

  @Example
  void a_node_that_knows_that_the_bus_is_cut_delivers_from_the_log_at_once() {
    scene.nodes.get(1).busWhole(false);
    scene.advance(QUIET_MILLIS);
    for (int i = 1; i <= 20; i++) {
      scene.publish(0);
      scene.advance(SOON_MILLIS);
      assertThat(listener.texts()).isEqualTo(range(scene.epoch(), 1, i));
    }
  }

  @Example
  void what_the_bus_lost_before_it_was_whole_again_is_delivered_then() {
    scene.publish(0);
    scene.turn();
    assertThat(listener.texts()).isEmpty();
    scene.nodes.get(1).busWhole(true);
    scene.turn();
    assertThat(listener.texts()).isEqualTo(range(scene.epoch(), 1, 1));
  }

  @Example
  void a_room_costs_no_reads_while_the_bus_is_whole() {
    scene.nodes.get(1).busWhole(false);
    scene.nodes.get(1).busWhole(true);
    scene.advance(QUIET_MILLIS);
    scene.history.reads = 0;
    scene.advance(5000);
    assertThat(scene.history.reads).isLessThanOrEqualTo(1); // The comparison of every 10 to 20 s.
  }
}
