package io.stentor.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.history.History.NotReplicatedException;
import io.stentor.history.Page;
import io.stentor.message.Position;
import io.stentor.room.Cursor.Start;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.lifecycle.AfterContainer;

/** Reads and removals before the nodes of a cluster have agreed on who is there. */
class UnreplicatedLogTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final int MOST = 100;

  private final Scene scene = new Scene(VERTX, 1, 1, Options.usual());
  private final Rooms rooms = scene.nodes.get(0);

  @AfterContainer
  static void stop() {
    VERTX.close();
  }

  /** Everything that does not follow a room. */
  private List<Future<?>> ask() {
    return List.of(
        rooms.read(Scene.ROOM, Position.NONE, MOST, MOST),
        rooms.readMissed(Scene.ROOM, Position.NONE, MOST, MOST),
        rooms.readNewest(Scene.ROOM, null),
        rooms.end(Scene.ROOM),
        rooms.removeAll(Scene.ROOM));
  }

  @Example
  void operations_are_retried_until_the_nodes_agree() {
    scene.publishMany(3);
    scene.history.unreplicated = true;
    List<Future<?>> asked = ask();
    scene.advance(3000);
    assertThat(asked).noneMatch(Future::isComplete);
    scene.history.unreplicated = false;
    scene.advance(200);
    assertThat(asked).allMatch(Future::succeeded);
    Future<Page> read = rooms.read(Scene.ROOM, Position.NONE, MOST, MOST);
    scene.turn();
    Page left = read.result();
    assertThat(left.publications()).isEmpty();
    assertThat(left.top()).isEqualTo(3);
  }

  @Example
  void a_room_in_use_makes_one_attempt_at_a_time_however_often_nodes_come_and_go() {
    scene.publishMany(3);
    scene.join(0, new FakeConnection(TestFormat.SILENT), new Start.Live());
    scene.advance(100);
    scene.history.failPercent = 100;
    for (int i = 0; i < 20; i++) {
      rooms.nodesChanged();
      scene.advance(10);
    }
    scene.advance(10_000);
    scene.history.reads = 0;
    scene.advance(1000);
    assertThat(scene.history.reads).isBetween(1, 6);
  }

  @Example
  void operations_fail_if_the_nodes_do_not_agree_in_time() {
    scene.history.unreplicated = true;
    List<Future<?>> asked = ask();
    scene.advance(5000);
    assertThat(asked).allMatch(one -> one.cause() instanceof NotReplicatedException);
  }
}
