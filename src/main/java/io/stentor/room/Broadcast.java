package io.stentor.room;

import io.stentor.message.Publication;
import java.util.List;

/**
 * What the event bus carries: publications that were appended together, on their way to every node
 * that has the room.
 *
 * @param epoch epoch of the room's log; 0 where it keeps none
 * @param first offset of the first publication; 0 where there is no log
 * @param publications consecutive, at least one
 */
record Broadcast(long epoch, long first, List<Publication> publications) {
  Broadcast {
    publications = List.copyOf(publications);
  }

  long last() {
    return first + publications.size() - 1;
  }

  /** Bytes of the publications. */
  long bytes() {
    long sum = 0;
    for (Publication publication : publications) {
      sum += publication.bytes();
    }
    return sum;
  }
}
