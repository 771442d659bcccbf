package io.stentor.torture;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.partition.Partition;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds which node owns a room's log, as a client of Hazelcast that holds nothing itself. A single
 * node owns all.
 */
final class Owner implements AutoCloseable {
  private final @Nullable HazelcastInstance hazelcast;
  private final List<String> addresses;

  Owner(Nodes nodes) {
    ClientConfig config = new ClientConfig();
    config.setClusterName(nodes.clusterName());
    config.setProperty("hazelcast.logging.type", "none");
    config.setProperty("hazelcast.client.statistics.enabled", "false");
    config.getNetworkConfig().setAddresses(nodes.clusterAddresses()).setSmartRouting(true);
    config.getConnectionStrategyConfig().getConnectionRetryConfig().setMaxBackoffMillis(500);
    addresses = nodes.clusterAddresses();
    hazelcast = nodes.size() == 1 ? null : HazelcastClient.newHazelcastClient(config);
  }

  /** The place of the node that owns this room's log. */
  int of(String room) {
    return hazelcast == null ? 0 : place(hazelcast.getPartitionService().getPartition(room));
  }

  /** The place of the node that has been in the cluster longest. */
  int eldest() {
    return hazelcast == null ? 0 : place(hazelcast.getCluster().getMembers().iterator().next());
  }

  /** The place of the node that joined last. */
  int youngest() {
    if (hazelcast == null) {
      return 0;
    }
    return hazelcast.getCluster().getMembers().stream()
        .reduce((one, next) -> next)
        .map(this::place)
        .orElseThrow();
  }

  /** Whether the logs are spread over all nodes, as they are when a new node has its share. */
  boolean isSpread() {
    return share().keySet().containsAll(IntStream.range(0, addresses.size()).boxed().toList());
  }

  /** How many partitions each place owns; -1 stands for none. */
  Map<Integer, Long> share() {
    if (hazelcast == null) {
      return Map.of(0, 1L);
    }
    return hazelcast.getPartitionService().getPartitions().stream()
        .collect(Collectors.groupingBy(this::place, TreeMap::new, Collectors.counting()));
  }

  private int place(Partition partition) {
    Member owner = partition.getOwner();
    return owner == null ? -1 : place(owner);
  }

  private int place(Member member) {
    return addresses.indexOf(member.getAddress().getHost() + ":" + member.getAddress().getPort());
  }

  @Override
  public void close() {
    if (hazelcast != null) {
      hazelcast.shutdown();
    }
  }
}
