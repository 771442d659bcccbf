package io.stentor.room;

import io.stentor.history.Page;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.timer.LoopExecutor;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The feeds of the rooms whose home is one loop. Creates feeds on demand, makes each compare itself
 * with its log periodically, and closes unused ones, with one timer for all.
 */
final class Feeds {

  /** Time between two comparisons with the log while the event bus is not whole. */
  private static final int SWEEP_MILLIS = 250;

  /** Maximum number of comparisons in this time; with more feeds, each waits for its turn. */
  private static final int MAX_PER_SWEEP = 250;

  private final Map<RoomName, Feed> byRoom = new HashMap<>();
  private final LoopExecutor loop;
  private final RoomsInUse inUse;
  private final Function<RoomName, Feed> factory;
  private boolean busWhole = true;
  private int sweeps;
  private volatile int used;

  /**
   * Creates an empty registry and starts its timer.
   *
   * @param inUse the registry in which each feed holds its room until the feed is closed
   * @param factory creates a room's feed; called on the loop
   */
  Feeds(LoopExecutor loop, RoomsInUse inUse, Function<RoomName, Feed> factory) {
    this.loop = loop;
    this.inUse = inUse;
    this.factory = factory;
    loop.every(1000, this::everySecond);
    loop.every(SWEEP_MILLIS, this::sweep);
  }

  /** Returns the number of feeds. On the loop. */
  int size() {
    return byRoom.size();
  }

  /** Returns the number of feeds that were in use at the last timer tick. Any thread. */
  int used() {
    return used;
  }

  /** Runs the action for the room's feed, if there is one. Any thread. */
  void with(RoomName room, Consumer<Feed> action) {
    loop.run(
        () -> {
          Feed feed = byRoom.get(room);
          if (feed != null) {
            action.accept(feed);
          }
        });
  }

  /** Returns the room's feed, or null if there is none. On the loop. */
  @Nullable Feed get(RoomName room) {
    return byRoom.get(room);
  }

  /** Runs the action for each feed. On the loop. */
  void forEach(Consumer<Feed> action) {
    List.copyOf(byRoom.values()).forEach(action);
  }

  /** Creates a handle through which a room's tails, on any loop, use its feed. */
  Room.Source handle(RoomName room) {
    return new FeedHandle(room);
  }

  /** See {@link Rooms#busWhole}. On the loop. */
  void busWhole(boolean whole) {
    busWhole = whole;
  }

  private void sweep() {
    if (busWhole) {
      return;
    }
    int turns = 1 + byRoom.size() / MAX_PER_SWEEP;
    int feedNumber = sweeps++;
    for (Feed feed : List.copyOf(byRoom.values())) {
      if (feedNumber++ % turns == 0 && !feed.isUnused()) {
        feed.check();
      }
    }
  }

  private void everySecond() {
    int count = 0;
    Iterator<Feed> feeds = byRoom.values().iterator();
    while (feeds.hasNext()) {
      Feed feed = feeds.next();
      if (!feed.isUnused()) {
        count++;
        feed.usedForSecond();
      } else if (feed.unusedForSecond()) {
        feeds.remove();
        inUse.release(feed.room());
        feed.close();
      }
    }
    used = count;
  }

  private final class FeedHandle implements Room.Source {

    private final RoomName room;

    FeedHandle(RoomName room) {
      this.room = room;
    }

    @Override
    public void attach(Tail tail) {
      loop.run(
          () -> {
            Feed feed = byRoom.get(room);
            if (feed == null) {
              inUse.holdAgain(room);
              feed = factory.apply(room);
              byRoom.put(room, feed);
              feed.start();
            }
            feed.attach(tail);
          });
    }

    @Override
    public void detach(Tail tail) {
      with(room, feed -> feed.detach(tail));
    }

    /**
     * Releases the room's hold on the loop, after {@link #attach}, so that a new feed takes its own
     * hold first.
     */
    @Override
    public void end() {
      loop.run(() -> inUse.release(room));
    }

    @Override
    public void check() {
      with(room, Feed::check);
    }

    /** Must be called only while a tail is attached, because the feed exists only then. */
    @Override
    public Future<Page> read(Position after, int maxMessages, int maxBytes) {
      Promise<Page> promise = Promise.promise();
      with(room, feed -> feed.read(after, maxMessages, maxBytes).onComplete(promise));
      return promise.future();
    }
  }
}
