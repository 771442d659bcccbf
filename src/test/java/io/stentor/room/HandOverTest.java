package io.stentor.room;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.stentor.config.RoomOptions;
import io.stentor.config.RoomOptions.History;
import io.stentor.config.RoomOptions.SlowConsumer;
import io.stentor.message.Position;
import io.stentor.room.Cursor.Start;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.slf4j.LoggerFactory;

/**
 * Cursors that come back while messages pour in, to tails that keep only a few and logs that keep
 * little more: each goes on without a gap or a repeat, or is told.
 */
class HandOverTest {
  private static final List<Throwable> FAILURES = new ArrayList<>();
  private static final Logger LOG =
      (Logger) LoggerFactory.getLogger(HandOverTest.class.getPackageName());
  private static final Vertx VERTX = Vertx.vertx();
  private static final int NODES = 2;

  @BeforeContainer
  static void start() {
    LOG.setLevel(Level.ERROR); // Thousands of losses are on purpose.
    VERTX.exceptionHandler(FAILURES::add);
  }

  @AfterContainer
  static void stop() {
    LOG.setLevel(null);
    VERTX.close();
  }

  private static Scene scene(Random random, int logMessages, SlowConsumer slow) {
    History history = new History(logMessages, 10_000_000, 300);
    int tailBytes = 20 + random.nextInt(200);
    RoomOptions options = Options.slow(history, slow, tailBytes, 20);
    Scene scene = new Scene(VERTX, random.nextLong(), NODES, 1 + random.nextInt(3), options);
    scene.stallPercent = random.nextInt(3) * 40;
    scene.history.maxDelayMillis = random.nextInt(60);
    scene.bus.maxDelayMillis = random.nextInt(10);
    return scene;
  }

  private static Start start(Scene scene, Random random) {
    if (scene.acknowledged.isEmpty()) {
      return new Start.Live();
    }
    int top = scene.acknowledged.get(scene.epoch()).size();
    int back = random.nextInt(Math.min(top, 60) + 1);
    return random.nextInt(3) == 0
        ? new Start.Last(back)
        : new Start.Since(new Position(scene.epoch(), top - back));
  }

  /** Publishes on both nodes while cursors come, on loops and nodes at random. */
  private static List<FakeConnection> live(Scene scene, Random random, int rounds, int drops) {
    List<FakeConnection> connections = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      scene.bus.dropPercent = random.nextInt(100) < drops ? 100 : 0;
      for (int i = random.nextInt(12); i > 0; i--) {
        scene.publish(random.nextInt(NODES));
        if (random.nextBoolean()) {
          scene.turn();
        }
      }
      if (round > 3 && random.nextInt(3) == 0) {
        FakeConnection connection = new FakeConnection(TestFormat.TELLING);
        scene.join(random.nextInt(NODES), connection, start(scene, random));
        connections.add(connection);
      }
      scene.advance(random.nextInt(15));
      if (drops > 0 && random.nextInt(10) == 0) {
        scene.nodes.forEach(Rooms::nodesChanged);
      }
    }
    scene.bus.dropPercent = 0;
    scene.nodes.forEach(Rooms::nodesChanged);
    scene.advance(800);
    scene.publish(0);
    scene.advance(800);
    return connections;
  }

  /** Everything that follows the first word, in one piece or with every hole told. */
  private static int check(FakeConnection connection, Scene scene) {
    long epoch = scene.epoch();
    List<String> texts = connection.texts();
    assertThat(connection.closed).isNull();
    assertThat(texts.get(0)).startsWith("!");
    int losses = 0;
    long next = 0;
    for (String text : texts) {
      if (text.startsWith("!")) {
        losses += text.startsWith("!LOST") ? 1 : 0;
        assertThat(text.contains("!LOST") || next == 0).as("%s in %s", text, texts).isTrue();
        next = Long.parseLong(text.substring(text.indexOf(':') + 1)) + 1;
      } else {
        String expected = epoch + ":" + next + "=" + scene.acknowledged.get(epoch).get(next);
        assertThat(text).as("of %s", texts).isEqualTo(expected);
        next++;
      }
    }
    int top = scene.acknowledged.get(epoch).size();
    assertThat(next).as("after all of %s", texts).isEqualTo(top + 1);
    return losses;
  }

  @Property(tries = 1000)
  void a_cursor_meets_a_tail_that_has_let_go_of_what_it_needs(@ForAll long seed) {
    Random random = new Random(seed);
    Scene scene = scene(random, 10_000, SlowConsumer.DISCONNECT);
    for (FakeConnection connection : live(scene, random, 40, 0)) {
      assertThat(check(connection, scene)).isZero();
    }
    assertThat(FAILURES).isEmpty();
  }

  @Property(tries = 1000)
  void a_cursor_meets_a_tail_that_has_moved_on_without_what_it_needs(@ForAll long seed) {
    Random random = new Random(seed);
    Scene scene = scene(random, 5 + random.nextInt(40), SlowConsumer.DISCONNECT);
    for (FakeConnection connection : live(scene, random, 60, 60)) {
      check(connection, scene);
    }
    assertThat(FAILURES).isEmpty();
  }
}
