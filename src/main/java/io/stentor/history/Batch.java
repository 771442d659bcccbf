package io.stentor.history;

import io.stentor.message.Publication;
import java.util.List;

/**
 * Publications to be appended to one room in one go.
 *
 * @param appender who appends: a number drawn at random by each node when it starts
 * @param number number of the first publication among all of the appender; counts up
 * @param publications at least one
 */
public record Batch(long appender, long number, List<Publication> publications) {
  public Batch {
    publications = List.copyOf(publications);
  }
}
