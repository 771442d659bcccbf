package io.stentor.history.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.serialization.Data;
import com.hazelcast.map.impl.MapService;
import com.hazelcast.map.impl.record.Record;
import com.hazelcast.map.impl.recordstore.RecordStore;
import com.hazelcast.spi.impl.NodeEngineImpl;
import io.stentor.cluster.ClusteredVertx;
import io.stentor.config.ClusterOptions;
import io.stentor.config.TestConfig;
import io.stentor.history.LogJournal;
import io.stentor.history.LogUnderTest;
import io.stentor.history.RoomLog;
import io.stentor.message.RoomName;
import io.stentor.support.Ports;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Members of one cluster that nobody else joins. */
final class Members {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final String name = "test-" + UUID.randomUUID();
  private final int port = Ports.freeRange();
  final List<HazelcastInstance> all = new ArrayList<>();

  /** After how long without a confirmation a step counts as failed. */
  int backupTimeoutMillis = 5000;

  /** Whether a side without a majority accepts no messages. */
  boolean refuseOnMinority;

  /** All run with {@link LogUnderTest#NOW}, but each counts from another moment. */
  private static LongSupplier clock(int member) {
    return () -> LogUnderTest.NOW.get() + 1_000_000_000L * member;
  }

  HazelcastInstance join() {
    return join(null);
  }

  HazelcastInstance join(@Nullable LogJournal journal) {
    ClusterOptions cluster = TestConfig.cluster(name, port, 3);
    Config config = ClusteredVertx.hazelcast(cluster);
    config.setProperty("hazelcast.partition.count", "31");
    config.setProperty(
        "hazelcast.operation.backup.timeout.millis", Integer.toString(backupTimeoutMillis));
    config.setProperty("hazelcast.merge.first.run.delay.seconds", "2");
    config.setProperty("hazelcast.merge.next.run.delay.seconds", "2");
    ClusterHistory.configure(config, clock(all.size()), refuseOnMinority, journal);
    HazelcastInstance member = ClusteredVertx.join(config, UUID.randomUUID().toString());
    all.add(member);
    awaitWhole();
    return member;
  }

  void awaitWhole() {
    Awaitility.await().atMost(SOON).until(() -> all.stream().allMatch(this::seesAll));
    Awaitility.await().atMost(SOON).until(() -> all.get(0).getPartitionService().isClusterSafe());
  }

  private boolean seesAll(HazelcastInstance member) {
    return member.getCluster().getMembers().size() == all.size();
  }

  /**
   * The log or its copy as it is in a member's memory. It belongs to a thread of Hazelcast, so only
   * a look after everything has settled is right.
   */
  static @Nullable RoomLog log(HazelcastInstance member, RoomName room) {
    NodeEngineImpl engine = ((HazelcastInstanceProxy) member).getOriginal().node.getNodeEngine();
    Data name = engine.toData(room.value());
    MapService maps = engine.getService(MapService.SERVICE_NAME);
    RecordStore<?> store =
        maps.getMapServiceContext()
            .getExistingRecordStore(
                engine.getPartitionService().getPartitionId(name), HistoryContext.LOGS);
    Record<?> record = store == null ? null : store.getRecord(name);
    return record == null ? null : (RoomLog) record.getValue();
  }

  /** The member that has the room's log; the copy is on the other one. */
  HazelcastInstance owner(RoomName room) {
    UUID uuid = all.get(0).getPartitionService().getPartition(room.value()).getOwner().getUuid();
    return all.stream()
        .filter(member -> member.getLocalEndpoint().getUuid().equals(uuid))
        .findFirst()
        .orElseThrow();
  }

  HazelcastInstance other(HazelcastInstance member) {
    return all.stream().filter(one -> one != member).findFirst().orElseThrow();
  }

  /** As kill -9 does it, as far as a JVM can: nothing is handed over. */
  void kill(HazelcastInstance member) {
    all.remove(member);
    member.getLifecycleService().terminate();
  }

  void killAll() {
    List.copyOf(all).forEach(this::kill);
  }
}
