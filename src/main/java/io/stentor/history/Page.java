package io.stentor.history;

import io.stentor.message.Publication;
import java.util.List;

/**
 * A section of a room's log at one moment. Everything in it is replicated.
 *
 * @param epoch the log's epoch
 * @param oldest offset of the oldest publication that the log still has; {@code top + 1} if there
 *     is none
 * @param top offset of the newest publication; 0 if there never was one
 * @param first offset of the first of {@code publications}; if there are none, the offset that the
 *     next one will have
 * @param publications consecutive, as many as requested
 */
public record Page(long epoch, long oldest, long top, long first, List<Publication> publications) {

  public Page {
    publications = List.copyOf(publications);
  }

  /** Returns the offset of the last of {@code publications}. */
  public long last() {
    return first + publications.size() - 1;
  }
}
