package io.stentor.cluster;

/**
 * A node that is in the cluster has not answered in time. Perhaps it has done what was asked, and
 * perhaps it does so later.
 */
public final class NodeTimeout extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What {@code last} came of asking this node the last time. */
  NodeTimeout(String node, Throwable last) {
    super("node " + node + " does not answer: " + last, null, false, false);
  }
}
