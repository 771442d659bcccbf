package io.stentor.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.RoomOptions;
import io.stentor.config.RoomOptions.SlowConsumer;
import io.stentor.message.Attributes;
import io.stentor.message.Position;
import io.stentor.room.Counts.Count;
import io.stentor.room.Cursor.Start;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Who is sent which message as a delta. */
class DeltaTest extends TailSetting {
  private static final Pattern MESSAGE = Pattern.compile("\\d+:(\\d+)(?:=|~([^>]*)>)(.*)");

  @Override
  FakeConnection join() {
    return join(TestFormat.DELTAS);
  }

  private FakeConnection join(Start start) {
    FakeConnection connection = new FakeConnection(TestFormat.DELTAS);
    cursors.put(connection, scene.join(0, connection, start));
    scene.turn();
    return connection;
  }

  private FakeConnection named(String id) {
    FakeConnection connection = new FakeConnection(TestFormat.DELTAS, null, id);
    cursors.put(connection, scene.join(0, connection, new Start.Live()));
    scene.turn();
    return connection;
  }

  private Position at(long offset) {
    return new Position(scene.epoch(), offset);
  }

  /** The messages without epochs, offsets and notices. */
  private static List<String> bodies(FakeConnection connection) {
    return connection.texts().stream()
        .filter(text -> !text.startsWith("!"))
        .map(text -> text.replaceFirst("^\\d+:\\d+", ""))
        .toList();
  }

  @Example
  void the_first_is_complete_and_each_that_gains_is_a_delta() {
    FakeConnection one = join();
    publishEach(4);
    publish(3);
    assertThat(bodies(one)).containsExactly("=1", "~1>2", "~2>3", "~3>4", "=5", "~5>6", "~6>7");
  }

  @Example
  void who_joins_later_begins_with_a_complete_one_and_shares_the_rest() {
    FakeConnection early = join();
    publishEach(2);
    FakeConnection late = join();
    publish(2);
    assertThat(bodies(early)).containsExactly("=1", "~1>2", "~2>3", "~3>4");
    assertThat(bodies(late)).containsExactly("=3", "~3>4");
    publish(1);
    assertThat(late.memory.get(late.memory.size() - 1))
        .isSameAs(early.memory.get(early.memory.size() - 1));
    assertThat(scene.count(Count.DELIVERED)).isEqualTo(8);
  }

  @Example
  void other_formats_get_no_deltas() {
    FakeConnection deltas = join();
    FakeConnection other = join(TestFormat.SILENT);
    publishEach(3);
    assertThat(other.texts()).isEqualTo(range(1, 3));
    assertThat(bodies(deltas)).containsExactly("=1", "~1>2", "~2>3");
  }

  @Example
  void what_several_batches_of_a_turn_hold_is_one_write() {
    scene = scene(Options.coalescing(5));
    FakeConnection gathering = join();
    publish(1);
    publish(1);
    FakeConnection late = join();
    publish(1);
    scene.advance(10);
    assertThat(bodies(gathering)).containsExactly("=1", "~1>2", "~2>3");
    assertThat(bodies(late)).containsExactly("=3");
    assertThat(gathering.flushes).isEqualTo(2);
  }

  @Example
  void a_slow_connection_gets_deltas_when_it_has_missed_nothing() {
    FakeConnection slow = join();
    FakeConnection quick = join();
    publishEach(1);
    full(slow);
    publishEach(3);
    drain(slow);
    publishEach(1);
    assertThat(bodies(slow)).isEqualTo(bodies(quick));
    assertThat(bodies(slow)).containsExactly("=1", "~1>2", "~2>3", "~3>4", "=5");
  }

  @Example
  void after_skipped_messages_the_next_is_complete() {
    scene = scene(Options.slow(SlowConsumer.SKIP, 200));
    FakeConnection slow = join();
    FakeConnection quick = join();
    publishEach(1);
    full(slow);
    publishEach(20);
    drain(slow);
    publishEach(1);
    List<String> got = bodies(slow);
    assertThat(got.get(1)).startsWith("=").isNotEqualTo("=2");
    assertThat(got.subList(2, got.size())).isNotEmpty().allMatch(text -> text.startsWith("~"));
    assertThat(bodies(quick)).hasSize(22);
  }

  @Example
  void after_a_jump_to_the_newest_message_that_one_is_complete() {
    scene = scene(Options.slow(SlowConsumer.LATEST, 1000));
    FakeConnection slow = join();
    publishEach(1);
    full(slow);
    publishEach(3);
    drain(slow);
    publishEach(2);
    assertThat(bodies(slow)).containsExactly("=1", "=4", "=5", "~5>6");
  }

  @Example
  void after_a_message_that_excludes_it_a_connection_gets_a_complete_one() {
    FakeConnection excluded = named("a");
    FakeConnection other = named("b");
    scene.publish(0, "x");
    scene.turn();
    scene.publish(0, "y", Attributes.NONE.withExclude("a"));
    scene.turn();
    scene.publish(0, "z");
    scene.turn();
    assertThat(bodies(excluded)).containsExactly("=x", "=z");
    assertThat(bodies(other)).containsExactly("=x", "~x>y", "~y>z");
    for (String text : List.of("1", "2", "3", "4")) {
      Attributes all = Attributes.NONE;
      scene.publish(0, text, text.equals("2") ? all.withExclude("a") : all);
    }
    scene.turn();
    assertThat(bodies(excluded)).containsExactly("=x", "=z", "~z>1", "=3", "~3>4");
    assertThat(scene.count(Count.DELIVERED)).isEqualTo(5 + 7);
  }

  @Example
  void what_is_recovered_begins_with_a_complete_one_and_goes_on_with_deltas() {
    FakeConnection other = join();
    publishEach(4);
    FakeConnection back = join(new Start.Since(at(1)));
    publishEach(2);
    assertThat(bodies(back)).containsExactly("=2", "~2>3", "~3>4", "=5", "~5>6");
    assertThat(bodies(other)).endsWith("=5", "~5>6");
  }

  @Example
  void who_has_the_message_at_its_position_gets_the_next_as_a_delta() {
    FakeConnection plain = join(TestFormat.SILENT);
    publishEach(3);
    FakeConnection without = join(new Start.Since(at(3)));
    FakeConnection with = join(new Start.Since(at(3), true));
    publishEach(1);
    assertThat(bodies(without)).containsExactly("=4");
    assertThat(bodies(with)).containsExactly("~3>4");
    assertThat(plain.texts()).isEqualTo(range(1, 4));
  }

  @Example
  void after_lost_messages_the_next_is_complete() {
    FakeConnection one = join();
    publishEach(3);
    scene.history.fork(Scene.ROOM, 2);
    scene.advance(30_000);
    assertThat(one.texts()).anyMatch(text -> text.startsWith("!LOST"));
    publishEach(2);
    assertThat(bodies(one)).containsExactly("=1", "~1>2", "~2>3", "=4", "=5");
    publishEach(1);
    assertThat(bodies(one)).endsWith("~5>6");
  }

  @Example
  void a_log_that_forks_at_the_position_goes_on_with_deltas() {
    FakeConnection one = join();
    publishEach(2);
    scene.history.fork(Scene.ROOM, 2);
    publishEach(2);
    scene.advance(30_000);
    assertThat(bodies(one)).containsExactly("=1", "~1>2", "~2>3", "~3>4");
  }

  @Property(tries = 300)
  void a_delta_always_follows_the_message_that_it_is_based_on(@ForAll long seed) {
    Random random = new Random(seed);
    SlowConsumer slow = SlowConsumer.values()[1 + random.nextInt(2)];
    RoomOptions options = Options.slow(slow, 100 + random.nextInt(2000));
    scene = scene(options);
    List<FakeConnection> all = new ArrayList<>(List.of(named("a"), named("b"), join()));
    publish(1);
    for (int i = 0; i < 60; i++) {
      FakeConnection any = all.get(random.nextInt(all.size()));
      switch (random.nextInt(7)) {
        case 0 -> any.writable = false;
        case 1 -> drain(any);
        case 2 -> all.add(join(new Start.Since(at(1 + random.nextInt(20)))));
        case 3 -> {
          scene.publish(0, "e" + i, Attributes.NONE.withExclude(random.nextBoolean() ? "a" : "b"));
        }
        case 4 -> scene.turn();
        default -> publish(1 + random.nextInt(4));
      }
    }
    all.forEach(this::drain);
    publish(1);
    all.forEach(DeltaTest::isConsistent);
  }

  private static void isConsistent(FakeConnection connection) {
    long offset = -1;
    String last = "";
    for (String text : connection.texts()) {
      Matcher message = MESSAGE.matcher(text);
      if (message.matches()) {
        long next = Long.parseLong(message.group(1));
        if (message.group(2) != null) {
          assertThat(message.group(2)).as(text).isEqualTo(last);
          assertThat(next).isEqualTo(offset + 1);
        }
        offset = next;
        last = message.group(3);
      }
    }
    assertThat(offset).isPositive();
  }
}
