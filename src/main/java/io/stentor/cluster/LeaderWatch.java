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
 * Makes this node take its leader for dead when the leader sends no heartbeats any more.
 *
 * <p>So does Hazelcast, but not if it suspects the leader already. Then this node would neither
 * hear from it again nor claim the lead, and stay apart from all others: they cannot merge with a
 * node that has another leader. That happens if the leader removes from its list, one after the
 * other, the node that was next in line and then this one, which has lost it in the meantime.
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
