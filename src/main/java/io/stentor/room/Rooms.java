package io.stentor.room;

import io.netty.channel.EventLoop;
import io.stentor.admission.Limits;
import io.stentor.config.RoomOptions;
import io.stentor.config.RoomRules;
import io.stentor.history.History;
import io.stentor.history.Page;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
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

  private final Loops loops;
  private final Appenders appenders;
  private final RoomRules rules;
  private final History history;
  private final RoomBus bus;
  private final LongSupplier clock;
  private final Counts counts;
  private final Limits limits;
  private final RoomsInUse inUse;

  /** Rooms on every event loop of this Vert.x. */
  public Rooms(Vertx vertx, RoomRules rules, History history) {
    this(vertx, rules, history, Timings.NONE, Limits.none());
  }

  /** Rooms on every event loop of this Vert.x, which tell their times and keep the limits. */
  public Rooms(Vertx vertx, RoomRules rules, History history, Timings timings, Limits limits) {
    this(
        Loops.of(vertx),
        rules,
        history,
        new RoomBus(vertx),
        () -> System.nanoTime() / 1_000_000,
        new Counts(timings),
        limits);
  }

  /** Rooms on these loops, which are nobody else's. */
  Rooms(List<Loop> loops, RoomRules rules, History history, RoomBus bus, LongSupplier clock) {
    this(new Loops(loops), rules, history, bus, clock, new Counts(), Limits.none());
  }

  private Rooms(
      Loops loops,
      RoomRules rules,
      History history,
      RoomBus bus,
      LongSupplier clock,
      Counts counts,
      Limits limits) {
    this.loops = loops;
    this.rules = rules;
    this.history = history;
    this.bus = bus;
    this.clock = clock;
    this.counts = counts;
    this.limits = limits;
    this.inUse = new RoomsInUse(limits);
    this.appenders = new Appenders(rules, loops, history, bus, counts);
    for (Loop loop : loops) {
      new FeedSweep(loop, inUse::release).start();
    }
  }

  /** Names this node among the others: some letters and digits, drawn at its start. */
  public String node() {
    return String.format("%06x", appenders.id() & 0xffffff);
  }

  /** What happened in the rooms of this node. */
  public Counts counts() {
    return counts;
  }

  /** The limits of this node. */
  public Limits limits() {
    return limits;
  }

  /**
   * Goes on where the room could be entered now. For refusing early, in the best form that a
   * transport has for it; {@link #join} decides. Any thread.
   *
   * @throws RoomLimitReached as {@link #join} would
   */
  public void requirePlace(RoomName name) throws RoomLimitReached {
    inUse.requirePlace(name);
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
   *
   * @throws RoomLimitReached when nobody of this node is in the room and {@code limits.rooms}
   *     allows no further one; the connection is told nothing
   */
  public Cursor join(RoomName name, Connection connection, Start start, EventLoop eventLoop)
      throws RoomLimitReached {
    Loop loop = loops.at(eventLoop);
    Room room = loop.rooms.get(name);
    if (room == null) {
      inUse.hold(name);
      room = new Room(name, options(name), history, loop, attachments(name), counts);
      loop.rooms.put(name, room);
    }
    return room.join(connection, start);
  }

  /**
   * Publishes. Publications of one caller keep their order. One that is larger than the room takes,
   * which may be so only after its transform, is refused with {@link MessageTooLarge}. Any thread.
   *
   * @return false when so much waits for this room that the caller should publish nothing more
   *     until this publication is acknowledged; it is taken all the same
   */
  public boolean publish(RoomName name, Publication publication, Ack ack) {
    return appenders.publish(name, publication, ack);
  }

  /**
   * Publishes unless too much waits for this room. Any thread.
   *
   * @return false when it was not taken; the ack is not called then
   */
  public boolean offer(RoomName name, Publication publication, Ack ack) {
    return appenders.offer(name, publication, ack);
  }

  /**
   * Reads what follows a position; see {@link History#read}. Completes on a loop, where the history
   * may be asked again.
   */
  public Future<Page> read(RoomName name, Position after, int maxMessages, int maxBytes) {
    return loops.atHome(
        name, history.read(name, after, maxMessages, maxBytes, options(name).history()));
  }

  /** Removes all that was said; see {@link History#removeAll}. Completes on a loop. */
  public Future<Page> removeAll(RoomName name) {
    return loops.atHome(name, history.removeAll(name, options(name).history()));
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
    Loop home = loops.home(name);
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
    return loops.load();
  }

  /** How many rooms somebody of this node was in, within the last second. Any thread. */
  public int inUse() {
    return loops.feedsInUse();
  }

  /** How many rooms count for {@code limits.rooms}: also those that were just left. Any thread. */
  int held() {
    return inUse.size();
  }

  /** Bytes that wait to be appended, in all rooms. Any thread. */
  public long waitingToAppend() {
    return appenders.waitingBytes();
  }

  /** How many rooms have something on its way to their logs. */
  int appenders() {
    return appenders.size();
  }

  private Room.Attachments attachments(RoomName name) {
    Loop home = loops.home(name);
    return new FeedHandle(
        name, home, inUse, () -> new Feed(name, options(name), home, history, bus, counts, clock));
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
    appenders.optionsChanged();
    for (Loop loop : loops) {
      loop.run(
          () -> {
            loop.rooms.forEach((name, room) -> room.options(options(name)));
            loop.feeds.forEach((name, feed) -> feed.options(options(name)));
          });
    }
  }
}
