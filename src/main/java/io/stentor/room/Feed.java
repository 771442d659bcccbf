package io.stentor.room;

import io.stentor.config.RoomOptions;
import io.stentor.history.History;
import io.stentor.history.Page;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Counts.Count;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node hears of one room: the batches of the event bus made into the log's sequence again.
 * In order of the offsets, each once, and what the bus did not bring is read from the log. Belongs
 * to the loop that is the room's home.
 */
final class Feed {

  /*
   * `next` is the offset that has to come next. A batch that begins there goes out at once. A later
   * one waits in `early`: usually an earlier batch, of another node, is only a moment behind. If it
   * does not come within GRACE_MILLIS, the log is read. The same reading, done now and then and when
   * a node has left, finds a lost last message and a log that lives under a new epoch. Rooms that
   * keep no log skip all of this.
   */

  private static final long GRACE_MILLIS = 20;
  private static final long RETRY_MILLIS = 250;

  /** Other nodes hear of a new consumer with some delay, and do not send to it until then. */
  private static final long[] CHECK_AFTER_START_MILLIS = {100, 500, 2000};

  private static final int PAGE_MESSAGES = 4096;
  private static final int PAGE_BYTES = 512 * 1024;
  private static final Logger LOG = LoggerFactory.getLogger(Feed.class);

  private final RoomName room;
  private final RoomOptions options;
  private final Loop home;
  private final History history;
  private final RoomBus bus;
  private final Counts counts;
  private final boolean logged;

  /** For the keeper: until the next comparison with the log. */
  int secondsToCheck = FeedKeeper.secondsToCheck();

  /** For the keeper: since the last tail left. */
  int unusedSeconds;

  private final Outlets outlets = new Outlets();
  private final List<Tail> waiting = new ArrayList<>();
  private final EarlyBatches early = new EarlyBatches();
  private @Nullable MessageConsumer<Broadcast> consumer;
  private boolean live;
  private boolean closed;
  private boolean reading;
  private boolean readAgain;

  /** What {@link #next} was when the log was asked; the bus may be ahead of the answer. */
  private long nextWhenAsked;

  private boolean gracePlanned;
  private long epoch;
  private long next = 1;

  Feed(RoomName room, RoomOptions options, Loop home, History history, RoomBus bus, Counts counts) {
    this.room = room;
    this.options = options;
    this.home = home;
    this.history = history;
    this.bus = bus;
    this.counts = counts;
    this.logged = options.history().messages() > 0;
  }

  boolean isUnused() {
    return outlets.isEmpty() && waiting.isEmpty();
  }

  private Position position() {
    return logged ? new Position(epoch, next - 1) : Position.NONE;
  }

  /** Registers the consumer, then reads where the log is; from then on nothing can be missed. */
  void start() {
    MessageConsumer<Broadcast> registering = bus.consume(room, this::received);
    consumer = registering;
    registering
        .completion()
        .onComplete(
            (done, failure) ->
                home.run(
                    () -> {
                      if (failure != null) {
                        retryStart(failure);
                      } else if (logged) {
                        read();
                      } else {
                        goLive();
                      }
                    }));
  }

  private void retryStart(Throwable failure) {
    LOG.warn("room {}: cannot be heard yet: {}", room, failure.toString());
    if (!closed) {
      home.after(
          RETRY_MILLIS,
          () -> {
            if (!closed) {
              unregister();
              start();
            }
          });
    }
  }

  private void goLive() {
    live = true;
    for (Tail tail : waiting) {
      outlets.add(tail, position());
    }
    waiting.clear();
    takeEarly();
    for (long millis : CHECK_AFTER_START_MILLIS) {
      home.after(millis, this::check);
    }
  }

  void attach(Tail tail) {
    if (live) {
      outlets.add(tail, position());
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
    unregister();
  }

  private void unregister() {
    if (consumer != null) {
      consumer.unregister();
      consumer = null;
    }
  }

  private void received(Broadcast batch) {
    if (closed) {
      return;
    }
    if (!logged) {
      outlets.deliver(batch.publications(), 0, 0, Position.NONE);
    } else if (!live) {
      early.add(batch);
    } else if (batch.epoch() != epoch) {
      check();
    } else if (batch.first() <= next) {
      take(batch);
      takeEarly();
    } else {
      early.add(batch);
      planGrace();
    }
  }

  private void take(Broadcast batch) {
    if (batch.last() < next) {
      counts.add(Count.REPEATED, batch.publications().size());
      return;
    }
    int skip = (int) (next - batch.first());
    List<Publication> rest =
        skip == 0
            ? batch.publications()
            : batch.publications().subList(skip, batch.publications().size());
    next = batch.last() + 1;
    outlets.deliver(rest, epoch, next - rest.size(), position());
  }

  private void takeEarly() {
    Broadcast due = early.pollDue(epoch, next);
    while (due != null) {
      take(due);
      due = early.pollDue(epoch, next);
    }
    if (!early.isEmpty()) {
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
            if (!early.isEmpty()) {
              check();
            }
          });
    }
  }

  /** Compares with the log and reads what is missing. Also keeps the log from expiring. */
  void check() {
    if (!logged || closed || !live) {
      return;
    }
    if (reading) {
      readAgain = true;
    } else {
      read();
    }
  }

  private void read() {
    reading = true;
    nextWhenAsked = next;
    history
        .read(room, position(), live ? PAGE_MESSAGES : 0, PAGE_BYTES, options.history())
        .onComplete((page, failure) -> home.run(() -> answered(page, failure)));
  }

  private void answered(@Nullable Page page, @Nullable Throwable failure) {
    reading = false;
    if (closed) {
      return;
    }
    if (page == null) {
      LOG.warn("room {}: history cannot be read: {}", room, String.valueOf(failure));
      home.after(RETRY_MILLIS, this::readUnlessReading);
    } else if (!live) {
      epoch = page.epoch();
      next = page.top() + 1;
      goLive();
    } else {
      take(page);
    }
  }

  private void readUnlessReading() {
    if (!reading && !closed) {
      read();
    }
  }

  private void take(Page page) {
    boolean continues =
        page.epoch() == epoch && page.oldest() <= next && page.top() >= nextWhenAsked - 1;
    if (!continues) {
      counts.add(Count.LOST, 1);
      epoch = page.epoch();
      next = page.top() + 1;
      Position at = position();
      LOG.info("room {}: continuity was lost, going on at {}", room, at);
      outlets.lost(at);
    } else if (page.last() >= next) {
      long before = next;
      take(new Broadcast(page.epoch(), page.first(), page.publications()));
      counts.add(Count.REPAIRED, next - before);
    }
    takeEarly();
    if (readAgain || page.top() >= next) {
      readAgain = false;
      read();
    }
  }
}
