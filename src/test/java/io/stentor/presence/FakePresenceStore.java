package io.stentor.presence;

import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.timer.LoopExecutor;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store as one node of a test sees it, shared with the other nodes. Its calls take a while and
 * may fail, before or after they took effect, depending on a seed. One thread.
 */
final class FakePresenceStore implements PresenceStore {

  /** What all nodes share. */
  static final class Shared {
    final Map<RoomName, RoomMembers> rooms = new TreeMap<>();
    final Set<UUID> alive = new HashSet<>();
    int failPercent;
    int maxDelayMillis = 1;
    long epochs;
  }

  private final Shared shared;
  private final LoopExecutor clock;
  private final Random random;
  private UUID node;

  FakePresenceStore(Shared shared, LoopExecutor clock, Random random) {
    this.shared = shared;
    this.clock = clock;
    this.random = random;
    this.node = newNode();
  }

  private UUID newNode() {
    UUID id = new UUID(random.nextLong(), random.nextLong());
    shared.alive.add(id);
    return id;
  }

  /** The others have lost this node. */
  void die() {
    shared.alive.remove(node);
  }

  /** The others see this node again, as another one. */
  void comeBack() {
    node = newNode();
  }

  @Override
  public UUID node() {
    return node;
  }

  @Override
  public boolean isNode(UUID one) {
    return shared.alive.contains(one);
  }

  @Override
  public Future<MemberChange> announce(RoomName room, Announcement announcement) {
    return later(
        () -> {
          if (!shared.alive.contains(announcement.node())) {
            throw new IllegalStateException("not a node");
          }
          RoomMembers members =
              shared.rooms.computeIfAbsent(room, name -> new RoomMembers(++shared.epochs));
          MemberChange change = members.announce(announcement);
          shared.rooms.values().removeIf(RoomMembers::isEmpty);
          return change;
        });
  }

  @Override
  public Future<MemberSnapshot> read(RoomName room, long knownDigest) {
    return later(
        () -> {
          RoomMembers members = shared.rooms.get(room);
          return members == null ? MemberSnapshot.EMPTY : members.snapshot(knownDigest);
        });
  }

  @Override
  public Future<List<RoomName>> verify(UUID of, Map<RoomName, Long> digests) {
    return later(
        () ->
            digests.keySet().stream()
                .filter(room -> digests.get(room) != digest(room, of))
                .toList());
  }

  private long digest(RoomName room, UUID of) {
    RoomMembers members = shared.rooms.get(room);
    return members == null ? 0 : members.digestOf(of);
  }

  @Override
  public Future<MembersPage> page(RoomName room, @Nullable Member after, int limit) {
    RoomMembers members = shared.rooms.get(room);
    return Future.succeededFuture(
        MembersPage.of(members == null ? List.of() : members.members(), after, limit));
  }

  @Override
  public Future<Map<RoomName, RoomStats>> stats(Set<RoomName> rooms) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<List<RoomName>> names(String prefix, @Nullable String after, int limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Map<RoomName, MemberChange>> prune() {
    return later(
        () -> {
          Map<RoomName, MemberChange> changes = new TreeMap<>();
          shared.rooms.forEach(
              (room, members) -> {
                if (members.hasOtherNodes(shared.alive)) {
                  changes.put(room, members.retainNodes(shared.alive));
                }
              });
          shared.rooms.values().removeIf(RoomMembers::isEmpty);
          return changes;
        });
  }

  private <T> Future<T> later(Supplier<T> call) {
    Promise<T> promise = Promise.promise();
    boolean fails = random.nextInt(100) < shared.failPercent;
    boolean done = !fails || random.nextBoolean();
    clock.after(
        random.nextInt(shared.maxDelayMillis),
        () -> {
          try {
            T result = done ? call.get() : null;
            clock.after(
                random.nextInt(shared.maxDelayMillis),
                () -> {
                  if (fails) {
                    promise.fail("the test lets this call fail");
                  } else {
                    promise.complete(result);
                  }
                });
          } catch (IllegalStateException e) {
            promise.fail(e);
          }
        });
    return promise.future();
  }
}
