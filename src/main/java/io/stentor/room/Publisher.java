package io.stentor.room;

import io.stentor.config.RoomOptions;
import io.stentor.config.RoomOptions.Transform;
import io.stentor.config.RoomRules;
import io.stentor.history.Appended;
import io.stentor.history.Batch;
import io.stentor.history.History;
import io.stentor.history.History.Unwritable;
import io.stentor.history.History.UnwritableException;
import io.stentor.logging.LimitedWarnings;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Ack.IdempotencyConflict;
import io.stentor.room.Ack.MessageTooLarge;
import io.stentor.room.Counts.Count;
import io.stentor.room.RoomBus.Broadcast;
import io.stentor.timer.LoopExecutor;
import io.stentor.timer.TimerWheel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes to rooms: appends what this node's clients publish to the rooms' logs, acknowledges it
 * and puts it on the event bus. Any thread.
 */
public final class Publisher {

  /** Estimated overhead of a queued publication, in bytes, in addition to its weight. */
  static final int OVERHEAD_BYTES = 128;

  private static final int MAX_BATCH_MESSAGES = 1024;
  private static final int MAX_BATCH_BYTES = 256 * 1024;

  private static final long FIRST_RETRY_MILLIS = 20;
  private static final long MAX_RETRY_MILLIS = 1000;
  private static final long GIVE_UP_MILLIS = 30_000;

  /** How long a message waits for a disk that cannot be written to. */
  private static final long DISK_MILLIS = 3000;

  private static final long UNWRITABLE_RETRY_MILLIS = 250;
  private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);
  private static final LimitedWarnings WARNINGS = new LimitedWarnings(LOG);

  /** A room has an appender only while publications are queued. */
  private final Map<RoomName, Appender> appenders = new ConcurrentHashMap<>();

  private final RoomRules rules;
  private final Function<RoomName, LoopExecutor> homes;
  private final History history;
  private final RoomBus bus;
  private final Counts counts;

  /** A random number of this node. With a number of a publication it is unique in the log. */
  private final long id = ThreadLocalRandom.current().nextLong();

  private final AtomicLong numbers = new AtomicLong(1);

  /**
   * Creates a publisher with empty queues.
   *
   * @param homes returns the home loop of a room
   */
  Publisher(
      RoomRules rules,
      Function<RoomName, LoopExecutor> homes,
      History history,
      RoomBus bus,
      Counts counts) {
    this.rules = rules;
    this.homes = homes;
    this.history = history;
    this.bus = bus;
    this.counts = counts;
  }

  /** Returns the random number that identifies this node in the logs. */
  long id() {
    return id;
  }

  /**
   * Publishes a message. Publications of one caller keep their order. A message over the room's
   * size limit, possibly only after the room's transform, is rejected with {@link
   * Ack.MessageTooLarge}.
   *
   * @return false if the room's queue is full; the message is accepted, but the caller should
   *     publish nothing more until it is acknowledged
   */
  public boolean publish(RoomName name, Publication publication, Ack ack) {
    Appender appender =
        appenders.compute(
            name,
            (n, present) -> {
              Appender one = present != null ? present : new Appender(n, options(n));
              one.reserve();
              return one;
            });
    appender.publish(publication, ack);
    return !appender.isFull();
  }

  /**
   * Publishes a message unless the room's queue is full. Refuses it with {@link
   * UnwritableException} while the room's log accepts none.
   *
   * @return false if the message was not accepted; the ack is not called then
   */
  public boolean offer(RoomName name, Publication publication, Ack ack) {
    RoomOptions.History limits = options(name).history();
    Unwritable reason = limits.messages() > 0 ? history.unwritable(limits) : null;
    if (reason != null) {
      counts.add(Count.REFUSED, 1);
      ack.refused(new UnwritableException(reason));
      return true;
    }
    Appender appender = appenders.get(name);
    if (appender != null && appender.isFull()) {
      counts.add(Count.REFUSED, 1);
      return false;
    }
    publish(name, publication, ack);
    return true;
  }

  private RoomOptions options(RoomName room) {
    return rules.optionsFor(room.value());
  }

  private void removeIfIdle(RoomName room) {
    appenders.computeIfPresent(room, (name, present) -> present.isIdle() ? null : present);
  }

  /** Returns the number of bytes queued for appending, in all rooms. */
  public long queuedBytes() {
    return appenders.values().stream().mapToLong(Appender::waitingBytes).sum();
  }

  /** Returns the number of rooms with publications queued for appending. */
  int queues() {
    return appenders.size();
  }

  /** Applies changed rules. No room may have gained or lost its log. */
  void optionsChanged() {
    appenders.forEach((name, appender) -> appender.options(options(name)));
  }

  /**
   * Appends to one room. One batch is in flight at a time; publications that arrive in the meantime
   * form the next batch. Confined to the room's home loop, except for the methods that allow any
   * thread.
   */
  private final class Appender {

    /** A queued publication, the bytes reserved for it, and its publisher's callback. */
    private record Waiting(Publication publication, int reservedBytes, Ack ack) {}

    private final RoomName room;
    private volatile RoomOptions options;
    private final LoopExecutor home;

    private final AtomicLong waitingBytes = new AtomicLong();
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
    private boolean busy;

    /** Creates an appender with an empty queue. */
    Appender(RoomName room, RoomOptions options) {
      this.room = room;
      this.options = options;
      this.home = homes.apply(room);
    }

    /** Replaces the options. The room must not gain or lose its log. Any thread. */
    void options(RoomOptions changed) {
      options = changed;
    }

    /**
     * Reserves space for a subsequent {@link #publish}, so that this appender does not count as
     * idle before it. Any thread.
     */
    void reserve() {
      waitingBytes.addAndGet(OVERHEAD_BYTES);
    }

    /**
     * Returns the number of queued bytes, including {@link #OVERHEAD_BYTES} per publication. Any
     * thread.
     */
    long waitingBytes() {
      return waitingBytes.get();
    }

    /** Returns whether the queue is over its limit, so that publishers should pause. Any thread. */
    boolean isFull() {
      return waitingBytes.get() > options.appendQueueBytes();
    }

    /** Returns whether nothing is queued, in flight or reserved. Any thread. */
    boolean isIdle() {
      return waitingBytes.get() == 0;
    }

    /** Queues a publication. Call {@link #reserve} first. Any thread. */
    void publish(Publication publication, Ack ack) {
      RoomOptions current = options;
      Publication changed = transform(current.transform(), publication);
      int limit = current.maxMessageBytes();
      boolean fits = changed.bytes() <= limit;
      int weight = fits ? changed.weight() : 0;
      waitingBytes.addAndGet(weight);
      Waiting waiting = new Waiting(changed, weight + OVERHEAD_BYTES, ack);
      home.run(
          fits
              ? () -> queue(waiting)
              : () -> refuse(waiting, MessageTooLarge.ofRoom(limit, changed.bytes())));
    }

    /** Transforms text and JSON strings; returns other JSON unchanged. */
    private static Publication transform(Transform transform, Publication publication) {
      if (transform == Transform.NONE) {
        return publication;
      }
      Publication text = publication.asText();
      return text.kind() == Publication.Kind.TEXT
          ? publication.with(text.text().toUpperCase(Locale.ROOT) + "!!!")
          : publication;
    }

    private void queue(Waiting waiting) {
      queue.add(waiting);
      if (!busy) {
        busy = true;
        home.execute(this::appendNext);
      }
    }

    private void refuse(Waiting waiting, Throwable reason) {
      counts.add(Count.REFUSED, 1);
      waiting.ack.refused(reason);
      waitingBytes.addAndGet(-waiting.reservedBytes);
      removeIfIdle(room);
    }

    private void appendNext() {
      List<Waiting> batch = new ArrayList<>();
      List<Publication> publications = new ArrayList<>();
      int bytes = 0;
      while (!queue.isEmpty() && batch.size() < MAX_BATCH_MESSAGES && bytes < MAX_BATCH_BYTES) {
        Waiting one = queue.poll();
        batch.add(one);
        publications.add(one.publication);
        bytes += one.publication.bytes();
      }
      if (options.history().messages() == 0) {
        bus.publish(room, new Broadcast(0, 0, publications));
        counts.add(Count.PUBLISHED, batch.size());
        counts.add(Count.PUBLISHED_BYTES, bytes);
        batch.forEach(one -> one.ack.appended(Position.NONE));
        done(batch);
      } else {
        long number = numbers.getAndAdd(batch.size());
        append(batch, new Batch(id, number, publications), FIRST_RETRY_MILLIS, 0);
      }
    }

    private void append(List<Waiting> waiting, Batch batch, long retryMillis, long spentMillis) {
      long begunNanos = System.nanoTime();
      TimerWheel wheel = home.timers();
      long begunMillis = wheel.millis();
      history
          .append(room, batch, options.history())
          .onComplete(
              (appended, failure) ->
                  home.run(
                      () -> {
                        if (appended != null) {
                          timed(begunNanos, spentMillis, waiting.size());
                          appended(waiting, batch, appended);
                        } else {
                          long tookMillis = wheel.millis() - begunMillis;
                          failed(waiting, batch, failure, retryMillis, spentMillis + tookMillis);
                        }
                      }));
    }

    private void timed(long begunNanos, long spentMillis, int publications) {
      long nanos = System.nanoTime() - begunNanos + spentMillis * 1_000_000;
      counts.timings().appended(nanos, publications);
    }

    private void appended(List<Waiting> waiting, Batch batch, Appended appended) {
      if (appended.isAllNew()) {
        broadcast(appended, batch.publications());
        long offset = appended.first();
        for (Waiting one : waiting) {
          one.ack.appended(new Position(appended.epoch(), offset++));
        }
      } else {
        List<Publication> fresh = new ArrayList<>();
        for (int i = 0; i < waiting.size(); i++) {
          if (appended.isNew(i)) {
            fresh.add(batch.publications().get(i));
          }
        }
        if (!fresh.isEmpty()) {
          broadcast(appended, fresh);
        }
        answerEach(waiting, appended);
      }
      done(waiting);
    }

    private void broadcast(Appended appended, List<Publication> fresh) {
      Broadcast broadcast = new Broadcast(appended.epoch(), appended.first(), fresh);
      bus.publish(room, broadcast);
      counts.add(Count.PUBLISHED, fresh.size());
      counts.add(Count.PUBLISHED_BYTES, broadcast.bytes());
    }

    private void answerEach(List<Waiting> waiting, Appended appended) {
      List<Long> offsets = appended.offsets(waiting.size());
      for (int i = 0; i < waiting.size(); i++) {
        Position position = new Position(appended.epoch(), offsets.get(i));
        Ack ack = waiting.get(i).ack;
        if (appended.conflicting().contains(i)) {
          counts.add(Count.REFUSED, 1);
          ack.refused(new IdempotencyConflict(position));
        } else if (appended.tooLarge().contains(i)) {
          counts.add(Count.REFUSED, 1);
          int bytes = waiting.get(i).publication.weight();
          ack.refused(MessageTooLarge.ofLog(options.history().bytes(), bytes));
        } else if (appended.outdated().contains(i)) {
          counts.add(Count.OUTDATED, 1);
          ack.outdated(position);
        } else {
          ack.appended(position);
        }
      }
    }

    private void failed(
        List<Waiting> waiting, Batch batch, Throwable failure, long retryMillis, long spentMillis) {
      boolean minority =
          failure instanceof UnwritableException refused && refused.reason() == Unwritable.MINORITY;
      if (minority || (failure instanceof UnwritableException && spentMillis < DISK_MILLIS)) {
        // Publishers are paused until the log accepts messages again.
        long spent = minority ? spentMillis : spentMillis + UNWRITABLE_RETRY_MILLIS;
        home.after(
            UNWRITABLE_RETRY_MILLIS, () -> append(waiting, batch, FIRST_RETRY_MILLIS, spent));
        return;
      }
      if (spentMillis < GIVE_UP_MILLIS && !(failure instanceof UnwritableException)) {
        // A retry keeps the batch number: if the batch was appended, the log repeats its first
        // result.
        LOG.debug("room {}: append failed, trying again: {}", room, failure.toString());
        home.after(
            retryMillis,
            () ->
                append(
                    waiting,
                    batch,
                    Math.min(2 * retryMillis, MAX_RETRY_MILLIS),
                    spentMillis + retryMillis));
        return;
      }
      WARNINGS.warn(
          "room {}: {} messages could not be appended: {}",
          room,
          waiting.size(),
          failure.getMessage() == null ? failure.toString() : failure.getMessage());
      counts.add(Count.REFUSED, waiting.size());
      waiting.forEach(one -> one.ack.refused(failure));
      done(waiting);
    }

    private void done(List<Waiting> batch) {
      long bytes = 0;
      for (Waiting one : batch) {
        bytes += one.reservedBytes;
      }
      waitingBytes.addAndGet(-bytes);
      if (queue.isEmpty()) {
        busy = false;
        removeIfIdle(room);
      } else {
        // After the sockets have been read again: what has arrived meanwhile is one batch with it.
        home.after(0, this::appendNext);
      }
    }
  }
}
