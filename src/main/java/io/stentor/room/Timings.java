package io.stentor.room;

/**
 * Is told how long things take. Called on event loops, once for a batch or a turn and never once
 * for a delivery; must return at once.
 */
public interface Timings {

  /** Wants to know nothing. */
  Timings NONE =
      new Timings() {
        @Override
        public void appended(long nanos, int publications) {}

        @Override
        public void offered(long publishedMillis) {}
      };

  /**
   * A batch is in the log and on every copy of it.
   *
   * @param nanos since it was first given to the log
   */
  void appended(long nanos, int publications);

  /**
   * All connections of one room, loop and format whose sockets took it were just given what one
   * turn brought.
   *
   * @param publishedMillis when a server took the first publication of it, since 1970
   */
  void offered(long publishedMillis);
}
