package io.stentor.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.RoomOptions.History;
import io.stentor.history.Batch;
import io.stentor.history.Forks;
import io.stentor.history.LocalHistory;
import io.stentor.history.Page;
import io.stentor.message.Attributes;
import io.stentor.message.FilterQuery;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.message.TagFilter;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** The newest publication that a filter matches, in logs with all kinds of contents. */
class NewestMatchTest {
  private static final RoomName ROOM = new RoomName("searched");
  private static final TagFilter RED = FilterQuery.parse("colour==red");

  private final LocalHistory logs = new LocalHistory(() -> 0);
  private final List<Position> reads = new ArrayList<>();
  private final History limits = new History(3000, 100_000_000, 300);
  private Runnable beforeEachRead = () -> {};
  private long batches = 1;

  private Future<Page> read(Position after, int maxMessages, int maxBytes) {
    reads.add(after);
    beforeEachRead.run();
    return logs.read(ROOM, after, maxMessages, maxBytes, limits);
  }

  private Page find(@Nullable TagFilter filter) {
    reads.clear();
    Position end = logs.read(ROOM, Position.NONE, 0, 0, limits).result().end();
    return NewestMatch.find(this::read, filter, end).result();
  }

  private void publish(int count, String colour) {
    List<Publication> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Attributes attributes = Attributes.NONE.withTags(Map.of("colour", colour));
      all.add(Publication.text("x".repeat(100), 0).with(attributes));
    }
    if (count > 0) {
      logs.append(ROOM, new Batch(1, batches, all), limits);
      batches += count;
    }
  }

  @Example
  void an_empty_log_has_none() {
    Page page = find(null);
    assertThat(page.publications()).isEmpty();
    assertThat(page.end().offset()).isZero();
    publish(5, "red");
    logs.removeAll(ROOM, limits);
    assertThat(find(RED).publications()).isEmpty();
    assertThat(find(null).end().offset()).isEqualTo(5);
  }

  @Example
  void without_a_filter_one_read_finds_the_newest() {
    publish(500, "red");
    Page page = find(null);
    assertThat(page.first()).isEqualTo(500);
    assertThat(page.publications()).hasSize(1);
    assertThat(reads).hasSize(1);
  }

  @Property(tries = 200)
  void the_newest_match_is_found_wherever_it_is(@ForAll long seed) {
    Random random = new Random(seed);
    int red = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(3000);
    int blue = random.nextInt(1 << random.nextInt(13));
    NewestMatchTest fresh = new NewestMatchTest();
    fresh.publish(red, "red");
    fresh.publish(blue, "blue");
    Page page = fresh.find(RED);
    assertThat(page.end().offset()).isEqualTo(red + blue);
    if (red > 0 && blue < limits.messages()) {
      assertThat(page.first()).isEqualTo(red);
      assertThat(page.publications()).hasSize(1);
    } else {
      assertThat(page.publications()).isEmpty();
      assertThat(page.first()).isEqualTo(red + blue + 1);
    }
  }

  @Example
  void what_is_published_and_removed_during_the_search_leaves_no_hole() {
    publish(1, "red");
    publish(2999, "blue");
    beforeEachRead = () -> publish(40, "blue");
    Page page = find(RED);
    assertThat(page.publications()).as("it was removed").isEmpty();
    assertThat(page.end().offset()).isGreaterThanOrEqualTo(3000);
  }

  @Example
  void a_log_that_takes_the_place_of_another_one_is_searched_to_its_end() {
    publish(1, "red");
    publish(100, "blue");
    long before = find(null).epoch();
    beforeEachRead =
        () -> {
          if (reads.size() == 2) {
            Forks.fork(logs, ROOM, 50);
            publish(10, "blue");
          }
        };
    Page page = find(RED);
    assertThat(page.first()).isEqualTo(1);
    assertThat(page.end().offset()).isEqualTo(60);
    assertThat(page.epoch()).isNotEqualTo(before);
  }
}
