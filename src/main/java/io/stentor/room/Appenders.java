package io.stentor.room;

import io.stentor.config.RoomOptions;
import io.stentor.config.RoomRules;
import io.stentor.history.History;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Counts.Count;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The way of this node's publications into the logs: an {@link Appender} for each room that
 * something is on its way to. Any thread.
 */
final class Appenders {

  private final Map<RoomName, Appender> byRoom = new ConcurrentHashMap<>();
  private final Appender.Identity identity =
      new Appender.Identity(ThreadLocalRandom.current().nextLong(), new AtomicLong(1));
  private final RoomRules rules;
  private final Loops loops;
  private final History history;
  private final RoomBus bus;
  private final Counts counts;

  /** Nothing is on its way. */
  Appenders(RoomRules rules, Loops loops, History history, RoomBus bus, Counts counts) {
    this.rules = rules;
    this.loops = loops;
    this.history = history;
    this.bus = bus;
    this.counts = counts;
  }

  /** The number of this node, by which the logs know what it appended. */
  long id() {
    return identity.appender();
  }

  /** See {@link Rooms#publish}. */
  boolean publish(RoomName name, Publication publication, Ack ack) {
    Appender appender =
        byRoom.compute(
            name,
            (n, present) -> {
              Appender one = present != null ? present : appender(n);
              one.reserve(Appender.OVERHEAD_BYTES);
              return one;
            });
    RoomOptions options = appender.options();
    Publication changed = Transforms.apply(options.transform(), publication);
    int most = options.maxMessageBytes();
    boolean fits = changed.bytes() <= most;
    int weight = fits ? changed.weight() : 0;
    appender.reserve(weight);
    Appender.Waiting waiting = new Appender.Waiting(changed, weight + Appender.OVERHEAD_BYTES, ack);
    appender
        .home()
        .run(
            fits
                ? () -> appender.offer(waiting)
                : () -> appender.refuse(waiting, MessageTooLarge.ofRoom(most, changed.bytes())));
    return !appender.isFull();
  }

  /** See {@link Rooms#offer}. */
  boolean offer(RoomName name, Publication publication, Ack ack) {
    Appender appender = byRoom.get(name);
    if (appender != null && appender.isFull()) {
      counts.add(Count.REFUSED, 1);
      return false;
    }
    publish(name, publication, ack);
    return true;
  }

  private Appender appender(RoomName name) {
    Runnable idle =
        () -> byRoom.computeIfPresent(name, (n, present) -> present.isIdle() ? null : present);
    return new Appender(
        name, options(name), loops.home(name), history, bus, counts, identity, idle);
  }

  private RoomOptions options(RoomName name) {
    return rules.optionsFor(name.value());
  }

  /** The rules say something else from now on. */
  void optionsChanged() {
    byRoom.forEach((name, appender) -> appender.options(options(name)));
  }

  /** Bytes that wait, in all rooms. */
  long waitingBytes() {
    return byRoom.values().stream().mapToLong(Appender::waitingBytes).sum();
  }

  /** How many rooms something is on its way to. */
  int size() {
    return byRoom.size();
  }
}
