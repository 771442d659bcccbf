package io.stentor.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;

/**
 * Selects the node that runs a task: among the nodes that offer it, the one that has been in the
 * cluster longest.
 */
public final class OldestNode {

  private final HazelcastInstance hazelcast;
  private final String task;

  /** Creates a selection among the nodes that offer the task. */
  public OldestNode(HazelcastInstance hazelcast, String task) {
    this.hazelcast = hazelcast;
    this.task = task;
  }

  /** Offers a task. Must be called before the node joins. */
  public static void offer(com.hazelcast.config.Config joining, String task) {
    joining.getMemberAttributeConfig().setAttribute(task, "offered");
  }

  /**
   * Returns whether this node is selected. Nodes may disagree for a moment when one joins or
   * leaves; in a split cluster each side has its own. Any thread; does not block.
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
