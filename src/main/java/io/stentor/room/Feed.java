package io.stentor.room;

import io.stentor.cluster.BusConsumer;
import io.stentor.config.RoomOptions;
import io.stentor.history.History;
import io.stentor.history.Page;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.room.Counts.Count;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node hears of one room: the batches of the event bus made into the log's sequence again.
 * In order of the offsets, each once, and what the bus did not bring is read from the log. Belongs
 * to the loop that is the room's home.
 */
final class Feed implements GapReader.Asker {

  /*
   * The sequence sorts the batches. If one that it waits for does not come within GRACE_MILLIS, the
   * log is read. The same reading, done now and then and when a node has left, finds a lost last
   * message and a log that lives under a new epoch. Rooms that keep no log skip all of this.
   */

  private static final long GRACE_MILLIS = 20;

  /** Other nodes hear of a new consumer with some delay, and do not send to it until then. */
  private static final long[] CHECK_AFTER_START_MILLIS = {100, 500, 2000};

  private static final int PAGE_MESSAGES = 4096;
  private static final Logger LOG = LoggerFactory.getLogger(Feed.class);

  private final RoomName room;
  private RoomOptions options;
  private final Loop home;
  private final Counts counts;
  private final LongSupplier clock;
  private final boolean logged;

  /** For the keeper: until the next comparison with the log. */
  int secondsToCheck = FeedSweep.secondsToCheck();

  /** Set by the keeper: somebody stays in the room, so its log is begun where there is none. */
  boolean stays;

  /** For the keeper: since the last tail left. */
  int unusedSeconds;

  private final BusConsumer consumer;
  private final GapReader log;
  private final Fanout outlets;
  private final List<Tail> waiting = new ArrayList<>();
  private final ReorderBuffer sequence;
  private final Lag lag = new Lag();
  private boolean live;
  private boolean closed;
  private boolean readAgain;
  private boolean gracePlanned;
  private boolean checkPlanned;

  Feed(
      RoomName room,
      RoomOptions options,
      Loop home,
      History history,
      RoomBus bus,
      Counts counts,
      LongSupplier clock) {
    this.room = room;
    this.clock = clock;
    this.outlets = new Fanout(room);
    this.options = options;
    this.home = home;
    this.log = new GapReader(room, home, history, this);
    this.consumer = new BusConsumer(home, () -> bus.consume(room, this::received));
    this.counts = counts;
    this.logged = options.history().messages() > 0;
    this.sequence = new ReorderBuffer(options.history(), outlets, counts, clock);
  }

  /** From now on these hold; whether there is a log stays as it was. */
  void options(RoomOptions changed) {
    options = changed;
    sequence.limits(changed.history());
  }

  boolean isUnused() {
    return outlets.isEmpty() && waiting.isEmpty();
  }

  RoomName room() {
    return room;
  }

  /** Registers the consumer, then reads where the log is; from then on nothing can be missed. */
  void start() {
    consumer.start(logged ? this::read : this::goLive);
  }

  private void goLive() {
    live = true;
    for (Tail tail : waiting) {
      outlets.add(tail, sequence.position());
    }
    waiting.clear();
    takeEarly();
    for (long millis : CHECK_AFTER_START_MILLIS) {
      home.after(millis, this::check);
    }
  }

  void attach(Tail tail) {
    if (live) {
      outlets.add(tail, sequence.position());
    } else {
      waiting.add(tail);
    }
  }

  void detach(Tail tail) {
    outlets.remove(tail);
    waiting.remove(tail);
  }

  void close() {
    closed = true;
    consumer.close();
    log.end();
  }

  private void received(Broadcast batch) {
    if (closed) {
      return;
    }
    if (!logged) {
      outlets.deliver(batch.publications(), 0, 0, Position.NONE);
    } else if (!live) {
      sequence.keep(batch);
    } else if (batch.epoch() != sequence.epoch()) {
      check();
    } else if (batch.first() <= sequence.next()) {
      sequence.take(batch);
      takeEarly();
    } else {
      sequence.keep(batch);
      planGrace();
    }
  }

  private void takeEarly() {
    sequence.takeEarly();
    if (sequence.waits()) {
      planGrace();
    }
  }

  private void planGrace() {
    if (!gracePlanned && !log.isReading()) {
      gracePlanned = true;
      home.after(
          GRACE_MILLIS,
          () -> {
            gracePlanned = false;
            if (sequence.waits()) {
              check();
            }
          });
    }
  }

  /** The log is ahead by more than it keeps. */
  private void planCheck() {
    if (!checkPlanned) {
      checkPlanned = true;
      home.after(
          Lag.MILLIS / 4,
          () -> {
            checkPlanned = false;
            check();
          });
    }
  }

  /**
   * What follows the position, up to all that this feed has handed on; null where that is not at
   * hand any more, or not yet, and the log has to be asked.
   */
  @Nullable Page since(Position after) {
    return live && logged ? sequence.since(after) : null;
  }

  /** What stands up to this position in the log was removed there. */
  void forget(Position upTo) {
    sequence.forget(upTo);
  }

  /** Compares with the log and reads what is missing. Also keeps the log from expiring. */
  void check() {
    if (!logged || closed || !live) {
      return;
    }
    sequence.trim();
    if (log.isReading()) {
      readAgain = true;
    } else {
      read();
    }
  }

  private void read() {
    log.read(sequence.position(), live ? PAGE_MESSAGES : 0, options.history(), stays);
  }

  @Override
  public void askAgain() {
    read();
  }

  @Override
  public void answered(Position asked, Page page) {
    if (live) {
      take(asked, page);
    } else {
      sequence.moveTo(page.epoch(), page.top() + 1);
      goLive();
    }
  }

  private void take(Position asked, Page page) {
    long before = sequence.next();
    boolean same = page.epoch() == sequence.epoch() && page.top() >= asked.offset();
    boolean continues = same && page.oldest() <= before;
    if (same && !continues && lag.isBearable(before, clock.getAsLong())) {
      readAgain = false;
      planCheck();
      return;
    }
    if (!continues) {
      counts.add(Count.LOST, 1);
      sequence.moveTo(page.epoch(), page.top() + 1);
      Position at = sequence.position();
      LOG.info("room {}: continuity was lost, going on at {}", room, at);
      outlets.lost(at);
    } else if (page.last() >= before) {
      sequence.take(new Broadcast(page.epoch(), page.first(), page.publications()));
      counts.add(Count.REPAIRED, sequence.next() - before);
    }
    takeEarly();
    if (readAgain || page.top() >= sequence.next()) {
      readAgain = false;
      read();
    }
  }
}
