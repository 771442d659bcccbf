package io.stentor.room;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.RoomOptions;
import io.stentor.config.RoomOptions.History;
import io.stentor.history.Batch;
import io.stentor.message.Attributes;
import io.stentor.message.Member;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Counts.Count;
import io.stentor.room.Counts.Timings;
import io.stentor.room.Cursor.Start;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What happens to a publication before it is in the log. */
class PublisherTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final RoomName ROOM = new RoomName("room");

  private final ManualLoop loop = new ManualLoop(VERTX);
  private final HeldHistory history = new HeldHistory();
  private final FaultyBus bus = new FaultyBus(VERTX, loop.loop(), new Random(1));
  private final Answers answers = new Answers();

  @AfterAll
  static void stop() {
    VERTX.close();
  }

  private Rooms rooms(RoomOptions options) {
    return new Rooms(
        List.of(loop.loop()),
        Options.everywhere(options),
        history,
        bus,
        () -> 1_000_000,
        Timings.NONE);
  }

  private boolean publish(Rooms rooms, Publication publication) {
    return rooms.publisher().publish(ROOM, publication, answers.of(publication.text()));
  }

  private boolean publish(Rooms rooms, String text) {
    return publish(rooms, Publication.text(text, 1_000_000));
  }

  private static List<String> texts(Batch batch) {
    return batch.publications().stream().map(Publication::text).toList();
  }

  @Test
  void what_comes_while_an_append_is_on_its_way_is_the_next_batch() {
    Rooms rooms = rooms(Options.usual());
    publish(rooms, "a");
    loop.turn();
    publish(rooms, "b");
    loop.turn();
    publish(rooms, "c");
    publish(rooms, "d");
    loop.turn();
    assertThat(history.asked).hasSize(1);
    assertThat(answers.all()).isEmpty();
    history.succeed();
    loop.turn();
    assertThat(answers.all()).containsExactly("a@1");
    assertThat(history.asked).hasSize(2);
    assertThat(texts(history.asked.get(1))).containsExactly("b", "c", "d");
    history.succeed();
    loop.turn();
    assertThat(answers.all()).containsExactly("a@1", "b@2", "c@3", "d@4");
    assertThat(bus.published).isEqualTo(2);
    assertThat(rooms.counts().get(Count.PUBLISHED)).isEqualTo(4);
  }

  @Test
  void what_comes_in_one_turn_is_one_batch_with_a_number_for_each_publication() {
    Rooms rooms = rooms(Options.usual());
    publish(rooms, "a");
    publish(rooms, "b");
    loop.turn();
    publish(rooms, "c");
    history.succeed();
    loop.turn();
    assertThat(texts(history.asked.get(0))).containsExactly("a", "b");
    Batch second = history.asked.get(1);
    assertThat(second.number()).isEqualTo(history.asked.get(0).number() + 2);
    assertThat(second.appender()).isEqualTo(history.asked.get(0).appender());
  }

  @Test
  void a_batch_has_a_limit_in_messages_and_bytes() {
    RoomOptions wide = Options.queue(10_000_000);
    Rooms rooms = rooms(wide);
    for (int i = 0; i < 2000; i++) {
      publish(rooms, "x");
    }
    loop.turn();
    assertThat(history.asked.get(0).publications()).hasSize(1024);
    history.succeed();
    loop.turn();
    assertThat(history.asked.get(1).publications()).hasSize(2000 - 1024);
    for (int i = 0; i < 1000; i++) {
      publish(rooms, "x".repeat(1000));
    }
    history.succeed();
    loop.turn();
    int bytes = history.asked.get(2).publications().stream().mapToInt(Publication::bytes).sum();
    assertThat(bytes).isBetween(256 * 1024, 256 * 1024 + 1000);
  }

  @Test
  void a_batch_that_failed_is_tried_again_under_its_number_and_before_what_came_later() {
    Rooms rooms = rooms(Options.usual());
    publish(rooms, "a");
    loop.turn();
    history.fail();
    publish(rooms, "b");
    loop.advance(19);
    assertThat(history.asked).hasSize(1);
    loop.advance(2);
    assertThat(history.asked).hasSize(2);
    assertThat(history.asked.get(1)).isEqualTo(history.asked.get(0));
    history.failAfterAppending();
    loop.advance(1000);
    assertThat(history.asked.get(2)).isEqualTo(history.asked.get(0));
    history.succeed();
    loop.turn();
    history.succeed();
    loop.turn();
    assertThat(answers.all()).containsExactly("a@1", "b@2");
    assertThat(history.log(ROOM)).containsExactly("a", "b");
  }

  @Test
  void after_half_a_minute_of_failures_the_publisher_is_refused_and_the_next_batch_has_its_turn() {
    Rooms rooms = rooms(Options.usual());
    publish(rooms, "a");
    loop.turn();
    publish(rooms, "b");
    int tries = 0;
    while (answers.all().isEmpty() && tries++ < 200) {
      history.fail();
      loop.advance(1000);
    }
    assertThat(answers.all()).containsExactly("a refused: not now");
    assertThat(tries).isBetween(30, 45);
    assertThat(rooms.counts().get(Count.REFUSED)).isEqualTo(1);
    assertThat(texts(history.held.element().batch())).containsExactly("b");
    history.succeed();
    loop.turn();
    assertThat(answers.all()).containsExactly("a refused: not now", "b@1");
  }

  @Test
  void publishers_are_told_to_wait_while_too_much_waits_and_not_after() {
    Rooms rooms = rooms(Options.queue(1000));
    int fits = 0;
    while (publish(rooms, "x") && fits < 1000) {
      fits++;
    }
    assertThat(fits).isEqualTo(1000 / (1 + Publisher.OVERHEAD_BYTES));
    assertThat(publish(rooms, "taken all the same")).isFalse();
    loop.turn();
    history.succeed();
    loop.turn();
    assertThat(answers.all()).hasSize(fits + 2).endsWith("taken all the same@" + (fits + 2));
    assertThat(publish(rooms, "again")).isTrue();
  }

  @Test
  void
      a_key_that_is_known_is_answered_with_its_place_or_refused_for_another_text_and_not_sent_again() {
    Rooms rooms = rooms(Options.usual());
    FakeConnection connection = new FakeConnection(TestFormat.SILENT);
    loop.inside(() -> connection.enter(rooms, ROOM, new Start.Live(), loop));
    loop.turn();
    for (String text : List.of("a", "a", "other")) {
      byte[] data = text.getBytes(UTF_8);
      publish(
          rooms,
          Publication.stored(Publication.Kind.TEXT, data, 1_000_000, "key", null, Attributes.NONE));
      publish(rooms, text + "2");
      loop.turn();
      history.succeed();
      loop.turn();
    }
    String first = connection.texts().get(0);
    String epoch = Position.epochText(Long.parseLong(first.substring(0, first.indexOf(':'))));
    assertThat(answers.all())
        .containsExactly(
            "a@1",
            "a2@2",
            "a@1",
            "a2@3",
            "other refused: the key was used for another message, which is at " + epoch + ":1",
            "other2@4");
    assertThat(connection.texts().stream().map(one -> one.substring(one.indexOf(':'))))
        .containsExactly(":1=a", ":2=a2", ":3=a2", ":4=other2");
  }

  @Test
  void a_room_without_a_log_sends_without_asking_it() {
    Rooms rooms = rooms(Options.with(new History(0, 10_000, 300)));
    FakeConnection connection = new FakeConnection(TestFormat.SILENT);
    loop.inside(() -> connection.enter(rooms, ROOM, new Start.Live(), loop));
    IntStream.range(0, 5).forEach(i -> publish(rooms, "x" + i));
    loop.turn();
    assertThat(history.asked).isEmpty();
    assertThat(answers.all()).containsExactly("x0@0", "x1@0", "x2@0", "x3@0", "x4@0");
    assertThat(connection.texts()).hasSize(5).startsWith("0:0=x0");
  }

  @Test
  void a_room_that_shouts_appends_what_it_shouts() {
    Rooms rooms = rooms(Options.shouting(1000, Options.usual().history()));
    publish(rooms, "hi, straße");
    loop.turn();
    assertThat(texts(history.asked.get(0))).containsExactly("HI, STRASSE!!!");
  }

  @Test
  void what_a_room_makes_too_large_is_refused_and_counts_for_nothing() {
    Rooms rooms = rooms(Options.shouting(10, Options.usual().history()));
    publish(rooms, "12345678");
    publish(rooms, "1234567");
    publish(rooms, "ΐΐ");
    loop.turn();
    assertThat(texts(history.asked.get(0))).containsExactly("1234567!!!");
    history.succeed();
    loop.turn();
    assertThat(answers.all())
        .containsExactly(
            "12345678 refused: a message has at most 10 bytes, this one would have 11",
            "ΐΐ refused: a message has at most 10 bytes, this one would have 15",
            "1234567@1");
    assertThat(rooms.counts().get(Count.REFUSED)).isEqualTo(2);
    assertThat(rooms.publisher().queuedBytes()).isZero();
    assertThat(rooms.publisher().queues()).isZero();
  }

  @Test
  void what_the_log_cannot_hold_is_refused_and_not_sent() {
    Rooms rooms = rooms(Options.shouting(10, new History(10, 10, 300)));
    FakeConnection connection = new FakeConnection(TestFormat.SILENT);
    loop.inside(() -> connection.enter(rooms, ROOM, new Start.Live(), loop));
    loop.turn();
    Member ann = Member.of("", "Ann");
    publish(rooms, Publication.text("1234567".getBytes(UTF_8), 1_000_000, null, ann));
    publish(rooms, "1234567");
    loop.turn();
    history.succeed();
    loop.turn();
    assertThat(answers.all())
        .containsExactly(
            "1234567 refused: the log holds 10 bytes, this message and its publisher's name and"
                + " info have 13",
            "1234567@1");
    assertThat(connection.texts()).hasSize(1);
    assertThat(rooms.publisher().queuedBytes()).isZero();
  }

  @Test
  void an_appender_with_nothing_to_do_is_forgotten() {
    Rooms rooms = rooms(Options.usual());
    assertThat(rooms.publisher().queues()).isZero();
    publish(rooms, "a");
    loop.turn();
    publish(rooms, "b");
    assertThat(rooms.publisher().queues()).isEqualTo(1);
    history.succeed();
    loop.turn();
    assertThat(rooms.publisher().queues()).isEqualTo(1);
    history.succeed();
    loop.turn();
    assertThat(rooms.publisher().queues()).isZero();
    publish(rooms, "c");
    loop.turn();
    history.succeed();
    loop.turn();
    assertThat(answers.all()).endsWith("c@3");
  }
}
