package io.stentor.support;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A cluster of real processes on the loopback interface, apart from every other cluster by its name
 * and its range of ports. Not for several threads.
 */
public final class ClusterOfProcesses implements AutoCloseable {
  private final List<NodeProcess> nodes = new ArrayList<>();
  private final String name = "test-" + UUID.randomUUID();
  private final int clusterPort = Ports.freeRange();
  private final Launch common;

  private ClusterOfProcesses(Launch launch) {
    common =
        launch
            .with("--cluster")
            .withEnv("STENTOR_CLUSTER_NAME", name)
            .withEnv("STENTOR_CLUSTER_PORT", clusterPort);
  }

  /** Starts a cluster of this many nodes and waits until each is ready. */
  public static ClusterOfProcesses of(int size) {
    return of(size, Launch.jar("--host", "127.0.0.1"));
  }

  /** The same with nodes that are started in this way. */
  public static ClusterOfProcesses of(int size, Launch launch) {
    ClusterOfProcesses cluster = new ClusterOfProcesses(launch);
    try {
      for (int i = 0; i < size; i++) {
        cluster.add();
      }
      return cluster;
    } catch (RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  /** The cluster's name, for a node that joins from elsewhere. */
  public String name() {
    return name;
  }

  /** The first port that nodes look for each other on. */
  public int clusterPort() {
    return clusterPort;
  }

  /** Starts one more node and waits until it is ready. */
  public NodeProcess add() {
    return addAt(Ports.free());
  }

  /** Starts one more node that serves this port, and waits until it is ready. */
  public NodeProcess addAt(int port) {
    NodeProcess node = NodeProcess.launch(common.with("--port", Integer.toString(port)));
    nodes.add(node);
    return node.awaitReady();
  }

  /** The node that was started as number {@code index}, from 0; it may have ended since. */
  public NodeProcess node(int index) {
    return nodes.get(index);
  }

  /** All nodes in the order of their start, those that have ended too. */
  public List<NodeProcess> nodes() {
    return List.copyOf(nodes);
  }

  /** Kills every node. */
  @Override
  public void close() {
    nodes.forEach(NodeProcess::close);
  }
}
