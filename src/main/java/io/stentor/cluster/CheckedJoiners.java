package io.stentor.cluster;

import com.hazelcast.cluster.Address;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.impl.DefaultNodeContext;
import com.hazelcast.instance.impl.DefaultNodeExtension;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.instance.impl.NodeExtension;
import com.hazelcast.internal.cluster.Joiner;
import com.hazelcast.internal.cluster.impl.ClusterServiceImpl;
import com.hazelcast.internal.cluster.impl.DiscoveryJoiner;
import com.hazelcast.internal.cluster.impl.JoinMessage;
import com.hazelcast.internal.cluster.impl.JoinRequest;
import com.hazelcast.internal.cluster.impl.MulticastJoiner;
import com.hazelcast.internal.cluster.impl.SplitBrainJoinMessage;
import com.hazelcast.internal.cluster.impl.TcpIpJoiner;
import com.hazelcast.internal.cluster.impl.operations.SplitBrainMergeValidationOp;
import com.hazelcast.internal.server.ServerConnection;
import com.hazelcast.logging.LogEvent;
import com.hazelcast.spi.impl.operationservice.impl.InvocationFuture;
import io.stentor.logging.LimitedWarnings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which nodes form a cluster. A node joins only if it speaks a {@link WireVersion version}
 * that the cluster knows, and only through configured addresses that answer.
 *
 * <p>This part of a split cluster merges into another part only while this node reaches every node
 * of that part. A node that reaches only some of them would be removed again within seconds,
 * because nodes that do not reach each other cannot be in one cluster.
 *
 * <p>Hazelcast calls this class on the threads that start it and that search for other parts, which
 * may block.
 */
final class CheckedJoiners extends DefaultNodeContext {
  private static final Logger LOG = LoggerFactory.getLogger(CheckedJoiners.class);

  /** How long the nodes of the other part may take to answer. */
  private static final long ANSWER_MILLIS = 1000;

  /**
   * How long a node that starts waits for a first answer if there was none within {@link
   * #ANSWER_MILLIS}. A lost first packet is sent again after one and three seconds.
   */
  private static final long FIRST_ANSWER_MILLIS = 4000;

  /** Precedes the reason in what Hazelcast logs. */
  private static final String REFUSAL = "Reason of failure for node join: ";

  private final LimitedWarnings warnings = new LimitedWarnings(LOG);

  /** Why the cluster has refused this node; null if it has not. */
  private volatile @Nullable String refusal;

  @Nullable String refusal() {
    return refusal;
  }

  /** Makes a node refuse others that it cannot speak with, and notice that it was refused. */
  @Override
  public NodeExtension createNodeExtension(Node node) {
    node.loggingService.addLogListener(Level.SEVERE, this::noticeRefusal);
    return new DefaultNodeExtension(node) {
      @Override
      public void validateJoinRequest(JoinMessage joining) {
        super.validateJoinRequest(joining);
        String reason =
            WireVersion.refusal(
                node.hazelcastInstance.getCluster().getMembers(),
                ((JoinRequest) joining).getAttributes());
        if (reason != null) {
          throw new IllegalStateException(reason);
        }
      }
    };
  }

  /** Takes the reason from the log, the only place where Hazelcast tells it. */
  private void noticeRefusal(LogEvent event) {
    String message = String.valueOf(event.getLogRecord().getMessage());
    int start = message.indexOf(REFUSAL);
    if (start >= 0) {
      refusal = message.substring(start + REFUSAL.length());
    }
  }

  @Override
  public Joiner createJoiner(Node node) {
    WireVersion.follow(node);

    JoinConfig join = node.getConfig().getNetworkConfig().getJoin();
    if (join.getTcpIpConfig().isEnabled()) {
      return new Members(node);
    }
    if (join.getMulticastConfig().isEnabled()) {
      return new Multicast(node);
    }
    return new Kubernetes(node);
  }

  private boolean mayMerge(Node node, Address target) {
    Set<InetSocketAddress> missing;
    try {
      missing = unreachable(node, target);
    } catch (IOException | ExecutionException | TimeoutException e) {
      LOG.debug("no answer from the other part of the cluster, trying again", e);
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    if (missing.isEmpty()) {
      return true;
    }
    node.getJoiner().setTargetAddress(null);
    warnings.warn(
        "this node stays apart from the cluster of {} until it also reaches {}", target, missing);
    return false;
  }

  /** Asks the leader of the other part for its nodes, and returns those that do not answer. */
  private static Set<InetSocketAddress> unreachable(Node node, Address leader)
      throws IOException, ExecutionException, TimeoutException, InterruptedException {
    SplitBrainJoinMessage answer = ask(node, leader).get(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
    if (answer == null) {
      throw new TimeoutException("the leader is not ready to merge");
    }
    Set<InetSocketAddress> nodes = new HashSet<>();
    for (Address member : answer.getMemberAddresses()) {
      nodes.add(member.getInetSocketAddress());
    }
    nodes.removeAll(MemberProbe.answering(nodes, ANSWER_MILLIS));
    return nodes;
  }

  private static InvocationFuture<SplitBrainJoinMessage> ask(Node node, Address other) {
    return node.getNodeEngine()
        .getOperationService()
        .createInvocationBuilder(
            ClusterServiceImpl.SERVICE_NAME,
            new SplitBrainMergeValidationOp(node.createSplitBrainJoinMessage()),
            other)
        .setTryCount(1)
        .invoke();
  }

  /**
   * Returns which of these nodes answer on the connections that Hazelcast uses. Those of the others
   * are closed: they may be from before a cut, and would wait long to send again.
   */
  private static List<Address> answering(Node node, Collection<Address> others) {
    Map<Address, InvocationFuture<SplitBrainJoinMessage>> asked = new HashMap<>();
    others.forEach(other -> asked.put(other, ask(node, other)));
    long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ANSWER_MILLIS);
    List<Address> answering = new ArrayList<>();
    for (var question : asked.entrySet()) {
      try {
        long leftNanos = Math.max(0, endNanos - System.nanoTime());
        question.getValue().get(leftNanos, TimeUnit.NANOSECONDS);
        answering.add(question.getKey());
      } catch (ExecutionException | TimeoutException e) {
        LOG.debug("no answer from {}", question.getKey(), e);
        ServerConnection connection =
            node.getServer().getConnectionManager(EndpointQualifier.MEMBER).get(question.getKey());
        if (connection != null) {
          connection.close("no answer", null);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return List.of();
      }
    }
    return answering;
  }

  private final class Members extends TcpIpJoiner {
    Members(Node node) {
      super(node);
    }

    /**
     * Returns the addresses that answer. Hazelcast would wait for the others, up to five minutes.
     * This node listens already, so of two nodes that start at the same time, the one that begins
     * to listen last finds the other one.
     */
    @Override
    protected Collection<Address> getPossibleAddressesForInitialJoin() {
      Collection<Address> possible = super.getPossibleAddressesForInitialJoin();
      Set<InetSocketAddress> sockets = new HashSet<>();
      Set<Address> found = new HashSet<>();
      try {
        for (Address address : possible) {
          sockets.add(address.getInetSocketAddress());
        }
        Set<InetSocketAddress> answering = MemberProbe.answering(sockets, ANSWER_MILLIS);
        if (answering.isEmpty()) {
          answering = MemberProbe.answering(sockets, FIRST_ANSWER_MILLIS);
        }
        answering.forEach(socket -> found.add(new Address(socket)));
        return found;
      } catch (IOException e) {
        LOG.warn("cannot find out which nodes answer, trying all: {}", e.toString());
        return possible;
      }
    }

    /** Hazelcast would wait 10 s for each address that does not answer. */
    @Override
    public Collection<Address> getFilteredPossibleAddresses() {
      return answering(node, super.getFilteredPossibleAddresses());
    }

    @Override
    protected void startClusterMerge(Address target, int version) {
      if (mayMerge(node, target)) {
        super.startClusterMerge(target, version);
      }
    }
  }

  private final class Multicast extends MulticastJoiner {
    Multicast(Node node) {
      super(node);
    }

    @Override
    protected void startClusterMerge(Address target, int version) {
      if (mayMerge(node, target)) {
        super.startClusterMerge(target, version);
      }
    }
  }

  private final class Kubernetes extends DiscoveryJoiner {
    Kubernetes(Node node) {
      super(node, node.discoveryService, false);
    }

    /** See {@link Members#getFilteredPossibleAddresses}. */
    @Override
    public Collection<Address> getFilteredPossibleAddresses() {
      return answering(node, super.getFilteredPossibleAddresses());
    }

    @Override
    protected void startClusterMerge(Address target, int version) {
      if (mayMerge(node, target)) {
        super.startClusterMerge(target, version);
      }
    }
  }
}
