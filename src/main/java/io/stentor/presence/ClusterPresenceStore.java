package io.stentor.presence;

import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.core.ReadOnly;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.partition.Partition;
import com.hazelcast.partition.PartitionService;
import com.hazelcast.query.Predicate;
import com.hazelcast.query.Predicates;
import com.hazelcast.spi.merge.DiscardMergePolicy;
import io.stentor.cluster.HazelcastFuture;
import io.stentor.cluster.RemoteTask;
import io.stentor.cluster.WireType;
import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.presence.Presence.BusyException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Stores members in a Hazelcast map: each room on the node that owns its partition, with a backup
 * on another one. Futures complete on threads of Hazelcast.
 */
final class ClusterPresenceStore implements PresenceStore {

  /*
   * Rooms are changed and read by entry processors, on the thread of the room's partition; the
   * backup runs the same processor. After a split, the map of one side is discarded: every node of
   * that side has a new id by then and announces its members again. This is simpler than merging
   * and cannot leave ghosts.
   */

  static final String MAP = "stentor.presence";
  private static final String KEY = "__key";
  private static final int MERGE_BATCH = 100;

  /** Maximum number of lists of names requested at once; they are made one after the other. */
  private static final int MAX_LISTS = 32;

  private static final int MAX_TRIES = 20;
  private static final long RETRY_MILLIS = 100;

  private final HazelcastInstance hazelcast;
  private final Vertx vertx;
  private final IMap<String, RoomMembers> rooms;
  private final String[] keyInPartition;
  private final WorkerExecutor namesWorker;
  private final WorkerExecutor pruneWorker;
  private final AtomicInteger lists = new AtomicInteger();

  /**
   * Creates the store of this member of a Hazelcast cluster.
   *
   * @param vertx provides the threads of calls that block
   */
  ClusterPresenceStore(HazelcastInstance hazelcast, Vertx vertx) {
    this.hazelcast = hazelcast;
    this.vertx = vertx;
    this.namesWorker = vertx.createSharedWorkerExecutor("stentor-presence-names", 1);
    this.pruneWorker = vertx.createSharedWorkerExecutor("stentor-presence-prune", 1);
    this.rooms = hazelcast.getMap(MAP);
    this.keyInPartition = keyInPartition(hazelcast.getPartitionService());
  }

  /** Adds the map and its types to the configuration of a Hazelcast instance. */
  static void configure(Config config) {
    PresenceWire.register(config);
    WireType.addTask(config, AnnounceProcessor.class, 9899_101, AnnounceProcessor::new);
    WireType.addTask(config, PruneProcessor.class, 9899_102, PruneProcessor::new);
    WireType.addTask(config, SnapshotQuery.class, 9899_103, SnapshotQuery::new);
    WireType.addTask(config, PageQuery.class, 9899_104, PageQuery::new);
    WireType.addTask(config, StatsQuery.class, 9899_105, StatsQuery::new);
    WireType.addTask(config, VerifyQuery.class, 9899_106, VerifyQuery::new);
    config.addMapConfig(
        new MapConfig(MAP)
            .setInMemoryFormat(InMemoryFormat.OBJECT)
            .setBackupCount(1)
            .setAsyncBackupCount(0)
            .setStatisticsEnabled(false)
            .setMergePolicyConfig(
                new MergePolicyConfig(DiscardMergePolicy.class.getName(), MERGE_BATCH)));
  }

  /** Finds a key in each partition: Hazelcast selects partitions by keys. */
  private static String[] keyInPartition(PartitionService partitions) {
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

  @Override
  public UUID node() {
    return hazelcast.getCluster().getLocalMember().getUuid();
  }

  @Override
  public boolean isNode(UUID node) {
    return hazelcast.getCluster().getMembers().stream().anyMatch(one -> one.getUuid().equals(node));
  }

  @Override
  public Future<MemberChange> announce(RoomName room, Announcement announcement) {
    long newEpoch = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    return call(
        () -> rooms.submitToKey(room.value(), new AnnounceProcessor(announcement, newEpoch)));
  }

  @Override
  public Future<MemberSnapshot> read(RoomName room, long knownDigest) {
    return query(room, new SnapshotQuery(knownDigest));
  }

  @Override
  public Future<List<RoomName>> verify(UUID node, Map<RoomName, Long> digests) {
    return query(digests.keySet(), new VerifyQuery(node, digests))
        .map(differing -> differing.keySet().stream().map(RoomName::new).toList());
  }

  @Override
  public Future<MembersPage> page(RoomName room, @Nullable Member after, int limit) {
    return query(room, new PageQuery(after, limit));
  }

  @Override
  public Future<Map<RoomName, RoomStats>> stats(Set<RoomName> names) {
    return query(names, new StatsQuery())
        .map(
            found ->
                found.values().stream()
                    .collect(Collectors.toMap(RoomStats::room, Function.identity())));
  }

  @Override
  public Future<List<RoomName>> names(String prefix, @Nullable String after, int limit) {
    if (lists.incrementAndGet() > MAX_LISTS) {
      lists.decrementAndGet();
      return Future.failedFuture(new BusyException());
    }
    return namesWorker
        .executeBlocking(() -> namesNow(prefix, after, limit))
        .onComplete(ended -> lists.decrementAndGet());
  }

  private List<RoomName> namesNow(String prefix, @Nullable String after, int limit) {
    List<Predicate<String, RoomMembers>> conditions = new ArrayList<>();
    if (!prefix.isEmpty()) {
      conditions.add(Predicates.between(KEY, prefix, prefix + Character.MAX_VALUE));
    }
    if (after != null) {
      conditions.add(Predicates.greaterThan(KEY, after));
    }
    Predicate<String, RoomMembers> all =
        conditions.isEmpty()
            ? Predicates.alwaysTrue()
            : Predicates.and(conditions.toArray(Predicate[]::new));
    return rooms.keySet(Predicates.pagingPredicate(all, limit)).stream()
        .sorted()
        .map(RoomName::new)
        .toList();
  }

  @Override
  public Future<Map<RoomName, MemberChange>> prune() {
    return pruneWorker.executeBlocking(this::pruneNow);
  }

  private Map<RoomName, MemberChange> pruneNow() {
    Set<UUID> alive =
        hazelcast.getCluster().getMembers().stream()
            .map(node -> node.getUuid())
            .collect(Collectors.toSet());
    Set<String> owned = new HashSet<>();
    for (Partition partition : hazelcast.getPartitionService().getPartitions()) {
      if (partition.getOwner() != null && partition.getOwner().localMember()) {
        owned.add(keyInPartition[partition.getPartitionId()]);
      }
    }
    Map<RoomName, MemberChange> changes = new HashMap<>();
    if (!owned.isEmpty()) {
      rooms
          .executeOnEntries(
              new PruneProcessor(alive),
              Predicates.multiPartitionPredicate(owned, Predicates.alwaysTrue()))
          .forEach((room, change) -> changes.put(new RoomName(room), change));
    }
    return changes;
  }

  private <R> Future<R> query(RoomName room, RoomQuery<R> query) {
    return retried(() -> rooms.submitToKey(room.value(), query), MAX_TRIES);
  }

  private <R> Future<Map<String, R>> query(Set<RoomName> names, RoomQuery<R> query) {
    Set<String> keys = names.stream().map(RoomName::value).collect(Collectors.toSet());
    return retried(() -> rooms.submitToKeys(keys, query), MAX_TRIES);
  }

  private static <T> Future<T> call(Supplier<CompletionStage<@Nullable T>> call) {
    return HazelcastFuture.of(
        call, () -> new IllegalStateException("Hazelcast returned no result"));
  }

  /** Repeats a query whose node died meanwhile; another node has its rooms now. */
  private <T> Future<T> retried(Supplier<CompletionStage<@Nullable T>> call, int tries) {
    return call(call)
        .recover(
            failure ->
                tries > 1 && failure instanceof IndeterminateOperationStateException
                    ? vertx
                        .timer(RETRY_MILLIS, TimeUnit.MILLISECONDS)
                        .compose(later -> retried(call, tries - 1))
                    : Future.failedFuture(failure));
  }

  /** Changes one room and its backup. */
  private abstract static class RoomProcessor<R> extends RemoteTask
      implements EntryProcessor<String, RoomMembers, @Nullable R> {

    @Override
    public @Nullable EntryProcessor<String, RoomMembers, @Nullable R> getBackupProcessor() {
      return this;
    }

    /** Stores the members; removes the entry if there are none. */
    @SuppressWarnings("NullAway") // Null removes an entry.
    static void store(Map.Entry<String, RoomMembers> entry, RoomMembers members) {
      entry.setValue(members.isEmpty() ? null : members);
    }
  }

  static final class AnnounceProcessor extends RoomProcessor<MemberChange> {
    private Announcement announcement = Announcement.of(new UUID(0, 0), List.of(), List.of());
    private long newEpoch;

    AnnounceProcessor() {}

    /**
     * Creates a processor that applies an announcement.
     *
     * @param newEpoch epoch of a room without members
     */
    AnnounceProcessor(Announcement announcement, long newEpoch) {
      this();
      this.announcement = announcement;
      this.newEpoch = newEpoch;
    }

    @Override
    public MemberChange process(Map.Entry<String, RoomMembers> entry) {
      RoomMembers present = entry.getValue();
      RoomMembers members = present != null ? present : new RoomMembers(newEpoch);
      MemberChange change = members.announce(announcement);
      if (present != null || !members.isEmpty()) {
        store(entry, members);
      }
      return change;
    }

    @Override
    protected void write(ObjectDataOutput out, int version) throws IOException {
      PresenceWire.write(announcement, out);
      out.writeLong(newEpoch);
    }

    @Override
    protected void read(ObjectDataInput in, int version) throws IOException {
      announcement = PresenceWire.readAnnouncement(in);
      newEpoch = in.readLong();
    }
  }

  /** Removes the members of dead nodes. Returns null if there were none. */
  static final class PruneProcessor extends RoomProcessor<MemberChange> {
    private final Set<UUID> alive = new HashSet<>();

    PruneProcessor() {}

    PruneProcessor(Set<UUID> alive) {
      this();
      this.alive.addAll(alive);
    }

    @Override
    public @Nullable MemberChange process(Map.Entry<String, RoomMembers> entry) {
      RoomMembers members = entry.getValue();
      if (members == null || !members.hasOtherNodes(alive)) {
        return null;
      }
      MemberChange change = members.retainNodes(alive);
      store(entry, members);
      return change;
    }

    @Override
    protected void write(ObjectDataOutput out, int version) throws IOException {
      WireType.write(alive, WireType::write, out);
    }

    @Override
    protected void read(ObjectDataInput in, int version) throws IOException {
      alive.addAll(WireType.readList(WireType::readUuid, in));
    }
  }

  /** Reads one room and changes nothing. */
  private abstract static class RoomQuery<R> extends RoomProcessor<R> implements ReadOnly {

    @Override
    public @Nullable EntryProcessor<String, RoomMembers, @Nullable R> getBackupProcessor() {
      return null;
    }
  }

  static final class SnapshotQuery extends RoomQuery<MemberSnapshot> {
    private long knownDigest;

    SnapshotQuery() {}

    SnapshotQuery(long knownDigest) {
      this();
      this.knownDigest = knownDigest;
    }

    @Override
    public MemberSnapshot process(Map.Entry<String, RoomMembers> entry) {
      RoomMembers members = entry.getValue();
      return members == null ? MemberSnapshot.EMPTY : members.snapshot(knownDigest);
    }

    @Override
    protected void write(ObjectDataOutput out, int version) throws IOException {
      out.writeLong(knownDigest);
    }

    @Override
    protected void read(ObjectDataInput in, int version) throws IOException {
      knownDigest = in.readLong();
    }
  }

  static final class PageQuery extends RoomQuery<MembersPage> {
    private @Nullable Member after;
    private int limit;

    PageQuery() {}

    PageQuery(@Nullable Member after, int limit) {
      this();
      this.after = after;
      this.limit = limit;
    }

    @Override
    public MembersPage process(Map.Entry<String, RoomMembers> entry) {
      RoomMembers members = entry.getValue();
      return MembersPage.of(members == null ? List.of() : members.members(), after, limit);
    }

    @Override
    protected void write(ObjectDataOutput out, int version) throws IOException {
      out.writeInt(limit);
      out.writeBoolean(after != null);
      if (after != null) {
        WireType.write(after, out);
      }
    }

    @Override
    protected void read(ObjectDataInput in, int version) throws IOException {
      limit = in.readInt();
      after = in.readBoolean() ? WireType.readMember(in) : null;
    }
  }

  /** No answer for a room without members. */
  static final class StatsQuery extends RoomQuery<RoomStats> {
    StatsQuery() {}

    @Override
    public @Nullable RoomStats process(Map.Entry<String, RoomMembers> entry) {
      RoomMembers members = entry.getValue();
      return members == null ? null : members.stats(new RoomName(entry.getKey()));
    }

    @Override
    protected void write(ObjectDataOutput out, int version) {}

    @Override
    protected void read(ObjectDataInput in, int version) {}
  }

  /** Answers false if the stored members of a node differ from the node's; otherwise nothing. */
  static final class VerifyQuery extends RoomQuery<Boolean> {
    private UUID node = new UUID(0, 0);
    private final Map<String, Long> digests = new HashMap<>();

    VerifyQuery() {}

    VerifyQuery(UUID node, Map<RoomName, Long> digests) {
      this();
      this.node = node;
      digests.forEach((room, digest) -> this.digests.put(room.value(), digest));
    }

    @Override
    public @Nullable Boolean process(Map.Entry<String, RoomMembers> entry) {
      RoomMembers members = entry.getValue();
      long digest = members == null ? 0 : members.digestOf(node);
      Long expected = digests.get(entry.getKey());
      boolean same = expected == null || expected == digest;
      return same ? null : false;
    }

    @Override
    protected void write(ObjectDataOutput out, int version) throws IOException {
      WireType.write(node, out);
      out.writeInt(digests.size());
      for (Map.Entry<String, Long> digest : digests.entrySet()) {
        out.writeString(digest.getKey());
        out.writeLong(digest.getValue());
      }
    }

    @Override
    protected void read(ObjectDataInput in, int version) throws IOException {
      node = WireType.readUuid(in);
      for (int count = in.readInt(); count > 0; count--) {
        digests.put(WireType.readText(in), in.readLong());
      }
    }
  }
}
