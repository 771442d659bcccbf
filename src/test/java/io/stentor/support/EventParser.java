package io.stentor.support;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A parser of event streams, step by step as the WHATWG HTML standard has it in section 9.2.6. One
 * thread at a time.
 */
public final class EventParser {
  private final Queue<Event> events = new ArrayDeque<>();
  private final StringBuilder line = new StringBuilder();
  private final StringBuilder data = new StringBuilder();
  private String type = "";
  private String lastEventId = "";
  private int retryMillis = -1;
  private int comments;
  private int blankLinesWithoutData;
  private boolean begun;
  private boolean afterReturn;

  /**
   * One event.
   *
   * @param type {@code message} where the stream gave none
   * @param lastEventId the id that the client has with this event
   */
  public record Event(String type, String data, String lastEventId) {}

  /** Takes the next characters of the stream; they may end anywhere. */
  public EventParser feed(String characters) {
    for (int i = 0; i < characters.length(); i++) {
      char one = characters.charAt(i);
      boolean first = !begun;
      begun = true;
      if (first && one == '\uFEFF') {
        continue;
      }
      if (one == '\n' && afterReturn) {
        afterReturn = false;
        continue;
      }
      afterReturn = one == '\r';
      if (one == '\n' || one == '\r') {
        line(line.toString());
        line.setLength(0);
      } else {
        line.append(one);
      }
    }
    return this;
  }

  /** The next event that is whole; null where none is. */
  public @Nullable Event poll() {
    return events.poll();
  }

  /** How long the stream wants to be waited for; -1 where it has not said. */
  public int retryMillis() {
    return retryMillis;
  }

  /** How many comments there were. */
  public int comments() {
    return comments;
  }

  /** How many blank lines ended a block that had no data: some clients report an event for each. */
  public int blankLinesWithoutData() {
    return blankLinesWithoutData;
  }

  private void line(String text) {
    int colon = text.indexOf(':');
    if (text.isEmpty()) {
      dispatch();
    } else if (colon == 0) {
      comments++;
    } else if (colon > 0) {
      String value = text.substring(colon + 1);
      field(text.substring(0, colon), value.startsWith(" ") ? value.substring(1) : value);
    } else {
      field(text, "");
    }
  }

  private void field(String name, String value) {
    switch (name) {
      case "event" -> type = value;
      case "data" -> data.append(value).append('\n');
      case "id" -> lastEventId = value.indexOf('\0') >= 0 ? lastEventId : value;
      case "retry" -> retryMillis = value.matches("[0-9]+") ? Integer.parseInt(value) : retryMillis;
      default -> {}
    }
  }

  private void dispatch() {
    blankLinesWithoutData += data.length() == 0 ? 1 : 0;
    if (data.length() > 0) {
      data.setLength(data.length() - 1);
      events.add(new Event(type.isEmpty() ? "message" : type, data.toString(), lastEventId));
    }
    data.setLength(0);
    type = "";
  }
}
