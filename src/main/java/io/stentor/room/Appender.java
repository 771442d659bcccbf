package io.stentor.room;

import io.stentor.config.RoomOptions;
import io.stentor.config.RoomOptions.Transform;
import io.stentor.history.Appended;
import io.stentor.history.Batch;
import io.stentor.history.History;
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
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends the messages that this node's clients publish to one room. One batch is in flight at a
 * time; messages that arrive in the meantime form the next batch. Confined to the room's home loop,
 * except for the methods that allow any thread.
 */
final class Appender {

  /** A queued publication, the bytes reserved for it, and its publisher's callback. */
  private record Waiting(Publication publication, int reservedBytes, Ack ack) {}

  private static final int MAX_BATCH_MESSAGES = 1024;
  private static final int MAX_BATCH_BYTES = 256 * 1024;

  /** Estimated overhead of a queued publication, in bytes, in addition to its weight. */
  static final int OVERHEAD_BYTES = 128;

  private static final long FIRST_RETRY_MILLIS = 20;
  private static final long MAX_RETRY_MILLIS = 1000;
  private static final long GIVE_UP_MILLIS = 30_000;
  private static final Logger LOG = LoggerFactory.getLogger(Appender.class);

  private final RoomName room;
  private volatile RoomOptions options;
  private final LoopExecutor home;
  private final History history;
  private final RoomBus bus;
  private final Counts counts;
  private final Identity identity;
  private final Runnable idle;

  private final AtomicLong waitingBytes = new AtomicLong();
  private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
  private boolean busy;

  /**
   * The node's random number and its counter of publications. Together they give each publication a
   * unique ID in the log.
   */
  record Identity(long appender, AtomicLong numbers) {}

  /**
   * Creates an appender with an empty queue.
   *
   * @param idle called on the home loop when the queue has become empty
   */
  Appender(
      RoomName room,
      RoomOptions options,
      LoopExecutor home,
      History history,
      RoomBus bus,
      Counts counts,
      Identity identity,
      Runnable idle) {
    this.room = room;
    this.options = options;
    this.home = home;
    this.history = history;
    this.bus = bus;
    this.counts = counts;
    this.identity = identity;
    this.idle = idle;
  }

  /** Replaces the options. The room must not gain or lose its log. Any thread. */
  void options(RoomOptions changed) {
    options = changed;
  }

  /**
   * Reserves space for a subsequent {@link #publish}, so that this appender does not count as idle
   * before it. Any thread.
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
    idle.run();
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
      long number = identity.numbers.getAndAdd(batch.size());
      append(batch, new Batch(identity.appender, number, publications), FIRST_RETRY_MILLIS, 0);
    }
  }

  private void append(List<Waiting> waiting, Batch batch, long retryMillis, long spentMillis) {
    long begunNanos = System.nanoTime();
    TimerWheel wheel = TimerWheel.of(home.eventLoop());
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
    List<Publication> fresh = batch.publications();
    if (!appended.isAllNew()) {
      fresh = new ArrayList<>();
      for (int i = 0; i < waiting.size(); i++) {
        if (appended.isNew(i)) {
          fresh.add(batch.publications().get(i));
        }
      }
    }
    if (!fresh.isEmpty()) {
      Broadcast broadcast = new Broadcast(appended.epoch(), appended.first(), fresh);
      bus.publish(room, broadcast);
      counts.add(Count.PUBLISHED, fresh.size());
      counts.add(Count.PUBLISHED_BYTES, broadcast.bytes());
    }
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
      } else {
        ack.appended(position);
      }
    }
    done(waiting);
  }

  private void failed(
      List<Waiting> waiting, Batch batch, Throwable failure, long retryMillis, long spentMillis) {
    if (spentMillis < GIVE_UP_MILLIS) {
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
    LOG.warn(
        "room {}: {} messages could not be appended: {}", room, waiting.size(), failure.toString());
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
      idle.run();
    } else {
      home.execute(this::appendNext);
    }
  }
}
