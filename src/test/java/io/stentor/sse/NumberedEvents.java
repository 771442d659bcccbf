package io.stentor.sse;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.EventParser.Event;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Supplier;

/**
 * An event stream of long texts that are numbered from zero, in rooms named after what happens to
 * slow consumers. One thread at a time.
 */
final class NumberedEvents {
  private final Supplier<Event> events;
  private int next;
  private String lastId = "";

  /** Reads what the source returns next. */
  NumberedEvents(Supplier<Event> events) {
    this.events = events;
  }

  /** Rules for one room of each kind. */
  static JsonArray rooms(int tailBytes) {
    JsonArray rooms = new JsonArray();
    for (String rule : List.of("disconnect", "skip", "latest")) {
      rooms.add(
          new JsonObject()
              .put("match", rule)
              .put("slowConsumer", rule)
              .put("tailBytes", tailBytes));
    }
    return rooms;
  }

  /** The text with this number. */
  static String text(int number, int length) {
    return number + ":" + "x".repeat(length);
  }

  /** The number of the message that has not come yet. */
  int next() {
    return next;
  }

  /** The id of the last message. */
  String lastId() {
    return lastId;
  }

  /** Goes on with the messages of another stream. */
  NumberedEvents continuedBy(Supplier<Event> other) {
    NumberedEvents continued = new NumberedEvents(other);
    continued.next = next;
    return continued;
  }

  /** Reads messages, each the next one, and returns the first event that is something else. */
  Event expectMessages() {
    Event event = events.get();
    while (event.type().equals("message")) {
      accept(event);
      event = events.get();
    }
    return event;
  }

  /** Reads messages, each the next one, until so many have come. */
  void expectMessages(int end) {
    while (next < end) {
      accept(events.get());
    }
  }

  /** Reads until so many have come or were skipped; returns how many were skipped. */
  int expectMessagesOrSkips(int end) {
    int skipped = 0;
    while (next < end) {
      Event event = events.get();
      if (event.type().equals("position")) {
        int left = new JsonObject(event.data()).getInteger("skipped");
        skipped += left;
        next += left;
        assertThat(event.lastEventId()).endsWith(":" + next);
      } else {
        accept(event);
      }
    }
    return skipped;
  }

  private void accept(Event message) {
    assertThat(message.data()).startsWith(next + ":");
    next++;
    lastId = message.lastEventId();
  }
}
