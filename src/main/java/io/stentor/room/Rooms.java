package io.stentor.room;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.stentor.config.RoomOptions;
import io.stentor.config.RoomRules;
import io.stentor.history.History;
import io.stentor.history.Page;
import io.stentor.limits.Limits;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Counts.Count;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * All rooms of this node: where connections join and publishers publish.
 *
 * <p>A room costs something only where somebody is in it: a {@link Room} on each event loop that
 * has connections in it, and one {@link Feed} on the loop that is its home on this node. Publishing
 * needs an {@link Appender} for as long as something is on its way.
 */
public final class Rooms {

  private static final long[] CHECK_AFTER_CHANGE_MILLIS = {500, 2000, 5000, 10_000};

  private final List<Loop> loops = new ArrayList<>();
  private final Map<EventExecutor, Loop> loopOf = new ConcurrentHashMap<>();
  private final Map<RoomName, Appender> appenders = new ConcurrentHashMap<>();
  private final RoomRules rules;
  private final History history;
  private final RoomBus bus;
  private final LongSupplier clock;
  private final Counts counts;
  private final Appender.Identity identity;
  private final Limits limits;
  private final RoomsInUse inUse;

  /** Rooms on every event loop of this Vert.x. */
  public Rooms(Vertx vertx, RoomRules rules, History history) {
    this(vertx, rules, history, Timings.NONE, Limits.none());
  }

  /** Rooms on every event loop of this Vert.x, which tell their times and keep the limits. */
  public Rooms(Vertx vertx, RoomRules rules, History history, Timings timings, Limits limits) {
    this(
        loops(vertx),
        rules,
        history,
        new RoomBus(vertx),
        System::currentTimeMillis,
        new Counts(timings),
        limits);
  }

  /** Rooms on these loops, which are nobody else's. */
  Rooms(List<Loop> loops, RoomRules rules, History history, RoomBus bus, LongSupplier clock) {
    this(loops, rules, history, bus, clock, new Counts(), Limits.none());
  }

  private Rooms(
      List<Loop> loops,
      RoomRules rules,
      History history,
      RoomBus bus,
      LongSupplier clock,
      Counts counts,
      Limits limits) {
    this.rules = rules;
    this.history = history;
    this.bus = bus;
    this.clock = clock;
    this.counts = counts;
    this.limits = limits;
    this.inUse = new RoomsInUse(limits);
    long appender = ThreadLocalRandom.current().nextLong();
    this.identity = new Appender.Identity(appender, new AtomicLong(1));
    for (Loop loop : loops) {
      this.loops.add(loop);
      loopOf.put(loop.thread(), loop);
      new FeedKeeper(loop, inUse::remove).start();
    }
  }

  private static List<Loop> loops(Vertx vertx) {
    VertxInternal internal = (VertxInternal) vertx;
    List<Loop> loops = new ArrayList<>();
    for (EventExecutor thread : internal.nettyEventLoopGroup()) {
      loops.add(new Loop(internal.contextBuilder().withEventLoop((EventLoop) thread).build()));
    }
    return loops;
  }

  /** Names this node among the others: some letters and digits, drawn at its start. */
  public String node() {
    return String.format("%06x", identity.appender() & 0xffffff);
  }

  /** What happened in the rooms of this node. */
  public Counts counts() {
    return counts;
  }

  /** The limits of this node. */
  public Limits limits() {
    return limits;
  }

  /** Whether the room may be entered: whether this node has, or may have, it. Any thread. */
  public boolean hasPlace(RoomName name) {
    return inUse.hasPlace(name);
  }

  /**
   * Takes one message, which was published, from the room's rate. Any thread.
   *
   * @return for how many nanoseconds its publisher should publish nothing more; mostly 0
   */
  public long take(RoomName name) {
    return limits.roomRates().take(name, options(name).ratePerSecond());
  }

  /** The options of a room. Any thread. */
  public RoomOptions options(RoomName room) {
    return rules.optionsFor(room.value());
  }

  /**
   * Places a cursor for the connection. To be called on the event loop of the connection, which is
   * written to on that loop only.
   */
  public Cursor join(RoomName name, Connection connection, Start start, EventLoop eventLoop) {
    Loop loop = loop(eventLoop);
    inUse.add(name);
    return loop.rooms
        .computeIfAbsent(name, n -> new Room(n, options(n), history, loop, attachments(n), counts))
        .join(connection, start);
  }

  /**
   * Publishes. Publications of one caller keep their order. Any thread.
   *
   * @return false when so much waits for this room that the caller should publish nothing more
   *     until this publication is acknowledged; it is taken all the same
   */
  public boolean publish(RoomName name, Publication publication, Ack ack) {
    int reserved = publication.weight() + Appender.OVERHEAD_BYTES;
    Appender appender =
        appenders.compute(
            name,
            (n, present) -> {
              Appender one = present != null ? present : appender(n);
              one.reserve(reserved);
              return one;
            });
    Publication changed = Transforms.apply(appender.options().transform(), publication);
    Appender.Waiting waiting = new Appender.Waiting(changed, reserved, ack);
    appender.home().run(() -> appender.offer(waiting));
    return !appender.isFull();
  }

  /**
   * Publishes unless too much waits for this room. Any thread.
   *
   * @return false when it was not taken; the ack is not called then
   */
  public boolean offer(RoomName name, Publication publication, Ack ack) {
    Appender appender = appenders.get(name);
    if (appender != null && appender.isFull()) {
      counts.add(Count.REFUSED, 1);
      return false;
    }
    publish(name, publication, ack);
    return true;
  }

  /**
   * Reads what follows a position; see {@link History#read}. Completes on a loop, where the history
   * may be asked again.
   */
  public Future<Page> read(RoomName name, Position after, int maxMessages, int maxBytes) {
    return atHome(name, history.read(name, after, maxMessages, maxBytes, options(name).history()));
  }

  /** Removes all that was said; see {@link History#removeAll}. Completes on a loop. */
  public Future<Page> removeAll(RoomName name) {
    return atHome(name, history.removeAll(name, options(name).history()));
  }

  /** The threads that answers come on may not be used to ask again. */
  private <T> Future<T> atHome(RoomName name, Future<T> future) {
    if (future.isComplete()) {
      return future;
    }
    Promise<T> promise = Promise.promise();
    future.onComplete(done -> home(name).run(() -> promise.handle(done)));
    return promise.future();
  }

  /** The logs of the rooms. */
  public History history() {
    return history;
  }

  /**
   * What stands up to this position in a room's log was removed there, so this node lets go of it,
   * too. Any thread.
   *
   * @return complete when it has, on any thread
   */
  public Future<Void> forget(RoomName name, Position upTo) {
    Promise<Void> done = Promise.promise();
    Loop home = home(name);
    home.run(
        () -> {
          Feed feed = home.feeds.get(name);
          if (feed != null) {
            feed.forget(upTo);
          }
          done.complete();
        });
    return done.future();
  }

  /** How much is listened to on this node. Completes on any thread. */
  public Future<Load> load() {
    List<Future<Load>> all = new ArrayList<>();
    for (Loop loop : loops) {
      Promise<Load> promise = Promise.promise();
      loop.run(() -> promise.complete(loop.load()));
      all.add(promise.future());
    }
    return Future.all(all).map(done -> done.<Load>list().stream().reduce(Load.NONE, Load::plus));
  }

  /** How many rooms somebody of this node was in, within the last second. Any thread. */
  public int inUse() {
    int sum = 0;
    for (Loop loop : loops) {
      sum += loop.feedsInUse;
    }
    return sum;
  }

  /** Bytes that wait to be appended, in all rooms. Any thread. */
  public long waitingToAppend() {
    return appenders.values().stream().mapToLong(Appender::waitingBytes).sum();
  }

  /** How many rooms have something on its way to their logs. */
  int appenders() {
    return appenders.size();
  }

  private Appender appender(RoomName name) {
    Runnable idle =
        () -> appenders.computeIfPresent(name, (n, present) -> present.isIdle() ? null : present);
    return new Appender(name, options(name), home(name), history, bus, counts, identity, idle);
  }

  private Room.Attachments attachments(RoomName name) {
    Loop home = home(name);
    return new HomeFeed(
        name,
        home,
        () -> inUse.add(name),
        () -> new Feed(name, options(name), home, history, bus, counts, clock));
  }

  /**
   * Nodes came or went, perhaps with messages that they had appended but not sent, or with logs
   * that were merged: all feeds are compared with their logs, now and a few times more.
   */
  public void nodesChanged() {
    for (Loop loop : loops) {
      Runnable checkAll = () -> List.copyOf(loop.feeds.values()).forEach(Feed::check);
      loop.run(checkAll);
      for (long millis : CHECK_AFTER_CHANGE_MILLIS) {
        loop.after(millis, checkAll);
      }
    }
  }

  /**
   * The rules say something else from now on: rooms that are in use go on as they say. Whether a
   * room has a log must not have changed.
   */
  public void optionsChanged() {
    appenders.forEach((name, appender) -> appender.options(options(name)));
    for (Loop loop : loops) {
      loop.run(
          () -> {
            loop.rooms.forEach((name, room) -> room.options(options(name)));
            loop.feeds.forEach((name, feed) -> feed.options(options(name)));
          });
    }
  }

  private Loop loop(EventLoop eventLoop) {
    Loop loop = loopOf.get(eventLoop);
    if (loop == null) {
      throw new IllegalArgumentException("not an event loop of this node: " + eventLoop);
    }
    return loop;
  }

  private Loop home(RoomName name) {
    return loops.get(Math.floorMod((name.value().hashCode() * 0x9E3779B9) >>> 8, loops.size()));
  }
}
