package io.stentor.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.config.BuiltInRooms;
import io.stentor.config.ConfigLoader;
import io.stentor.config.RoomRules;
import io.stentor.history.LocalHistory;
import io.stentor.history.Page;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.room.Rooms;
import io.stentor.room.Rooms.Load;
import io.stentor.support.ConcurrentTest;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;

class FiguresFeedTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final RoomName OWN = new RoomName(BuiltInRooms.CONSOLE);

  private final Vertx vertx = Vertx.vertx();
  private final Rooms rooms =
      new Rooms(
          vertx,
          new RoomRules(
              new ConfigLoader(Path.of("/"), Map.of()).load(List.of(), List.of()).config()),
          new LocalHistory(System::currentTimeMillis));
  private final AtomicBoolean enabled = new AtomicBoolean(true);
  private final AtomicInteger looks = new AtomicInteger();
  private final FiguresFeed feed = new FiguresFeed(vertx, rooms, enabled::get, this::figures);

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  private JsonObject figures(String state, Load load) {
    looks.incrementAndGet();
    return new JsonObject().put("state", state).put("rooms", load.rooms());
  }

  private List<String> states() {
    Page page = rooms.read(OWN, Position.NONE, 100, 100_000).await();
    return page.publications().stream()
        .map(one -> new JsonObject(one.text()).getString("state"))
        .toList();
  }

  @ConcurrentTest
  void figures_are_published_again_and_again_in_the_room_of_the_nodes() {
    feed.start();
    await().atMost(SOON).until(() -> states().size() >= 3);
    assertThat(states()).containsOnly("");
  }

  @ConcurrentTest
  void nobody_looks_and_nothing_is_published_while_nobody_may_read_it() {
    enabled.set(false);
    feed.start();
    feed.state("draining");
    AtomicInteger seconds = new AtomicInteger();
    vertx.setPeriodic(FiguresFeed.INTERVAL_MILLIS, timer -> seconds.incrementAndGet());
    await().atMost(SOON).until(() -> seconds.get() >= 2);
    feed.end().await();
    assertThat(looks).hasValue(0);
    assertThat(rooms.history().names("", null, 10).await()).isEmpty();
    enabled.set(true);
    feed.state("draining");
    assertThat(looks).as("after the end").hasValue(0);
  }

  @ConcurrentTest
  void a_state_that_changes_is_told_at_once_and_the_last_one_after_all_others() {
    feed.state("draining");
    feed.end().await();
    assertThat(states()).containsExactly("draining", "stopped");
  }

  @ConcurrentTest
  void while_one_look_takes_long_there_is_no_second_one() {
    CountDownLatch slow = new CountDownLatch(1);
    AtomicInteger begun = new AtomicInteger();
    FiguresFeed late =
        new FiguresFeed(
            vertx,
            rooms,
            enabled::get,
            (state, load) -> {
              begun.incrementAndGet();
              awaitUninterruptibly(slow);
              return new JsonObject();
            });
    late.start();
    AtomicInteger seconds = new AtomicInteger();
    vertx.setPeriodic(FiguresFeed.INTERVAL_MILLIS, timer -> seconds.incrementAndGet());
    await().atMost(SOON).until(() -> seconds.get() >= 3);
    assertThat(begun).hasValue(1);
    long before = System.nanoTime();
    late.end().await();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
    slow.countDown();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
