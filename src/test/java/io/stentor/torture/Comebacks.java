package io.stentor.torture;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How clients that had a place came back to the nodes.
 *
 * @param all how often
 * @param busiestSecond how many of these came in the one second that saw the most
 */
record Comebacks(int all, int busiestSecond) {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** Those of these clients. */
  static Comebacks of(List<Transcript> transcripts) {
    return at(
        transcripts.stream()
            .flatMap(transcript -> transcript.events().stream())
            .filter(event -> event instanceof Event.Asked asked && asked.since() != null)
            .mapToLong(event -> ((Event.Asked) event).nanos())
            .toArray());
  }

  /** Those at these moments, on the clock of {@link System#nanoTime()}. */
  static Comebacks at(long... moments) {
    long[] came = moments.clone();
    Arrays.sort(came);
    int busiest = 0;
    int first = 0;
    for (int last = 0; last < came.length; last++) {
      while (came[last] - came[first] >= SECOND) {
        first++;
      }
      busiest = Math.max(busiest, last - first + 1);
    }
    return new Comebacks(came.length, busiest);
  }

  @Override
  public String toString() {
    return "came back " + all + ", " + busiestSecond + " in the busiest second";
  }
}
