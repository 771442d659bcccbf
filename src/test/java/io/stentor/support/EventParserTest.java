package io.stentor.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.EventParser.Event;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples of the WHATWG HTML standard, section 9.2.6. */
class EventParserTest {
  private static List<Event> parse(String stream) {
    EventParser parser = new EventParser();
    for (char one : stream.toCharArray()) {
      parser.feed(String.valueOf(one));
    }
    List<Event> events = new ArrayList<>();
    for (Event event = parser.poll(); event != null; event = parser.poll()) {
      events.add(event);
    }
    return events;
  }

  private static Event message(String data, String id) {
    return new Event("message", data, id);
  }

  @Test
  void lines_of_data_are_joined_by_line_feeds() {
    assertThat(parse("data: YHOO\ndata: +2\ndata: 10\n\n"))
        .containsExactly(message("YHOO\n+2\n10", ""));
  }

  @Test
  void comments_are_ignored_an_empty_id_resets_it_and_one_space_is_taken_away() {
    assertThat(
            parse(
                ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n"))
        .containsExactly(
            message("first event", "1"), message("second event", ""), message(" third event", ""));
  }

  @Test
  void fields_without_a_colon_have_an_empty_value_and_an_event_without_an_end_is_dropped() {
    assertThat(parse("data\n\ndata\ndata\n\ndata:"))
        .containsExactly(message("", ""), message("\n", ""));
  }

  @Test
  void every_kind_of_line_break_ends_a_line_and_a_mark_at_the_front_is_ignored() {
    assertThat(parse("\uFEFFevent: add\rdata: 1\r\ndata: 2\n\r\nretry: 5\n\n"))
        .containsExactly(new Event("add", "1\n2", ""));
  }
}
