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
import java.util.Map;
import java.util.TreeMap;
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

  private static final int MAX_EARLY_BYTES = 1024 * 1024;
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

  private final List<Tail> tails = new ArrayList<>();
  private final List<Tail> waiting = new ArrayList<>();
  private final TreeMap<Long, Broadcast> early = new TreeMap<>();
  private @Nullable MessageConsumer<Broadcast> consumer;
  private boolean live;
  private boolean closed;
  private boolean reading;
  private boolean readAgain;

  /** What {@link #next} was when the log was asked; the bus may be ahead of the answer. */
  private long nextWhenAsked;

  private boolean gracePlanned;
  private long earlyBytes;
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
    return tails.isEmpty() && waiting.isEmpty();
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
      join(tail);
    }
    waiting.clear();
    takeEarly();
    for (long millis : CHECK_AFTER_START_MILLIS) {
      home.after(millis, this::check);
    }
  }

  void attach(Tail tail) {
    if (live) {
      join(tail);
    } else {
      waiting.add(tail);
    }
  }

  private void join(Tail tail) {
    tails.add(tail);
    Position at = position();
    tail.loop().run(() -> tail.attached(at));
  }

  void detach(Tail tail) {
    tails.remove(tail);
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
      deliver(batch.publications(), 0, 0);
    } else if (!live) {
      keepEarly(batch);
    } else if (batch.epoch() != epoch) {
      check();
    } else if (batch.first() <= next) {
      take(batch);
      takeEarly();
    } else {
      keepEarly(batch);
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
    deliver(rest, batch.epoch(), next - rest.size());
  }

  private void keepEarly(Broadcast batch) {
    long bytes = batch.bytes();
    if (earlyBytes + bytes <= MAX_EARLY_BYTES && early.putIfAbsent(batch.first(), batch) == null) {
      earlyBytes += bytes;
    }
  }

  private void takeEarly() {
    while (!early.isEmpty()) {
      Map.Entry<Long, Broadcast> first = early.firstEntry();
      if (first.getValue().epoch() == epoch && first.getKey() > next) {
        planGrace();
        return;
      }
      early.pollFirstEntry();
      earlyBytes -= first.getValue().bytes();
      if (first.getValue().epoch() == epoch) {
        take(first.getValue());
      }
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
      for (Tail tail : List.copyOf(tails)) {
        tail.loop().run(() -> tail.lost(at));
      }
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

  private void deliver(List<Publication> publications, long ofEpoch, long first) {
    Position after = position();
    List<Format> done = new ArrayList<>(1);
    for (int i = 0; i < tails.size(); i++) {
      Format format = tails.get(i).format();
      if (!done.contains(format)) {
        done.add(format);
        deliver(format, Encoded.of(format, publications, ofEpoch, first), after);
      }
    }
  }

  /** Hands the same bytes to every tail of the format; takes over the one reference. */
  private void deliver(Format format, Encoded encoded, Position after) {
    for (Tail tail : tails) {
      if (tail.format() == format) {
        encoded.retain();
        if (tail.loop().isCurrent()) {
          tail.append(encoded, after);
        } else {
          tail.loop().run(() -> tail.append(encoded, after));
        }
      }
    }
    encoded.release();
  }
}
