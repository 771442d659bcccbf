package io.stentor.presence;

import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.map.IMap;
import com.hazelcast.query.Predicate;
import com.hazelcast.query.Predicates;
import com.hazelcast.spi.merge.DiscardMergePolicy;
import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.presence.Presence.BusyException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.ArrayList;
import java.util.HashMap;
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
 * The register in a Hazelcast map: each room on the node that owns it, with a copy on another one.
 * Futures complete on threads of Hazelcast.
 */
final class ClusterPresenceStore implements PresenceStore {

  /*
   * After a split, the map of one part is thrown away: every node of that part is somebody else by
   * then and says its members anew, which is simpler than merging and cannot leave ghosts.
   */

  static final String MAP = "stentor.presence";
  private static final String KEY = "__key";
  private static final int MERGE_BATCH = 100;

  /** How many lists of names may be asked for at once; they are made one after the other. */
  private static final int MAX_LISTING = 32;

  /** A question is harmless to repeat. */
  private static final int QUESTION_TRIES = 20;

  private static final long QUESTION_RETRY_MILLIS = 100;

  private final HazelcastInstance hazelcast;
  private final Vertx vertx;
  private final IMap<String, RoomMembers> rooms;
  private final OwnedPartitions partitions;
  private final WorkerExecutor namesWorker;
  private final WorkerExecutor pruneWorker;
  private final AtomicInteger listing = new AtomicInteger();

  /**
   * The register of the cluster that this instance is in.
   *
   * @param vertx for the threads of what Hazelcast does not do without blocking
   */
  ClusterPresenceStore(HazelcastInstance hazelcast, Vertx vertx) {
    this.hazelcast = hazelcast;
    this.vertx = vertx;
    this.namesWorker = vertx.createSharedWorkerExecutor("stentor-presence-names", 1);
    this.pruneWorker = vertx.createSharedWorkerExecutor("stentor-presence-prune", 1);
    this.rooms = hazelcast.getMap(MAP);
    this.partitions = new OwnedPartitions(hazelcast);
  }

  /** Adds what the register needs to the configuration of a Hazelcast instance. */
  static void configure(Config config) {
    PresenceTypes.register(config.getSerializationConfig());
    config.addMapConfig(
        new MapConfig(MAP)
            .setInMemoryFormat(InMemoryFormat.OBJECT)
            .setBackupCount(1)
            .setAsyncBackupCount(0)
            .setStatisticsEnabled(false)
            .setMergePolicyConfig(
                new MergePolicyConfig(DiscardMergePolicy.class.getName(), MERGE_BATCH)));
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
    return send(room, new AnnounceProcessor(announcement, newEpoch));
  }

  @Override
  public Future<MemberSnapshot> read(RoomName room, long known) {
    return ask(room, new StandingQuestion(known));
  }

  @Override
  public Future<List<RoomName>> verify(UUID node, Map<RoomName, Long> digests) {
    Set<String> keys = digests.keySet().stream().map(RoomName::value).collect(Collectors.toSet());
    return asked(() -> rooms.submitToKeys(keys, new VerifyQuestion(node, digests)), QUESTION_TRIES)
        .map(differing -> differing.keySet().stream().map(RoomName::new).toList());
  }

  @Override
  public Future<MembersPage> page(RoomName room, @Nullable Member after, int limit) {
    return ask(room, new PageQuestion(after, limit));
  }

  @Override
  public Future<Map<RoomName, RoomStats>> stats(Set<RoomName> names) {
    Set<String> keys = names.stream().map(RoomName::value).collect(Collectors.toSet());
    return asked(() -> rooms.submitToKeys(keys, new StatsQuestion()), QUESTION_TRIES)
        .map(
            found ->
                found.values().stream()
                    .collect(Collectors.toMap(RoomStats::room, Function.identity())));
  }

  @Override
  public Future<List<RoomName>> names(String prefix, @Nullable String after, int limit) {
    if (listing.incrementAndGet() > MAX_LISTING) {
      listing.decrementAndGet();
      return Future.failedFuture(new BusyException());
    }
    return namesWorker
        .executeBlocking(() -> namesNow(prefix, after, limit))
        .onComplete(ended -> listing.decrementAndGet());
  }

  private List<RoomName> namesNow(String prefix, @Nullable String after, int limit) {
    List<Predicate<String, RoomMembers>> wanted = new ArrayList<>();
    if (!prefix.isEmpty()) {
      wanted.add(Predicates.between(KEY, prefix, prefix + Character.MAX_VALUE));
    }
    if (after != null) {
      wanted.add(Predicates.greaterThan(KEY, after));
    }
    Predicate<String, RoomMembers> all =
        wanted.isEmpty()
            ? Predicates.alwaysTrue()
            : Predicates.and(wanted.toArray(Predicate[]::new));
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
    Set<String> owned = partitions.keys();
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

  private <R> Future<R> ask(RoomName room, RoomQuestion<R> question) {
    return asked(() -> rooms.submitToKey(room.value(), question), QUESTION_TRIES);
  }

  /** Asks again where a node went in the middle of it: its rooms are on another one now. */
  private <T> Future<T> asked(Supplier<CompletionStage<@Nullable T>> call, int tries) {
    return future(call)
        .recover(
            failure ->
                tries > 1 && failure instanceof IndeterminateOperationStateException
                    ? vertx
                        .timer(QUESTION_RETRY_MILLIS, TimeUnit.MILLISECONDS)
                        .compose(later -> asked(call, tries - 1))
                    : Future.failedFuture(failure));
  }

  private <R> Future<R> send(RoomName room, RoomProcessor<R> processor) {
    return future(() -> rooms.submitToKey(room.value(), processor));
  }

  private static <T> Future<T> future(Supplier<CompletionStage<@Nullable T>> call) {
    Promise<T> promise = Promise.promise();
    try {
      call.get()
          .whenCompleteAsync(
              (result, failure) -> {
                if (failure != null) {
                  promise.fail(failure);
                } else if (result == null) {
                  promise.fail("Hazelcast gave no answer");
                } else {
                  promise.complete(result);
                }
              },
              Runnable::run);
    } catch (RuntimeException e) { // Hazelcast throws where it is shutting down.
      promise.fail(e);
    }
    return promise.future();
  }
}
