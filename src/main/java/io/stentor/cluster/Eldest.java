package io.stentor.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;

/** Which node of those that offer to do something does it: the one that has been there longest. */
public final class Eldest {

  private final HazelcastInstance hazelcast;
  private final String task;

  /** The eldest of all that have offered this task. */
  public Eldest(HazelcastInstance hazelcast, String task) {
    this.hazelcast = hazelcast;
    this.task = task;
  }

  /** Offers to do a task; before the node joins. */
  public static void offer(com.hazelcast.config.Config joining, String task) {
    joining.getMemberAttributeConfig().setAttribute(task, "offered");
  }

  /**
   * Whether this node is the one. All nodes agree but for the moment in which one comes or goes;
   * while a cluster is split, each side has its own. Any thread; does not block.
   */
  public boolean isThisNode() {
    for (Member member : hazelcast.getCluster().getMembers()) {
      if (member.getAttribute(task) != null) {
        return member.localMember();
      }
    }
    return false;
  }
}
