package io.stentor.room;

import io.stentor.message.Position;
import java.util.ArrayList;
import java.util.List;

/** What publishers were told, in its order. One thread. */
final class Answers {
  private final List<String> all = new ArrayList<>();

  /** Writes down {@code text@offset}, or that it was refused and why. */
  Ack of(String text) {
    return new Ack() {
      @Override
      public void appended(Position position) {
        all.add(text + "@" + position.offset());
      }

      @Override
      public void refused(Throwable reason) {
        all.add(text + " refused: " + reason.getMessage());
      }
    };
  }

  List<String> all() {
    return all;
  }
}
