package io.stentor.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detects that all nodes of the cluster are stopping at the same time. A node that stops alone
 * hands its logs over and is taken out of the agreement. If all stop, nobody is left to take the
 * logs, and the nodes must still be members of the last agreement when they start again.
 */
public final class ClusterShutdown {

  private static final Logger LOG = LoggerFactory.getLogger(ClusterShutdown.class);

  /** Name of a map. For each node that stops, whether it has nothing more to do. */
  private static final String STOPPING = "stentor.stopping";

  /** How long a node that is done waits for others, whose clients may still be leaving. */
  private static final long WAIT_SECONDS = 10;

  private static final long POLL_MILLIS = 20;

  /** How long the map remembers a node. */
  private static final long KEEP_HOURS = 1;

  private final HazelcastInstance hazelcast;
  private final LongSupplier nanoTime;
  private final LongConsumer pause;

  /** Creates the part of a node that has joined a cluster. */
  public ClusterShutdown(HazelcastInstance hazelcast) {
    this(hazelcast, System::nanoTime, LockSupport::parkNanos);
  }

  /** Creates a node's part with another clock, and a pause that takes as long by that clock. */
  ClusterShutdown(HazelcastInstance hazelcast, LongSupplier nanoTime, LongConsumer pause) {
    this.hazelcast = hazelcast;
    this.nanoTime = nanoTime;
    this.pause = pause;
  }

  /** Announces that this node has begun to stop. Does not block. */
  public void begin() {
    try {
      stopping()
          .setAsync(self(), false, KEEP_HOURS, TimeUnit.HOURS)
          .whenComplete(
              (done, failure) -> {
                if (failure != null) {
                  LOG.debug("the other nodes do not know that this one stops", failure);
                }
              });
    } catch (RuntimeException e) { // Hazelcast throws while it is shutting down.
      LOG.debug("the other nodes do not know that this one stops", e);
    }
  }

  /**
   * Returns whether all nodes of the cluster stop, and if so, waits until all of them are done.
   * Blocks for at most {@link #WAIT_SECONDS} and one timeout of a call in the cluster.
   */
  public boolean await() {
    boolean all = false;
    long startNanos = nanoTime.getAsLong();
    try {
      stopping().set(self(), true, KEEP_HOURS, TimeUnit.HOURS);
      while (nanoTime.getAsLong() - startNanos < TimeUnit.SECONDS.toNanos(WAIT_SECONDS)) {
        List<String> nodes =
            hazelcast.getCluster().getMembers().stream().map(ClusterShutdown::id).toList();
        Map<String, Boolean> known = stopping().getAll(nodes.stream().collect(Collectors.toSet()));
        if (!known.keySet().containsAll(nodes)) {
          return false;
        }
        all |= nodes.size() > 1;
        if (!known.containsValue(false)) {
          break;
        }
        pause.accept(TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS));
      }
    } catch (RuntimeException e) { // The others are leaving already.
      LOG.debug("the other nodes do not answer while all stop", e);
    }
    return all;
  }

  private IMap<String, Boolean> stopping() {
    return hazelcast.getMap(STOPPING);
  }

  private String self() {
    return id(hazelcast.getCluster().getLocalMember());
  }

  private static String id(Member member) {
    return member.getUuid().toString();
  }
}
