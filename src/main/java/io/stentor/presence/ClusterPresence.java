package io.stentor.presence;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.presence.Watcher.Watch;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Presence in a cluster. Each node knows the members of its own connections best and tells them to
 * the {@link PresenceStore}, group by group; nodes that have watchers keep a {@link View} of the
 * room. What a node that died has told is taken out by the others.
 */
public final class ClusterPresence implements Presence {

  private static final long[] AFTER_CHANGE_MILLIS = {500, 2000, 5000, 10_000};
  private static final int PRUNE_SECONDS = 60;
  private static final int CLOSE_SECONDS = 5;
  private static final Logger LOG = LoggerFactory.getLogger(ClusterPresence.class);

  private final List<Place> places = new ArrayList<>();
  private final Predicate<RoomName> tracked;
  private final PresenceStore register;
  private final PresenceBus bus;
  private volatile boolean closed;

  /** A home and what works there. */
  private record Place(PresenceLoop home, OwnMembers.Telling telling, IdleSweep keeper) {}

  /**
   * The presence of the cluster that this instance is in.
   *
   * @param tracked whether a room is tracked at all
   */
  public ClusterPresence(Vertx vertx, HazelcastInstance hazelcast, Predicate<RoomName> tracked) {
    this(homes(vertx), tracked, new ClusterPresenceStore(hazelcast, vertx), new PresenceBus(vertx));
  }

  /** The same on these loops, which are nobody else's. */
  ClusterPresence(
      List<PresenceLoop> homes,
      Predicate<RoomName> tracked,
      PresenceStore register,
      PresenceBus bus) {
    this.tracked = tracked;
    this.register = register;
    this.bus = bus;
    for (PresenceLoop home : homes) {
      OwnMembers.Telling telling = new OwnMembers.Telling(register, bus, new CallLimiter(home));
      IdleSweep keeper = new IdleSweep(home, register);
      keeper.start();
      places.add(new Place(home, telling, keeper));
    }
    planPrune();
  }

  private static List<PresenceLoop> homes(Vertx vertx) {
    VertxInternal internal = (VertxInternal) vertx;
    List<PresenceLoop> homes = new ArrayList<>();
    for (EventExecutor thread : internal.nettyEventLoopGroup()) {
      homes.add(
          new PresenceLoop(internal.contextBuilder().withEventLoop((EventLoop) thread).build()));
    }
    return homes;
  }

  /** Adds what presence needs to the configuration of a Hazelcast instance. */
  public static void configure(Config config) {
    ClusterPresenceStore.configure(config);
  }

  private Place place(RoomName room) {
    int hash = (room.value().hashCode() * 0x9E3779B9) >>> 8;
    return places.get(Math.floorMod(hash, places.size()));
  }

  @Override
  public void enter(RoomName room, Member member) {
    if (tracked.test(room)) {
      Place place = place(room);
      place.home.run(
          () -> {
            if (!closed) {
              place
                  .home
                  .own
                  .computeIfAbsent(room, name -> new OwnMembers(name, place.home, place.telling))
                  .enter(member);
            }
          });
    }
  }

  @Override
  public void leave(RoomName room, String connection) {
    PresenceLoop home = place(room).home;
    home.run(
        () -> {
          OwnMembers own = home.own.get(room);
          if (own != null) {
            own.leave(connection);
          }
        });
  }

  @Override
  public Watch watch(RoomName room, Watcher watcher, Executor loop) {
    PresenceLoop home = place(room).home;
    if (!tracked.test(room)) {
      return Seat.ofNobody(watcher, loop);
    }
    Seat seat =
        new Seat(
            watcher,
            loop,
            one -> home.run(() -> view(home, room).refresh(one)),
            one -> home.run(() -> view(home, room).remove(one)));
    home.run(() -> view(home, room).add(seat));
    return seat;
  }

  private View view(PresenceLoop home, RoomName room) {
    View present = home.views.get(room);
    if (present != null) {
      return present;
    }
    View view = new View(room, home, register, bus);
    home.views.put(room, view);
    view.start();
    return view;
  }

  @Override
  public Future<MembersPage> members(RoomName room, @Nullable Member after, int limit) {
    return atHome(room, register.page(room, after, MembersPage.checked(limit)));
  }

  @Override
  public Future<RoomStats> stats(RoomName room) {
    return atHome(room, register.stats(Set.of(room)))
        .map(found -> Objects.requireNonNullElse(found.get(room), new RoomStats(room, 0, 0)));
  }

  /** The threads that answers come on may not be used to ask again. */
  private <T> Future<T> atHome(RoomName room, Future<T> future) {
    Promise<T> promise = Promise.promise();
    future.onComplete(done -> place(room).home.run(() -> promise.handle(done)));
    return promise.future();
  }

  @Override
  public Future<List<RoomStats>> rooms(String prefix, @Nullable String after, int limit) {
    return register
        .names(prefix, after, MembersPage.checked(limit))
        .compose(names -> register.stats(new TreeSet<>(names)))
        .map(
            found ->
                found.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .map(Map.Entry::getValue)
                    .toList());
  }

  /**
   * Nodes came or went, perhaps this one in the eyes of the others: what is known is compared and
   * the members of the dead are taken out, now and a few times more. Any thread; does not block.
   */
  public void nodesChanged() {
    lookAround();
    for (long millis : AFTER_CHANGE_MILLIS) {
      places.get(0).home.after(millis, this::lookAround);
    }
  }

  private void lookAround() {
    places.forEach(place -> place.home.run(place.keeper::nodesChanged));
    prune();
  }

  /** Now and then, for what no event told of; not on all nodes at the same moment. */
  private void planPrune() {
    long seconds = ThreadLocalRandom.current().nextInt(PRUNE_SECONDS / 2, PRUNE_SECONDS + 1);
    places
        .get(0)
        .home
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
    register
        .prune()
        .onSuccess(changes -> changes.forEach(this::pruned))
        .onFailure(failure -> LOG.debug("members of dead nodes: {}", failure.toString()));
  }

  private void pruned(RoomName room, MemberChange change) {
    LOG.debug("presence in {}: {} left with their node", room, change.left().size());
    PresenceMessage news = new PresenceMessage(register.node(), change);
    place(room).home.run(() -> bus.publish(room, news));
  }

  @Override
  public Future<Void> close() {
    closed = true;
    List<Future<Void>> homes = places.stream().map(ClusterPresence::clear).toList();
    return Future.all(homes)
        .<Void>mapEmpty()
        .timeout(CLOSE_SECONDS, TimeUnit.SECONDS)
        .recover(
            late -> {
              LOG.warn(
                  "not all members were signed off before this node left: {}", late.toString());
              return Future.succeededFuture();
            });
  }

  private static Future<Void> clear(Place place) {
    Promise<Void> cleared = Promise.promise();
    place.home.run(
        () -> {
          List.copyOf(place.home.own.values()).forEach(OwnMembers::clear);
          place.home.whenNobody(() -> cleared.tryComplete());
        });
    return cleared.future();
  }
}
