package io.stentor.presence;

/** A {@link Watcher} at work. To be used on the loop that the watcher is called on. */
public interface Watch {

  /**
   * The watcher takes events again. Where it had refused one it is soon told afresh who is there,
   * else nothing happens.
   */
  void ready();

  /** Ends it: the watcher is not called again. Once more does no harm. */
  void close();
}
