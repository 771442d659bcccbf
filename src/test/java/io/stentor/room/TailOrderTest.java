package io.stentor.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.room.Cursor.Start;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In which order the connections of one loop are written to. */
class TailOrderTest {
  private static final Vertx VERTX = Vertx.vertx();

  private final List<FakeConnection> connections = new ArrayList<>();
  private final List<Cursor> cursors = new ArrayList<>();
  private final List<Integer> served = new ArrayList<>();
  private Scene scene;

  @AfterAll
  static void stop() {
    VERTX.close();
  }

  @BeforeEach
  void four_are_in_the_room() {
    scene = new Scene(VERTX, 1, 1, Options.usual());
    for (int i = 0; i < 4; i++) {
      int number = i;
      FakeConnection connection = new FakeConnection(TestFormat.SILENT);
      connection.whenWritten = () -> served.add(number);
      connections.add(connection);
      cursors.add(scene.join(0, connection, new Start.Live()));
    }
    scene.turn();
  }

  @Test
  void who_came_first_is_served_first() {
    publish();
    assertThat(served).containsExactly(0, 1, 2, 3);
  }

  @Test
  void one_that_leaves_while_it_is_written_to_takes_nothing_from_the_others() {
    connections.get(1).whenWritten = () -> cursors.get(1).leave();
    publish();
    publish();
    for (int i : List.of(0, 2, 3)) {
      assertThat(connections.get(i).texts()).as("of connection %d", i).hasSize(2);
    }
    assertThat(connections.get(1).texts()).hasSize(1);
  }

  private void publish() {
    scene.publish(0);
    scene.turn();
  }
}
