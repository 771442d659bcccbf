package io.stentor.presence;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.partition.Partition;
import com.hazelcast.partition.PartitionService;
import java.util.HashSet;
import java.util.Set;

/** The partitions of the cluster's maps that are this node's own at the moment. Any thread. */
final class OwnedPartitions {

  private final PartitionService partitions;

  /** For each partition a text that is in it: Hazelcast asks for partitions by that. */
  private final String[] keyOf;

  OwnedPartitions(HazelcastInstance hazelcast) {
    this.partitions = hazelcast.getPartitionService();
    this.keyOf = keys(partitions);
  }

  private static String[] keys(PartitionService partitions) {
    String[] keys = new String[partitions.getPartitions().size()];
    int missing = keys.length;
    for (int i = 0; missing > 0; i++) {
      String key = Integer.toString(i);
      int partition = partitions.getPartition(key).getPartitionId();
      if (keys[partition] == null) {
        keys[partition] = key;
        missing--;
      }
    }
    return keys;
  }

  /** A key in each of them. */
  Set<String> keys() {
    Set<String> owned = new HashSet<>();
    for (Partition partition : partitions.getPartitions()) {
      if (partition.getOwner() != null && partition.getOwner().localMember()) {
        owned.add(keyOf[partition.getPartitionId()]);
      }
    }
    return owned;
  }
}
