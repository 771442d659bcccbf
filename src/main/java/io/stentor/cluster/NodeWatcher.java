package io.stentor.cluster;

import com.hazelcast.cluster.Address;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import io.stentor.config.HostPort;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs which nodes join and leave the cluster, and runs a callback. */
public final class NodeWatcher implements MembershipListener {
  private static final Logger LOG = LoggerFactory.getLogger(NodeWatcher.class);

  private final HazelcastInstance hazelcast;
  private final Runnable nodesChanged;

  private NodeWatcher(HazelcastInstance hazelcast, Runnable nodesChanged) {
    this.hazelcast = hazelcast;
    this.nodesChanged = nodesChanged;
  }

  /**
   * Starts to watch.
   *
   * @param nodesChanged called on a thread of Hazelcast; must not block
   * @return ends the watch
   */
  public static Runnable watch(HazelcastInstance hazelcast, Runnable nodesChanged) {
    UUID members =
        hazelcast.getCluster().addMembershipListener(new NodeWatcher(hazelcast, nodesChanged));
    UUID merges =
        hazelcast
            .getLifecycleService()
            .addLifecycleListener(
                event -> {
                  if (event.getState() == LifecycleEvent.LifecycleState.MERGED) {
                    LOG.info("the split cluster is whole again; nodes: {}", describe(hazelcast));
                    nodesChanged.run();
                  }
                });
    return () -> {
      hazelcast.getCluster().removeMembershipListener(members);
      hazelcast.getLifecycleService().removeLifecycleListener(merges);
    };
  }

  /** Describes the nodes that this one sees. */
  public static String describe(HazelcastInstance hazelcast) {
    String local = hazelcast.getCluster().getLocalMember().getUuid().toString();
    return hazelcast.getCluster().getMembers().size()
        + " of the cluster '"
        + hazelcast.getConfig().getClusterName()
        + "': "
        + hazelcast.getCluster().getMembers().stream()
            .map(member -> name(member) + (isSelf(member, local) ? " (this node)" : ""))
            .collect(Collectors.joining(", "));
  }

  private static boolean isSelf(Member member, String local) {
    return member.getUuid().toString().equals(local);
  }

  private static String name(Member member) {
    Address address = member.getAddress();
    return new HostPort(address.getHost(), address.getPort()).toString();
  }

  @Override
  public void memberAdded(MembershipEvent event) {
    LOG.info("node joined: {}; nodes: {}", name(event.getMember()), describe(hazelcast));
    nodesChanged.run();
  }

  @Override
  public void memberRemoved(MembershipEvent event) {
    LOG.info("node left: {}; nodes: {}", name(event.getMember()), describe(hazelcast));
    nodesChanged.run();
  }
}
