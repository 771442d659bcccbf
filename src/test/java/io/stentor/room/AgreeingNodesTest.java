package io.stentor.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.history.History.NotReplicatedException;
import io.stentor.history.Page;
import io.stentor.message.Position;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.lifecycle.AfterContainer;

/** What is asked while the nodes of a cluster agree on who is there. */
class AgreeingNodesTest {
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
  void a_log_is_asked_again_until_they_agree() {
    scene.publishMany(3);
    scene.history.agreeing = true;
    List<Future<?>> asked = ask();
    scene.advance(3000);
    assertThat(asked).noneMatch(Future::isComplete);
    scene.history.agreeing = false;
    scene.advance(200);
    assertThat(asked).allMatch(Future::succeeded);
    Future<Page> read = rooms.read(Scene.ROOM, Position.NONE, MOST, MOST);
    scene.turn();
    Page left = read.result();
    assertThat(left.publications()).isEmpty();
    assertThat(left.top()).isEqualTo(3);
  }

  @Example
  void it_is_said_that_they_do_not_agree() {
    scene.history.agreeing = true;
    List<Future<?>> asked = ask();
    scene.advance(5000);
    assertThat(asked).allMatch(one -> one.cause() instanceof NotReplicatedException);
  }
}
