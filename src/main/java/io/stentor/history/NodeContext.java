package io.stentor.history;

import com.hazelcast.core.HazelcastInstance;
import io.stentor.cluster.Quorum.Side;
import io.stentor.message.Position;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The node's state that log processors need. Processors are sent between nodes, so each takes the
 * context of its current node from the Hazelcast instance. Any thread.
 */
final class NodeContext {

  /** Name of the map of all logs. */
  static final String LOGS = "stentor.history";

  private static final String KEY = "stentor.history";

  private final LongSupplier clock;
  private final boolean refusesOnMinority;
  private final Epochs epochs = new Epochs();

  /** The ends of batches that this node appended and the owners of the logs do not know of yet. */
  private final Map<String, Position> acknowledged = new ConcurrentHashMap<>();

  /**
   * Creates the context of a node.
   *
   * @param clock elapsed time in milliseconds since an arbitrary moment
   * @param refusesOnMinority whether logs are only read on a side without a majority
   */
  NodeContext(LongSupplier clock, boolean refusesOnMinority) {
    this.clock = clock;
    this.refusesOnMinority = refusesOnMinority;
  }

  /** Adds this context to the configuration of a node. Must be called before the node joins. */
  void offer(com.hazelcast.config.Config joining) {
    joining.getUserContext().put(KEY, this);
  }

  static NodeContext of(HazelcastInstance hazelcast) {
    return (NodeContext) Objects.requireNonNull(hazelcast.getUserContext().get(KEY));
  }

  LongSupplier clock() {
    return clock;
  }

  Epochs epochs() {
    return epochs;
  }

  /** Returns whether logs may be changed on this side. */
  boolean isWritable(Side of) {
    return of.majority() || !refusesOnMinority;
  }

  Map<String, Position> acknowledged() {
    return acknowledged;
  }
}
