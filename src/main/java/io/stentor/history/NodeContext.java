package io.stentor.history;

import com.hazelcast.core.HazelcastInstance;
import io.stentor.cluster.Quorum.Side;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * The node's state that log processors need. Processors are sent between nodes, so each takes the
 * context of its current node from the Hazelcast instance.
 *
 * @param clock elapsed time in milliseconds since an arbitrary moment
 * @param refusesOnMinority whether logs are only read on a side without a majority
 */
record NodeContext(LongSupplier clock, Epochs epochs, boolean refusesOnMinority) {

  /** Name of the map of all logs. */
  static final String LOGS = "stentor.history";

  private static final String KEY = "stentor.history";

  /** Adds this context to the configuration of a node. Must be called before the node joins. */
  void offer(com.hazelcast.config.Config joining) {
    joining.getUserContext().put(KEY, this);
  }

  static NodeContext of(HazelcastInstance hazelcast) {
    return (NodeContext) Objects.requireNonNull(hazelcast.getUserContext().get(KEY));
  }

  /** Returns whether logs may be changed on this side. */
  boolean isWritable(Side of) {
    return of.majority() || !refusesOnMinority;
  }
}
