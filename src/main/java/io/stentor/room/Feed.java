package io.stentor.room;

import io.stentor.cluster.BusConsumer;
import io.stentor.config.RoomOptions;
import io.stentor.history.Branch;
import io.stentor.history.History;
import io.stentor.history.Page;
import io.stentor.logging.LimitedWarnings;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.message.TagFilter;
import io.stentor.room.Counts.Count;
import io.stentor.room.RoomBus.Broadcast;
import io.stentor.timer.LoopExecutor;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives one room's batches from the event bus, restores the order of the log, removes
 * duplicates, fills gaps from the log, and delivers to the room's tails, which may be on any event
 * loop. Confined to the room's home loop.
 */
final class Feed implements ReorderBuffer.Output {

  /*
   * The reorder buffer sorts the batches. If the next one does not arrive within GRACE_MILLIS, the
   * missing publications are read from the log, with one read in flight at a time. The same read,
   * done periodically and after a node has left, detects a lost last message and a log with
   * another epoch. Rooms without a log skip all of this.
   */

  /** Maximum time between two comparisons with the log, in seconds. */
  static final int CHECK_SECONDS = 20;

  /** How long an unused feed is kept, in seconds; registering it again is far more expensive. */
  private static final int LINGER_SECONDS = 10;

  private static final long GRACE_MILLIS = 20;

  /** Other nodes discover a new consumer with a delay and do not send to it until then. */
  private static final long[] CHECK_AFTER_START_MILLIS = {100, 500, 2000};

  private static final long RETRY_MILLIS = 250;

  /** One in this many consecutive failures is logged as a warning, which is about every 10 s. */
  private static final int WARN_FAILURES = 40;

  /** How long connections whose filter matches nothing are not told their position. */
  static final int POSITION_SECONDS = 5;

  private static final int PAGE_MESSAGES = 4096;
  private static final int PAGE_BYTES = 512 * 1024;
  private static final Logger LOG = LoggerFactory.getLogger(Feed.class);
  private static final LimitedWarnings WARNINGS = new LimitedWarnings(LOG);

  private final RoomName room;
  private RoomOptions options;
  private final LoopExecutor home;
  private final History history;
  private final Counts counts;
  private final boolean logged;
  private final BusConsumer consumer;
  private final ReorderBuffer buffer;

  /** The tails that receive everything, by format and filter. */
  private final List<Group> groups = new ArrayList<>(1);

  /** Tails to attach once this feed is live. */
  private final ArrayDeque<Tail> waiting = new ArrayDeque<>();

  private int secondsToCheck = secondsToCheck();
  private int unusedSeconds;

  /** The epoch of the log that an empty one has replaced; 0 if none has. */
  private long formerEpoch;

  /** Whether the feed has been in use long enough that a read should create a missing log. */
  private boolean createsLog;

  private boolean live;
  private boolean closed;
  private boolean reading;
  private boolean readAgain;
  private int failures;
  private boolean gracePlanned;
  private boolean checkPlanned;
  private boolean retryPlanned;

  /** Creates a feed; {@link #start} starts it. */
  Feed(
      RoomName room,
      RoomOptions options,
      LoopExecutor home,
      History history,
      RoomBus bus,
      Counts counts,
      LongSupplier clock) {
    this.room = room;
    this.options = options;
    this.home = home;
    this.history = history;
    this.counts = counts;
    this.logged = options.history().messages() > 0;
    this.consumer = new BusConsumer(home, () -> bus.consume(room, this::received));
    this.buffer = new ReorderBuffer(options.history(), this, counts, clock);
  }

  RoomName room() {
    return room;
  }

  /** Replaces the options. The room must not gain or lose its log. */
  void options(RoomOptions changed) {
    options = changed;
    buffer.limits(changed.history());
  }

  /** Returns whether no tail is attached or waiting to be attached. */
  boolean isUnused() {
    return groups.isEmpty() && waiting.isEmpty();
  }

  /** Must be called every second while unused. Returns true when this feed should be closed. */
  boolean unusedForSecond() {
    return ++unusedSeconds >= LINGER_SECONDS;
  }

  /** Must be called every second while in use. */
  void usedForSecond() {
    unusedSeconds = 0;
    groups.forEach(this::tellPosition);
    if (--secondsToCheck <= 0) {
      secondsToCheck = secondsToCheck();
      createsLog = true;
      check();
    }
  }

  /**
   * Returns a random time, so that rooms that were joined together are not all checked in the same
   * second.
   */
  private static int secondsToCheck() {
    return ThreadLocalRandom.current().nextInt(CHECK_SECONDS / 2, CHECK_SECONDS + 1);
  }

  /** Registers the consumer, then reads the end of the log. Nothing is missed from then on. */
  void start() {
    consumer.start(logged ? this::readLog : this::goLive);
  }

  private void goLive() {
    live = true;
    while (!waiting.isEmpty()) { // A tail that is attached may detach itself or others.
      add(waiting.remove());
    }
    takeEarly();
    for (long millis : CHECK_AFTER_START_MILLIS) {
      home.after(millis, this::check);
    }
  }

  void attach(Tail tail) {
    if (live) {
      add(tail);
    } else {
      waiting.add(tail);
    }
  }

  /** Adds a tail, which receives everything after the present position. */
  private void add(Tail tail) {
    Group group = null;
    for (Group one : groups) {
      group = one.tails.get(0).isFor(tail.format(), tail.filter()) ? one : group;
    }
    if (group == null) {
      group = new Group(tail.format(), tail.filter());
      group.before = group.deltas ? buffer.newest() : null;
      groups.add(group);
    }
    group.tails.add(tail);
    Branch branch = buffer.branch();
    long offset = buffer.next() - 1;
    tail.loop().run(() -> tail.attached(branch, offset));
  }

  void detach(Tail tail) {
    groups.removeIf(group -> group.tails.remove(tail) && group.tails.isEmpty());
    waiting.remove(tail);
  }

  void close() {
    closed = true;
    consumer.close();
  }

  private void received(Broadcast batch) {
    if (closed) {
      return;
    }
    if (!logged) {
      deliver(batch.publications(), 0, 0);
    } else if (!live) {
      buffer.keep(batch);
    } else if (batch.epoch() != buffer.epoch()) {
      check();
    } else if (batch.first() <= buffer.next()) {
      buffer.take(batch);
      takeEarly();
    } else {
      buffer.keep(batch);
      planGrace();
    }
  }

  private void takeEarly() {
    buffer.takeEarly();
    if (buffer.hasGap()) {
      planGrace();
    }
  }

  private void planGrace() {
    if (!gracePlanned && !reading) {
      gracePlanned = true;
      home.after(
          GRACE_MILLIS,
          () -> {
            gracePlanned = false;
            if (buffer.hasGap()) {
              check();
            }
          });
    }
  }

  private void planCheck() {
    if (!checkPlanned) {
      checkPlanned = true;
      home.after(
          ReorderBuffer.LAG_MILLIS / 4,
          () -> {
            checkPlanned = false;
            check();
          });
    }
  }

  /**
   * Reads the publications after a position. Uses the cache if it covers everything up to the last
   * delivered publication, otherwise the log. Completes on any thread.
   */
  Future<Page> read(Position after, int maxMessages, int maxBytes) {
    Page recent = live && logged ? buffer.since(after, maxMessages, maxBytes) : null;
    if (recent != null) {
      return Future.succeededFuture(recent);
    }
    // Tells of an empty room's epoch, which was a forecast: the log itself never had it.
    Branch known = buffer.branch();
    return history
        .follow(room, after, delivered(), false, maxMessages, maxBytes, options.history())
        .map(page -> page.epoch() == known.epoch() ? page.continuing(known.forks()) : page);
  }

  /** Returns the position of the last delivered publication; none if that is not known yet. */
  Position delivered() {
    return live && logged ? buffer.position() : Position.NONE;
  }

  /** Drops cached publications up to this position, because they were removed from the log. */
  void forget(Position upTo) {
    buffer.forget(upTo);
  }

  /** Compares with the log and reads missing publications. Also keeps the log from expiring. */
  void check() {
    if (!logged || closed || !live) {
      return;
    }
    buffer.trim();
    if (reading) {
      readAgain = true;
    } else {
      readLog();
    }
  }

  private void readLog() {
    reading = true;
    Position after = buffer.position();
    int messages = live ? PAGE_MESSAGES : 0;
    history
        .follow(room, after, after, createsLog, messages, PAGE_BYTES, options.history())
        .onComplete((page, failure) -> home.run(() -> completed(after, page, failure)));
  }

  private void completed(Position after, @Nullable Page page, @Nullable Throwable failure) {
    reading = false;
    if (closed) {
      return;
    }
    if (page == null) {
      failed(String.valueOf(failure));
      return;
    }
    failures = 0;
    if (live) {
      take(after, page);
    } else {
      buffer.moveTo(page.branch(), page.top() + 1);
      goLive();
    }
  }

  private void failed(String reason) {
    // Logs are briefly unreadable after a node has joined or left, which does not justify a
    // warning.
    if (++failures % WARN_FAILURES == 0) {
      WARNINGS.warn(
          "room {}: history cannot be read since {} attempts: {}", room, failures, reason);
    } else {
      LOG.debug("room {}: history cannot be read, trying again: {}", room, reason);
    }
    if (!retryPlanned) {
      retryPlanned = true;
      home.after(
          RETRY_MILLIS,
          () -> {
            retryPlanned = false;
            if (!reading && !closed) {
              readLog();
            }
          });
    }
  }

  /**
   * Processes a page of the log.
   *
   * @param after the position that the page was requested for; the bus may be ahead of it by now
   */
  private void take(Position after, Page page) {
    long before = buffer.next();
    boolean isBack = before == 1 && isFormerLog(page);
    if (page.epoch() != buffer.epoch() && page.includes(buffer.position()) && !isBack) {
      fork(page.branch());
    } else if (page.epoch() != buffer.epoch() && before == 1 && page.top() == 0) {
      // The room is still empty. Which epoch its log has is known when there is something in it.
      readOn(false);
      return;
    }
    boolean same = page.epoch() == buffer.epoch() && page.top() >= after.offset();
    boolean continues = same && page.oldest() <= before;
    if (same && !continues && buffer.mayNextArrive()) {
      readAgain = false;
      planCheck();
      return;
    }
    if (!same && before == 1 && page.oldest() == 1 && !isBack) {
      // The room was empty and the other log is complete, so no publication was missed.
      fork(page.branch().continuing(buffer.position()));
    } else if (!continues) {
      lose(page);
    } else if (page.last() >= before) {
      buffer.take(new Broadcast(page.epoch(), page.first(), page.publications()));
      counts.add(Count.REPAIRED, buffer.next() - before);
    }
    takeEarly();
    readOn(page.top() >= buffer.next());
  }

  /** Goes on at the end of a log that does not continue where this feed is. */
  private void lose(Page page) {
    counts.add(Count.LOST, 1);
    if (buffer.next() > 1 && page.top() == 0) {
      formerEpoch = buffer.epoch();
    }
    boolean withLatest = options.history().startsWithLatest() && page.oldest() <= page.top();
    buffer.moveTo(page.branch(), withLatest ? page.top() : page.top() + 1);
    long offset = buffer.next() - 1;
    LOG.info("room {}: continuity was lost, going on at {}", room, buffer.position());
    groups.forEach(group -> group.before = null);
    tails().forEach(tail -> tail.loop().run(() -> tail.lost(page.branch(), offset)));
  }

  /**
   * Returns whether a log is the one that an empty log has replaced for a while, because this node
   * was cut off without a copy of it. What it has was delivered before.
   */
  private boolean isFormerLog(Page page) {
    return formerEpoch != 0 && page.branch().includes(new Position(formerEpoch, 0));
  }

  private void readOn(boolean isBehind) {
    if (readAgain || isBehind) {
      readAgain = false;
      readLog();
    }
  }

  /** Continues in another branch, which has the position of this feed in its past. */
  private void fork(Branch into) {
    LOG.debug("room {}: the log continues as another branch: {}", room, into);
    buffer.fork(into);
    tails().forEach(tail -> tail.loop().run(() -> tail.forked(into)));
  }

  /**
   * Delivers publications to all tails. Encodes once per format and filter, and passes the same
   * bytes to every tail.
   *
   * @param epoch epoch of the log; 0 if there is none
   * @param first offset of the first publication; 0 if there is no log
   */
  @Override
  public void deliver(List<Publication> publications, long epoch, long first) {
    long last = first == 0 ? 0 : first + publications.size() - 1;
    for (int i = 0; i < groups.size(); i++) {
      Group group = groups.get(i);
      Encoded encoded =
          Encoded.of(group.format, group.filter, room, group.before, publications, epoch, first);
      group.before = group.deltas ? publications.get(publications.size() - 1) : null;
      group.passedSeconds = encoded.endsHidden() ? Math.max(group.passedSeconds, 1) : 0;
      deliver(group, encoded, last);
    }
  }

  /**
   * Passes the same bytes to every tail of a group. Takes ownership of the only reference. Must not
   * be called while the group changes.
   *
   * @param last offset of the last publication; 0 if there is no log
   */
  private void deliver(Group group, Encoded encoded, long last) {
    for (Tail tail : group.tails) {
      encoded.retain();
      if (tail.loop().inEventLoop()) {
        tail.append(encoded, last);
      } else {
        tail.loop().run(() -> tail.append(encoded, last));
      }
    }
    encoded.release();
  }

  /**
   * Tells the connections of a group their position, if their filter did not match the last
   * publications for some seconds. So a connection that is sent little can still resume.
   */
  private void tellPosition(Group group) {
    if (group.passedSeconds > 0 && ++group.passedSeconds > POSITION_SECONDS && logged) {
      group.passedSeconds = 0;
      Encoded position = Encoded.position(group.format, buffer.position());
      if (position != null) {
        deliver(group, position, buffer.position().offset());
      }
    }
  }

  private List<Tail> tails() {
    return groups.stream().flatMap(group -> group.tails.stream()).toList();
  }

  /** The tails of one format and filter; at least one. */
  private static final class Group {
    final Format format;
    final boolean deltas;
    final @Nullable TagFilter filter;
    final List<Tail> tails = new ArrayList<>(1);

    /** The last publication; null if it is not known, or the format has no deltas. */
    @Nullable Publication before;

    /** 0 if the last publication matched, otherwise one more than the seconds since then. */
    int passedSeconds;

    Group(Format format, @Nullable TagFilter filter) {
      this.format = format;
      this.deltas = format.hasDeltas();
      this.filter = filter;
    }
  }
}
