package io.stentor.torture;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Everything that one client published and saw. Any thread. */
final class Transcript {
  private final String name;
  private final Set<String> published = new LinkedHashSet<>();
  private final List<Event> events = new ArrayList<>();
  private boolean hasLeft;

  Transcript(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  /** This text is about to be sent. */
  synchronized void publishes(String text) {
    published.add(text);
  }

  /** Adds an event, unless the client has left. */
  synchronized void add(Event event) {
    if (!hasLeft) {
      events.add(event);
    }
  }

  /** The client leaves on its own, before the last message. */
  synchronized void leave() {
    hasLeft = true;
  }

  synchronized boolean hasLeft() {
    return hasLeft;
  }

  /** Texts that were sent, in order; whether they were taken is not known. */
  synchronized Set<String> published() {
    return new LinkedHashSet<>(published);
  }

  /** A copy of what happened so far. */
  synchronized List<Event> events() {
    return List.copyOf(events);
  }

  /** What it is at this moment. */
  synchronized Transcript copy() {
    Transcript copy = new Transcript(name);
    copy.published.addAll(published);
    copy.events.addAll(events);
    copy.hasLeft = hasLeft;
    return copy;
  }

  @Override
  public synchronized String toString() {
    StringBuilder text = new StringBuilder(name).append('\n');
    events.forEach(event -> text.append("  ").append(event).append('\n'));
    return text.toString();
  }
}
