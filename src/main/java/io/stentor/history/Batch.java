package io.stentor.history;

import io.stentor.message.Publication;
import java.util.List;

/**
 * Publications to append to one room in one operation.
 *
 * @param appender ID of the appender: a random number that each node chooses at startup
 * @param number sequence number of the first publication among all of the appender; increases
 * @param publications at least one
 */
public record Batch(long appender, long number, List<Publication> publications) {
  public Batch {
    publications = List.copyOf(publications);
  }
}
