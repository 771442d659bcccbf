package io.stentor.cluster;

import com.hazelcast.cluster.impl.MemberImpl;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.internal.cluster.impl.ClusterServiceImpl;
import com.hazelcast.spi.properties.ClusterProperty;
import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Suspects this node's leader again if the leader has stopped sending heartbeats.
 *
 * <p>Hazelcast checks the heartbeats only of members that are not suspected yet, and lets a node
 * claim leadership only at the moment when its last elder member becomes suspected. If this node
 * suspects its leader first, and the leader then removes the next in line and after it this node,
 * nobody would ever claim: this node would follow a leader that does not list it, and other nodes
 * cannot merge with one that is not a leader.
 *
 * <p>Confined to one task of Hazelcast.
 */
final class LeaderWatch implements Runnable {
  private static final String NAME = "stentor:leader";
  private static final long PERIOD_MILLIS = 500;

  private final ClusterServiceImpl cluster;
  private final long mostMillis;

  /** The leader's last heartbeat; null before this node had another leader than itself. */
  private @Nullable Heartbeat last;

  /** For how long there was no other. Time in which this process was suspended does not count. */
  private long silentMillis;

  private long lastRunNanos = System.nanoTime();

  /**
   * A heartbeat of a node.
   *
   * @param millis in the time of the cluster, which may jump
   */
  private record Heartbeat(UUID from, long millis) {}

  private LeaderWatch(ClusterServiceImpl cluster, long mostMillis) {
    this.cluster = cluster;
    this.mostMillis = mostMillis;
  }

  /** Starts the watch on a node that has joined. It ends when the node shuts down. */
  static void start(HazelcastInstance hazelcast) {
    Node node = ((HazelcastInstanceProxy) hazelcast).getOriginal().node;
    long mostMillis = node.getProperties().getMillis(ClusterProperty.MAX_NO_HEARTBEAT_SECONDS);
    node.getNodeEngine()
        .getExecutionService()
        .scheduleWithRepetition(
            NAME,
            new LeaderWatch(node.getClusterService(), mostMillis),
            PERIOD_MILLIS,
            PERIOD_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  @Override
  public void run() {
    long now = System.nanoTime();
    long passedMillis = TimeUnit.NANOSECONDS.toMillis(now - lastRunNanos);
    lastRunNanos = now;
    Collection<MemberImpl> members = cluster.getMemberImpls();
    MemberImpl leader = members.isEmpty() ? null : members.iterator().next();
    if (leader == null || leader.localMember()) {
      return;
    }
    Heartbeat newest =
        new Heartbeat(
            leader.getUuid(), cluster.getClusterHeartbeatManager().getLastHeartbeatTime(leader));
    silentMillis =
        newest.equals(last) ? silentMillis + Math.min(passedMillis, 2 * PERIOD_MILLIS) : 0;
    last = newest;
    if (silentMillis > mostMillis) {
      silentMillis = 0;
      cluster.suspectMember(leader, "no heartbeats", true);
    }
  }
}
