package io.stentor.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.PooledByteBufAllocator;
import io.stentor.admission.Limit;
import io.stentor.admission.Limits;
import io.stentor.config.RoomOptions.SlowConsumer;
import io.stentor.config.TestConfig;
import io.stentor.json.JsonFields;
import io.stentor.message.Attributes;
import io.stentor.message.FilterQuery;
import io.stentor.message.Position;
import io.stentor.message.RandomFilters;
import io.stentor.message.RoomName;
import io.stentor.message.TagFilter;
import io.stentor.room.Counts.Count;
import io.stentor.room.Cursor.Start;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeTry;
import org.jspecify.annotations.Nullable;

/** Connections with filters, and publications that exclude a connection. */
class FilterTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final List<String> IDS = List.of("c0", "c1", "c2");

  private Scene scene;

  /** What was published, in order. */
  private final List<Attributes> published = new ArrayList<>();

  @AfterContainer
  static void stop() {
    VERTX.close();
  }

  @BeforeTry
  void begin() {
    published.clear();
    scene = new Scene(VERTX, 1, 1, Options.usual());
  }

  private void publish(Attributes attributes) {
    published.add(attributes);
    scene.publish(0, Integer.toString(published.size()), attributes);
  }

  private static Attributes tagged(String name, String value) {
    return Attributes.NONE.withTags(Map.of(name, value));
  }

  /** A connection, and what it has to get. */
  private final class Listener {
    final @Nullable JsonObject filter;
    final String id;
    final FakeConnection connection;
    final Cursor cursor;

    /** Offset after which it gets everything that matches. */
    final long start;

    Listener(@Nullable JsonObject filter, String id, @Nullable Position since) {
      this.filter = filter;
      this.id = id;
      TagFilter compiled =
          filter == null ? null : TagFilter.of(JsonFields.of(filter.toBuffer().getBytes()));
      connection = new FakeConnection(TestFormat.TELLING, compiled, id);
      start = since == null ? published.size() : since.offset();
      cursor = scene.join(0, connection, since == null ? new Start.Live() : new Start.Since(since));
      scene.turn();
    }

    private boolean gets(Attributes attributes) {
      return (filter == null || RandomFilters.matches(filter, attributes.tags()))
          && !id.equals(attributes.exclude());
    }

    private List<String> expected() {
      List<String> texts = new ArrayList<>();
      for (int i = (int) start; i < published.size(); i++) {
        if (gets(published.get(i))) {
          texts.add(scene.epoch() + ":" + (i + 1) + "=" + (i + 1));
        }
      }
      return texts;
    }

    /** The last position that it was told. Checks that it was told only true ones. */
    Position told() {
      List<String> texts = connection.texts();
      long at = -1;
      for (String text : texts) {
        String place =
            text.startsWith("!") ? text.split(" ")[1] : text.substring(0, text.indexOf('='));
        long offset = Long.parseLong(place.substring(place.indexOf(':') + 1));
        // A tail tells all its connections, also one that has just joined there.
        long least = text.startsWith("!") ? at : at + 1;
        assertThat(offset).as("%s in %s", text, texts).isGreaterThanOrEqualTo(least);
        at = offset;
      }
      return new Position(scene.epoch(), at);
    }

    void drain() {
      connection.fullAfter = -1;
      connection.writable = true;
      cursor.drained();
      scene.turn();
    }

    void check() {
      drain();
      scene.advance(200);
      assertThat(connection.closed).isNull();
      assertThat(connection.texts().stream().filter(text -> !text.startsWith("!")))
          .as("%s of %s from %s", filter, id, start)
          .isEqualTo(expected());
      assertThat(cursor.position()).isEqualTo(new Position(scene.epoch(), published.size()));
      told();
    }
  }

  @Property(tries = 500)
  void everybody_gets_exactly_what_matches_in_order_and_has_a_true_position(@ForAll long seed) {
    long memory = PooledByteBufAllocator.DEFAULT.pinnedDirectMemory();
    Random random = new Random(seed);
    scene = new Scene(VERTX, seed, 1, 2, Options.usual());
    publish(Attributes.NONE);
    scene.turn();
    List<JsonObject> filters = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      filters.add(RandomFilters.filter(random, 2));
    }
    List<Listener> listeners = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      listeners.add(listener(filters, random, null));
    }
    for (int i = 0; i < 60; i++) {
      step(filters, listeners, random);
    }
    listeners.forEach(Listener::check);
    listeners.forEach(one -> one.cursor.leave());
    scene.advance(20);
    assertThat(PooledByteBufAllocator.DEFAULT.pinnedDirectMemory()).isEqualTo(memory);
  }

  private Listener listener(List<JsonObject> filters, Random random, @Nullable Position since) {
    JsonObject filter = random.nextInt(4) == 0 ? null : filters.get(random.nextInt(3));
    return new Listener(filter, IDS.get(random.nextInt(3)), since);
  }

  private void step(List<JsonObject> filters, List<Listener> listeners, Random random) {
    for (int i = random.nextInt(4); i > 0; i--) {
      Attributes attributes = Attributes.NONE.withTags(RandomFilters.tags(random));
      publish(
          random.nextInt(3) == 0 ? attributes.withExclude(IDS.get(random.nextInt(3))) : attributes);
    }
    scene.turn();
    int index = random.nextInt(listeners.size());
    Listener one = listeners.get(index);
    switch (random.nextInt(5)) {
      case 0, 1 -> one.connection.fullAfter = 1 + random.nextInt(2);
      case 2 -> one.drain();
      case 3 -> scene.advance(random.nextInt(3000));
      default -> {
        // Resumes where it was told to be; the same filter makes a complete stream of both parts.
        Position told = one.told();
        one.cursor.leave();
        Listener next =
            random.nextBoolean()
                ? new Listener(one.filter, one.id, told)
                : listener(filters, random, random.nextBoolean() ? told : null);
        listeners.set(index, next);
      }
    }
  }

  @Property(tries = 300)
  void slow_consumers_that_skip_are_sent_only_what_matches(@ForAll long seed) {
    Random random = new Random(seed);
    boolean latest = random.nextBoolean();
    SlowConsumer rule = latest ? SlowConsumer.LATEST : SlowConsumer.SKIP;
    scene = new Scene(VERTX, seed, 1, Options.slow(rule, 100 + random.nextInt(200)));
    publish(Attributes.NONE);
    scene.turn();
    Listener slow = new Listener(RandomFilters.filter(random, 2), "c0", null);
    for (int i = 0; i < 40; i++) {
      for (int j = random.nextInt(3); j > 0; j--) {
        Attributes attributes = Attributes.NONE.withTags(RandomFilters.tags(random));
        publish(random.nextInt(3) == 0 ? attributes.withExclude("c0") : attributes);
      }
      scene.turn();
      if (random.nextInt(3) == 0) {
        slow.drain();
      } else {
        slow.connection.fullAfter = 1;
      }
    }
    slow.drain();
    List<String> got =
        slow.connection.texts().stream().filter(text -> !text.startsWith("!")).toList();
    List<String> expected = slow.expected();
    assertThat(expected).containsSubsequence(got);
    if (!expected.isEmpty()) {
      // Whatever was skipped, the newest that matches has come.
      assertThat(got).endsWith(expected.get(expected.size() - 1));
    }
    assertThat(slow.cursor.position()).isEqualTo(new Position(scene.epoch(), published.size()));
  }

  @Example
  void connections_with_equal_filters_share_the_bytes() {
    List<FakeConnection> all = new ArrayList<>();
    for (String filter : List.of("a==1,b==2", "b==2,a==1")) {
      FakeConnection one = new FakeConnection(TestFormat.SILENT, FilterQuery.parse(filter), "");
      scene.join(0, one, new Start.Live());
      all.add(one);
    }
    scene.turn();
    publish(tagged("a", "1"));
    publish(tagged("b", "1"));
    scene.turn();
    assertThat(all).allSatisfy(one -> assertThat(one.texts()).hasSize(1));
    assertThat(all.get(0).memory.get(0)).isSameAs(all.get(1).memory.get(0));
    assertThat(scene.count(Count.DELIVERED)).isEqualTo(2);
  }

  @Example
  void others_share_the_bytes_of_a_publication_that_excludes_one() {
    publish(Attributes.NONE);
    scene.turn();
    List<Listener> all = List.of(new Listener(null, "c0", null), new Listener(null, "c1", null));
    Listener excluded = new Listener(null, "c2", null);
    publish(Attributes.NONE.withExclude("c2"));
    scene.turn();
    assertThat(all.get(0).connection.memory.get(1)).isSameAs(all.get(1).connection.memory.get(1));
    assertThat(excluded.connection.texts()).containsExactly("!JOINED " + scene.epoch() + ":1");
    assertThat(excluded.cursor.position()).isEqualTo(new Position(scene.epoch(), 2));
  }

  @Example
  void a_connection_is_not_written_to_when_nothing_matches_but_is_told_its_position_later() {
    publish(Attributes.NONE);
    scene.turn();
    Listener listener = new Listener(new JsonObject().put("key", "a").put("cmp", "ex"), "", null);
    int writes = listener.connection.writes;
    publish(Attributes.NONE);
    scene.turn();
    publish(Attributes.NONE);
    scene.turn();
    assertThat(listener.connection.writes).isEqualTo(writes);
    scene.advance((Feed.POSITION_SECONDS + 1) * 1000L);
    assertThat(listener.connection.texts()).endsWith("!PASSED " + scene.epoch() + ":3");
    int told = listener.connection.writes;
    scene.advance(3 * Feed.POSITION_SECONDS * 1000L);
    assertThat(listener.connection.writes).as("told once").isEqualTo(told);
    publish(tagged("a", "1"));
    scene.turn();
    assertThat(listener.connection.texts()).endsWith(scene.epoch() + ":4=4");
  }

  @Example
  void a_catch_up_that_reads_nothing_that_matches_continues_behind_it() {
    for (int i = 0; i < 5; i++) {
      publish(Attributes.NONE);
    }
    scene.turn();
    JsonObject filter = new JsonObject().put("key", "a").put("cmp", "ex");
    Listener listener = new Listener(filter, "", new Position(scene.epoch(), 1));
    publish(tagged("a", "1"));
    listener.check();
  }

  @Example
  void a_room_has_as_many_different_filters_as_it_may() throws JoinLimitReached {
    Limits limits = new Limits(TestConfig.limits(new JsonObject().put("filtersPerRoom", 2)));
    FiltersInUse filters = new FiltersInUse(limits);
    RoomName room = new RoomName("room");
    TagFilter one = FilterQuery.parse("a==1");
    TagFilter two = FilterQuery.parse("a==2");
    TagFilter three = FilterQuery.parse("a==3");
    filters.hold(room, one);
    filters.hold(room, one);
    filters.hold(room, two);
    filters.hold(new RoomName("other"), three);
    assertThatThrownBy(() -> filters.hold(room, three))
        .hasMessage("this room has 2 different filters on this node, and takes no more");
    assertThat(limits.hits().count(Limit.FILTERS_PER_ROOM)).isEqualTo(1);
    filters.requirePlace(room, one);
    filters.release(room, one);
    assertThatThrownBy(() -> filters.hold(room, three)).isInstanceOf(JoinLimitReached.class);
    filters.release(room, one);
    filters.hold(room, three);
    assertThat(filters.count(room)).isEqualTo(2);
    filters.release(room, two);
    filters.release(room, three);
    assertThat(filters.count(room)).isZero();
  }

  @Example
  void a_cursor_that_catches_up_with_hidden_messages_alone_is_told_its_position() {
    publish(Attributes.NONE);
    scene.turn();
    long epoch = scene.epoch();
    publish(tagged("a", "other"));
    publish(tagged("a", "other"));
    scene.turn();
    TagFilter filter = FilterQuery.parse("a==b");
    FakeConnection connection = new FakeConnection(TestFormat.TELLING, filter, "c");
    scene.join(0, connection, new Start.Since(new Position(epoch, 1)));
    scene.turn();
    assertThat(connection.texts())
        .containsExactly("!RECOVERED " + epoch + ":1", "!PASSED " + epoch + ":3");
  }
}
