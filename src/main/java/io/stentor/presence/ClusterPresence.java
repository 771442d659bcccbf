package io.stentor.presence;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.presence.PresenceBus.PresenceMessage;
import io.stentor.presence.PresenceStore.MemberChange;
import io.stentor.presence.Watcher.Watch;
import io.stentor.timer.LoopExecutor;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Presence in a cluster. */
public final class ClusterPresence implements Presence {

  /*
   * Each node announces the members of its own connections to the PresenceStore (OwnMembers) and
   * publishes the resulting changes on the PresenceBus. A node with watchers keeps a copy of the
   * room's members (WatchedRoom). The members of a node that has died are removed by the others.
   * Each room belongs to one event loop of a node, and each loop has a Shard with the rooms that
   * belong to it.
   */

  /** In this time the own members of every room are compared with the store once. */
  static final int VERIFY_SECONDS = 60;

  /** Number of rooms compared per second after nodes joined or left. */
  private static final int FAST_VERIFY_ROOMS = 10_000;

  /** Maximum number of watched rooms read per second while the event bus is not whole. */
  private static final int MAX_CHECKS = 1000;

  private static final long[] AFTER_CHANGE_MILLIS = {500, 2000, 5000, 10_000};
  private static final int PRUNE_SECONDS = 60;
  private static final int CLOSE_SECONDS = 5;
  private static final Logger LOG = LoggerFactory.getLogger(ClusterPresence.class);

  private final List<Shard> shards = new ArrayList<>();
  private final Predicate<RoomName> tracked;
  private final PresenceStore store;
  private final PresenceBus bus;
  private volatile boolean closed;

  /**
   * Creates the presence of a node of a cluster.
   *
   * @param tracked whether a room is tracked
   */
  public ClusterPresence(Vertx vertx, HazelcastInstance hazelcast, Predicate<RoomName> tracked) {
    this(loops(vertx), tracked, new ClusterPresenceStore(hazelcast, vertx), new PresenceBus(vertx));
  }

  /** Creates the presence of a node on the given event loops. */
  ClusterPresence(
      List<LoopExecutor> loops, Predicate<RoomName> tracked, PresenceStore store, PresenceBus bus) {
    this.tracked = tracked;
    this.store = store;
    this.bus = bus;
    for (LoopExecutor loop : loops) {
      shards.add(new Shard(loop));
    }
    planPrune();
  }

  private static List<LoopExecutor> loops(Vertx vertx) {
    VertxInternal internal = (VertxInternal) vertx;
    List<LoopExecutor> loops = new ArrayList<>();
    for (EventExecutor thread : internal.nettyEventLoopGroup()) {
      loops.add(
          new LoopExecutor(internal.contextBuilder().withEventLoop((EventLoop) thread).build()));
    }
    return loops;
  }

  /** Adds what presence needs to the configuration of a Hazelcast instance. */
  public static void configure(Config config) {
    ClusterPresenceStore.configure(config);
  }

  private Shard shard(RoomName room) {
    int hash = (room.value().hashCode() * 0x9E3779B9) >>> 8;
    return shards.get(Math.floorMod(hash, shards.size()));
  }

  @Override
  public void enter(RoomName room, Member member) {
    if (tracked.test(room)) {
      Shard shard = shard(room);
      shard.loop.run(() -> shard.enter(room, member));
    }
  }

  @Override
  public void leave(RoomName room, String connection) {
    Shard shard = shard(room);
    shard.loop.run(() -> shard.leave(room, connection));
  }

  @Override
  public Watch watch(RoomName room, Watcher watcher, Executor loop) {
    if (!tracked.test(room)) {
      return Watchers.Delivery.untracked(watcher, loop);
    }
    Shard shard = shard(room);
    Watchers.Delivery watch =
        new Watchers.Delivery(
            watcher,
            loop,
            new Watchers.Delivery.Requests() {
              @Override
              public void refresh(Watchers.Delivery one) {
                shard.loop.run(() -> shard.watched(room).refresh(one));
              }

              @Override
              public void members(Watchers.Delivery one, Consumer<List<Member>> answer) {
                shard.loop.run(() -> shard.watched(room).members(one, answer));
              }

              @Override
              public void ended(Watchers.Delivery one) {
                shard.loop.run(() -> shard.watched(room).remove(one));
              }
            });
    shard.loop.run(() -> shard.watched(room).add(watch));
    return watch;
  }

  @Override
  public Future<MembersPage> members(RoomName room, @Nullable Member after, int limit) {
    return onLoop(room, store.page(room, after, Presence.checkedLimit(limit)));
  }

  @Override
  public Future<RoomStats> stats(RoomName room) {
    return onLoop(room, store.stats(Set.of(room)))
        .map(found -> Objects.requireNonNullElse(found.get(room), new RoomStats(room, 0, 0)));
  }

  /** Completes on the room's loop: the threads of the store must not be used for further calls. */
  private <T> Future<T> onLoop(RoomName room, Future<T> future) {
    Promise<T> promise = Promise.promise();
    future.onComplete(done -> shard(room).loop.run(() -> promise.handle(done)));
    return promise.future();
  }

  @Override
  public Future<List<RoomStats>> rooms(String prefix, @Nullable String after, int limit) {
    return store
        .names(prefix, after, Presence.checkedLimit(limit))
        .compose(names -> store.stats(new TreeSet<>(names)))
        .map(
            found ->
                found.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .map(Map.Entry::getValue)
                    .toList());
  }

  /**
   * Call when nodes joined or left the cluster, or when this node came back to it. Compares all
   * rooms with the store and removes the members of dead nodes, at once and a few times later. Any
   * thread; does not block.
   */
  public void nodesChanged() {
    repair();
    for (long millis : AFTER_CHANGE_MILLIS) {
      shards.get(0).loop.after(millis, this::repair);
    }
  }

  /**
   * Call when the event bus no longer connects all nodes, and when it does again. In between, all
   * watched rooms are read from the store every second. Any thread; does not block.
   */
  public void busWhole(boolean whole) {
    shards.forEach(shard -> shard.loop.run(() -> shard.busWhole = whole));
    nodesChanged();
  }

  private void repair() {
    shards.forEach(shard -> shard.loop.run(shard::nodesChanged));
    prune();
  }

  /**
   * Prunes at random times, for the case that no event was seen: nodes do not all do it at once.
   */
  private void planPrune() {
    long seconds = ThreadLocalRandom.current().nextInt(PRUNE_SECONDS / 2, PRUNE_SECONDS + 1);
    shards
        .get(0)
        .loop
        .after(
            TimeUnit.SECONDS.toMillis(seconds),
            () -> {
              prune();
              planPrune();
            });
  }

  private void prune() {
    if (closed) {
      return;
    }
    store
        .prune()
        .onSuccess(changes -> changes.forEach(this::pruned))
        .onFailure(
            failure -> LOG.debug("members of dead nodes not removed: {}", failure.toString()));
  }

  private void pruned(RoomName room, MemberChange change) {
    LOG.debug("presence in {}: {} left with their node", room, change.left().size());
    PresenceMessage message = new PresenceMessage(store.node(), change);
    shard(room).loop.run(() -> bus.publish(room, message));
  }

  @Override
  public Future<Void> close() {
    closed = true;
    return Future.all(shards.stream().map(Shard::close).toList())
        .<Void>mapEmpty()
        .timeout(CLOSE_SECONDS, TimeUnit.SECONDS)
        .recover(
            late -> {
              LOG.warn("not all members were removed before this node left: {}", late.toString());
              return Future.succeededFuture();
            });
  }

  /** The rooms of one event loop. Belongs to this loop. */
  private final class Shard implements OwnMembers.Listener {
    private final LoopExecutor loop;
    private final Map<RoomName, OwnMembers> own = new HashMap<>();
    private final Map<RoomName, WatchedRoom> watched = new HashMap<>();
    private final OwnMembers.Shared shared;
    private final Deque<RoomName> toVerify = new ArrayDeque<>();
    private final Promise<Void> emptied = Promise.promise();
    private UUID node = store.node();
    private int verifiedPerSecond;
    private boolean busWhole = true;
    private int seconds;

    Shard(LoopExecutor loop) {
      this.loop = loop;
      this.shared = new OwnMembers.Shared(loop, store, bus, this);
      loop.every(1000, this::everySecond);
    }

    void enter(RoomName room, Member member) {
      if (!closed) {
        own.computeIfAbsent(room, name -> new OwnMembers(name, shared)).enter(member);
      }
    }

    void leave(RoomName room, String connection) {
      OwnMembers members = own.get(room);
      if (members != null) {
        members.leave(connection);
      }
    }

    WatchedRoom watched(RoomName room) {
      WatchedRoom present = watched.get(room);
      if (present != null) {
        return present;
      }
      WatchedRoom created =
          new WatchedRoom(room, loop, store, bus, connection -> isOwn(room, connection));
      watched.put(room, created);
      created.start();
      return created;
    }

    private boolean isOwn(RoomName room, String connection) {
      OwnMembers members = own.get(room);
      return members != null && members.contains(connection);
    }

    @Override
    public void leavesAnnounced(RoomName room) {
      WatchedRoom present = watched.get(room);
      if (present != null) {
        present.ownLeft();
      }
    }

    @Override
    public void empty(RoomName room, OwnMembers members) {
      own.remove(room, members);
      completeIfEmptied();
    }

    /** Removes all own members. Completes when the store knows it. Any thread. */
    Future<Void> close() {
      loop.run(
          () -> {
            List.copyOf(own.values()).forEach(OwnMembers::clear);
            completeIfEmptied();
          });
      return emptied.future();
    }

    private void completeIfEmptied() {
      if (closed && own.isEmpty()) {
        emptied.tryComplete();
      }
    }

    void nodesChanged() {
      announceIfRenamed();
      toVerify.clear();
      toVerify.addAll(own.keySet());
      verifiedPerSecond = FAST_VERIFY_ROOMS;
      watched.values().forEach(WatchedRoom::check);
    }

    private void everySecond() {
      announceIfRenamed();
      watched.values().removeIf(room -> !room.tick());
      if (!busWhole) {
        checkWatched();
      }
      verify();
    }

    private void checkWatched() {
      int turns = 1 + watched.size() / MAX_CHECKS;
      int number = seconds++;
      for (WatchedRoom room : watched.values()) {
        if (number++ % turns == 0) {
          room.check();
        }
      }
    }

    /** Announces everything again if this node has a new id in the cluster. */
    private void announceIfRenamed() {
      UUID now = store.node();
      if (!now.equals(node)) {
        node = now;
        own.values().forEach(OwnMembers::announceAll);
      }
    }

    private void verify() {
      if (toVerify.isEmpty()) {
        toVerify.addAll(own.keySet());
        verifiedPerSecond = toVerify.size() / VERIFY_SECONDS + 1;
      }
      Map<RoomName, Long> digests = new HashMap<>();
      for (int i = 0; i < verifiedPerSecond && !toVerify.isEmpty(); i++) {
        RoomName room = toVerify.remove();
        OwnMembers members = own.get(room);
        if (members != null && members.isAnnounced()) {
          digests.put(room, members.digest());
        }
      }
      if (!digests.isEmpty()) {
        store
            .verify(node, digests)
            .onComplete((differing, failure) -> loop.run(() -> verified(differing, failure)));
      }
    }

    private void verified(@Nullable List<RoomName> differing, @Nullable Throwable failure) {
      if (differing == null) {
        LOG.debug("presence was not compared with the store: {}", String.valueOf(failure));
        return;
      }
      for (RoomName room : differing) {
        OwnMembers members = own.get(room);
        if (members != null && members.isAnnounced()) {
          LOG.debug("presence in {}: the store differs from this node, announced again", room);
          members.announceAll();
        }
      }
    }
  }
}
