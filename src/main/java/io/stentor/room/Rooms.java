package io.stentor.room;

import io.netty.channel.EventLoop;
import io.stentor.admission.Limits;
import io.stentor.config.RoomOptions;
import io.stentor.config.RoomRules;
import io.stentor.history.History;
import io.stentor.history.History.NotReplicatedException;
import io.stentor.history.Page;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.message.TagFilter;
import io.stentor.room.Counts.Timings;
import io.stentor.room.Cursor.Start;
import io.stentor.room.Loops.Loop;
import io.stentor.timer.LoopExecutor;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** All rooms of this node. Any thread, except {@link #join}. */
public final class Rooms {

  /*
   * A room uses resources only while it is in use: a Room on each event loop that has connections
   * in it, and one Feed on its home loop on this node.
   */

  /**
   * The number of rooms and cursors of a node.
   *
   * @param rooms rooms that are in use or were a moment ago
   * @param cursors cursors in these rooms; a connection in two rooms has two
   */
  public record Load(int rooms, int cursors) {
    private Load plus(Load other) {
      return new Load(rooms + other.rooms, cursors + other.cursors);
    }
  }

  /**
   * Maximum number of attempts of an operation on a log that fails until the nodes have agreed on
   * who is there, for example after the loss of one. Together, the pauses take 4 s.
   */
  private static final int TRIES = 40;

  private static final long RETRY_MILLIS = 100;

  private static final long[] CHECK_AFTER_CHANGE_MILLIS = {500, 2000, 5000, 10_000};

  private final Loops loops;
  private final Publisher publisher;
  private final RoomRules rules;
  private final History history;
  private final Counts counts;
  private final Limits limits;
  private final RoomsInUse inUse;
  private final FiltersInUse filters;

  /** Creates rooms on every event loop of a Vert.x instance, without limits or timings. */
  public Rooms(Vertx vertx, RoomRules rules, History history) {
    this(vertx, rules, history, Timings.NONE, Limits.none());
  }

  /** Creates rooms on every event loop of a Vert.x instance. */
  public Rooms(Vertx vertx, RoomRules rules, History history, Timings timings, Limits limits) {
    this(
        LoopExecutor.all(vertx),
        rules,
        history,
        new RoomBus(vertx),
        () -> System.nanoTime() / 1_000_000,
        new Counts(timings),
        limits);
  }

  /** Creates rooms on these loops, which must not be shared with another instance. */
  Rooms(
      List<LoopExecutor> loops,
      RoomRules rules,
      History history,
      RoomBus bus,
      LongSupplier clock,
      Timings timings) {
    this(loops, rules, history, bus, clock, new Counts(timings), Limits.none());
  }

  private Rooms(
      List<LoopExecutor> executors,
      RoomRules rules,
      History history,
      RoomBus bus,
      LongSupplier clock,
      Counts counts,
      Limits limits) {
    this.rules = rules;
    this.history = history;
    this.counts = counts;
    this.limits = limits;
    this.inUse = new RoomsInUse(limits);
    this.filters = new FiltersInUse(limits);
    this.loops =
        new Loops(
            executors,
            loop ->
                new Feeds(
                    loop,
                    inUse,
                    name -> new Feed(name, options(name), loop, history, bus, counts, clock)));
    this.publisher =
        new Publisher(rules, room -> loops.home(room).executor(), history, bus, counts);
  }

  /** Returns an ID of this node: six hexadecimal digits, randomly chosen at startup. */
  public String node() {
    return String.format("%06x", publisher.id() & 0xffffff);
  }

  /** Returns what publishes to the rooms. */
  public Publisher publisher() {
    return publisher;
  }

  public Counts counts() {
    return counts;
  }

  public Limits limits() {
    return limits;
  }

  /** Returns the logs of the rooms. */
  public History history() {
    return history;
  }

  /** Returns the options of a room. */
  public RoomOptions options(RoomName room) {
    return rules.optionsFor(room.value());
  }

  /**
   * Checks whether the room could be joined now, so that a transport can reject a request early in
   * its own form. The result is not binding; {@link #join} checks again.
   *
   * @param filter of the connection; null for none
   * @throws JoinLimitReached as {@link #join} would
   */
  public void requirePlace(RoomName name, @Nullable TagFilter filter) throws JoinLimitReached {
    inUse.requirePlace(name);
    if (filter != null) {
      filters.requirePlace(name, filter);
    }
  }

  /**
   * Joins a room and returns the connection's cursor. Must be called on the connection's event
   * loop, and only that loop writes to the connection.
   *
   * @throws JoinLimitReached if no connection of this node is in the room and {@code limits.rooms}
   *     allows no further room, or if {@code limits.filtersPerRoom} allows no further filter; the
   *     connection is not called then
   */
  public Cursor join(RoomName name, Connection connection, Start start, EventLoop eventLoop)
      throws JoinLimitReached {
    Loop loop = loops.at(eventLoop);
    Room room = loop.rooms.get(name);
    if (room == null) {
      inUse.hold(name);
      Room.Source feed = loops.home(name).feeds.handle(name);
      room = new Room(name, options(name), loop, feed, filters, counts);
      loop.rooms.put(name, room);
    }
    Tail tail = room.tail(connection.format(), connection.filter());
    loop.cursors++;
    return room.join(tail, connection, start);
  }

  /**
   * Charges one published message to the room's rate limit.
   *
   * @return how long the publisher should pause, in nanoseconds; usually 0
   */
  public long take(RoomName name) {
    return limits.roomRates().take(name, options(name).ratePerSecond());
  }

  /**
   * Reads the publications after a position; see {@link History#read}. Completes on an event loop,
   * where the history may be read again.
   */
  public Future<Page> read(RoomName name, Position after, int maxMessages, int maxBytes) {
    if (!history.canFork()) {
      return loops.atHome(
          name, history.read(name, after, maxMessages, maxBytes, options(name).history()));
    }
    return withFeed(name, feed -> readLog(name, feed, after, maxMessages, maxBytes));
  }

  /**
   * Reads like {@link #read}, for a connection that joins at the end of the page. What this node
   * has delivered a moment ago is not read from the log, so no other node can delay it. The page
   * does not contain what this node has not delivered yet.
   */
  public Future<Page> readMissed(RoomName name, Position after, int maxMessages, int maxBytes) {
    if (!history.canFork()) {
      return read(name, after, maxMessages, maxBytes);
    }
    return withFeed(
        name,
        feed ->
            feed == null
                ? readLog(name, null, after, maxMessages, maxBytes)
                : feed.read(after, maxMessages, maxBytes));
  }

  /**
   * Searches the log for the newest publication, for a connection that joins at the end of the
   * page. Like {@link #readMissed}, prefers what this node has delivered.
   *
   * @param filter what the publication has to match; null for any
   * @return a page with the publication, or without any if none matches
   */
  public Future<Page> readNewest(RoomName name, @Nullable TagFilter filter) {
    NewestMatch.Reader log =
        (after, maxMessages, maxBytes) -> readMissed(name, after, maxMessages, maxBytes);
    return end(name).compose(end -> NewestMatch.find(log, filter, end));
  }

  /**
   * Returns the position up to which this node has delivered a room that is in use, otherwise the
   * end of its log. Completes on an event loop.
   */
  public Future<Position> end(RoomName name) {
    if (!history.canFork()) {
      return read(name, Position.NONE, 0, 0).map(Page::end);
    }
    return withFeed(
        name,
        feed ->
            feed == null || feed.delivered().equals(Position.NONE)
                ? readLog(name, feed, Position.NONE, 0, 0).map(Page::end)
                : Future.succeededFuture(feed.delivered()));
  }

  /**
   * Runs an operation with the room's feed, or null if there is none, on its home loop. It must be
   * idempotent, because it is repeated for a while if it was not replicated.
   */
  private <T> Future<T> withFeed(RoomName name, Function<@Nullable Feed, Future<T>> operation) {
    Promise<T> result = Promise.promise();
    loops.home(name).executor().run(() -> attempt(name, operation, TRIES, result));
    return loops.atHome(name, result.future());
  }

  private <T> void attempt(
      RoomName name, Function<@Nullable Feed, Future<T>> operation, int tries, Promise<T> result) {
    Loop home = loops.home(name);
    operation
        .apply(home.feeds.get(name))
        .onComplete(
            (done, failure) -> {
              if (tries > 1 && failure instanceof NotReplicatedException) {
                home.executor()
                    .after(RETRY_MILLIS, () -> attempt(name, operation, tries - 1, result));
              } else {
                result.handle(
                    failure == null ? Future.succeededFuture(done) : Future.failedFuture(failure));
              }
            });
  }

  private Future<Page> readLog(
      RoomName name, @Nullable Feed feed, Position after, int maxMessages, int maxBytes) {
    Position delivered = feed == null ? Position.NONE : feed.delivered();
    RoomOptions.History limits = options(name).history();
    return history.follow(name, after, delivered, false, maxMessages, maxBytes, limits);
  }

  /**
   * Removes all messages of a room; see {@link History#removeAll}. If that takes more than one
   * attempt, also what was published in between. Completes on an event loop.
   */
  public Future<Page> removeAll(RoomName name) {
    return withFeed(name, feed -> history.removeAll(name, options(name).history()));
  }

  /**
   * Drops this node's cached publications of a room up to a position, because they were removed
   * from the log.
   *
   * @return completes, on any thread, when they are dropped
   */
  public Future<Void> forget(RoomName name, Position upTo) {
    Promise<Void> done = Promise.promise();
    Loop home = loops.home(name);
    home.feeds.with(name, feed -> feed.forget(upTo));
    home.executor().run(done::complete);
    return done.future();
  }

  /** Counts the rooms and cursors of this node. Completes on any thread. */
  public Future<Load> load() {
    List<Future<Load>> perLoop = new ArrayList<>();
    for (Loop loop : loops) {
      Promise<Load> promise = Promise.promise();
      loop.executor().run(() -> promise.complete(new Load(loop.feeds.size(), loop.cursors)));
      perLoop.add(promise.future());
    }
    return Future.all(perLoop)
        .map(done -> done.<Load>list().stream().reduce(new Load(0, 0), Load::plus));
  }

  /**
   * Returns the number of rooms that had a connection of this node at the last check, which runs
   * every second.
   */
  public int inUse() {
    int sum = 0;
    for (Loop loop : loops) {
      sum += loop.feeds.used();
    }
    return sum;
  }

  /**
   * Must be called after nodes have joined or left. They may have appended messages without sending
   * them, and logs may have been merged. Compares all feeds with their logs, immediately and
   * several times after that.
   */
  public void nodesChanged() {
    for (Loop loop : loops) {
      Runnable checkAll = () -> loop.feeds.forEach(Feed::check);
      loop.executor().run(checkAll);
      for (long millis : CHECK_AFTER_CHANGE_MILLIS) {
        loop.executor().after(millis, checkAll);
      }
    }
  }

  /**
   * Must be called when the event bus no longer connects all nodes, and when it does again. In
   * between, all feeds compare themselves with their logs a few times a second. Any thread.
   */
  public void busWhole(boolean whole) {
    for (Loop loop : loops) {
      loop.executor().run(() -> loop.feeds.busWhole(whole));
    }
    nodesChanged();
  }

  /** Applies changed rules to rooms in use. No room may have gained or lost its log. */
  public void optionsChanged() {
    publisher.optionsChanged();
    for (Loop loop : loops) {
      loop.executor()
          .run(
              () -> {
                loop.rooms.forEach((name, room) -> room.options(options(name)));
                loop.feeds.forEach(feed -> feed.options(options(feed.room())));
              });
    }
  }
}
