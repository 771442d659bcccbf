package io.stentor.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.RoomOptions.History;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every {@link io.stentor.history.History} says of its logs as a whole. */
public abstract class ListsContract extends LogUnderTest {

  private List<String> names(String prefix, @Nullable String after, int limit) {
    return await(history().names(prefix, after, limit));
  }

  private RoomName named(String name) {
    return new RoomName(room + name);
  }

  private void begin(String... names) {
    for (String name : names) {
      await(history().append(named(name), batch("a"), LIMITS));
    }
  }

  private List<String> expected(String... names) {
    return List.of(names).stream().map(name -> named(name).value()).toList();
  }

  @Test
  void names_are_in_order_page_by_page() {
    begin("c", "a", "é", "B", "b", "房");
    String prefix = room.value();
    assertThat(names(prefix, null, 10)).isEqualTo(expected("B", "a", "b", "c", "é", "房"));
    assertThat(names(prefix, null, 2)).isEqualTo(expected("B", "a"));
    assertThat(names(prefix, named("a").value(), 2)).isEqualTo(expected("b", "c"));
    assertThat(names(prefix, named("bb").value(), 2)).isEqualTo(expected("c", "é"));
    assertThat(names(prefix, named("房").value(), 2)).isEmpty();
    assertThat(names(named("é").value(), null, 2)).isEqualTo(expected("é"));
    assertThat(names("", prefix, 1)).isEqualTo(expected("B"));
  }

  @Test
  void many_names_are_all_found_once() {
    List<String> all = new ArrayList<>();
    for (int i = 100; i < 400; i++) {
      begin("-" + i);
      all.add(named("-" + i).value());
    }
    List<String> found = new ArrayList<>();
    List<String> page = names(room.value(), null, 70);
    while (!page.isEmpty()) {
      found.addAll(page);
      page = names(room.value(), page.get(page.size() - 1), 70);
    }
    assertThat(found).isEqualTo(all);
  }

  @Test
  void a_summary_counts_what_is_in_the_log() {
    History three = new History(3, 1000, 300);
    append(three, "12345", "1", "12", "123");
    Map<RoomName, LogSummary> summaries = await(history().summaries(List.of(named("-none"), room)));
    assertThat(summaries).containsOnlyKeys(room);
    LogSummary summary = summaries.get(room);
    assertThat(summary.position().epoch()).isEqualTo(all(three).epoch());
    assertThat(summary.position().offset()).isEqualTo(4);
    assertThat(summary.oldest()).isEqualTo(2);
    assertThat(summary.messages()).isEqualTo(3);
    assertThat(summary.bytes()).isEqualTo(6);
  }

  @Test
  void an_empty_log_has_a_position() {
    await(history().follow(room, Position.NONE, Position.NONE, true, 0, 0, LIMITS));
    LogSummary summary = await(history().summaries(List.of(room))).get(room);
    assertThat(summary.position().offset()).isZero();
    assertThat(summary.messages()).isZero();
  }

  @Test
  void asking_begins_no_log() {
    await(history().summaries(List.of(room)));
    assertThat(names(room.value(), null, 10)).isEmpty();
  }

  @Test
  void nothing_is_asked_for_nothing() {
    assertThat(await(history().summaries(List.of()))).isEmpty();
  }
}
