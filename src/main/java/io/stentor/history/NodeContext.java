package io.stentor.history;

import com.hazelcast.core.HazelcastInstance;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * What steps of a log need of the node that they run on. Steps travel, so each takes its own node's
 * from the Hazelcast instance.
 *
 * @param clock milliseconds of elapsed time, from an arbitrary moment
 */
record NodeContext(LongSupplier clock, Epochs epochs) {

  private static final String KEY = "stentor.history";

  /** Gives a node its context, before it joins. */
  void offer(com.hazelcast.config.Config joining) {
    joining.getUserContext().put(KEY, this);
  }

  static NodeContext of(HazelcastInstance hazelcast) {
    return (NodeContext) Objects.requireNonNull(hazelcast.getUserContext().get(KEY));
  }
}
