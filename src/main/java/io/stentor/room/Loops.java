package io.stentor.room;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.stentor.message.RoomName;
import io.stentor.timer.LoopExecutor;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The event loops of this node. One of them is the home of each room. Any thread. */
final class Loops implements Iterable<Loops.Loop> {

  /**
   * One event loop and the state confined to it: the rooms of its connections, and the feeds of the
   * rooms whose home it is. Everything except the executor is used on this loop only.
   */
  static final class Loop implements Room.Owner {
    private final LoopExecutor executor;
    final Feeds feeds;
    final Map<RoomName, Room> rooms = new HashMap<>();

    /** Number of cursors in all rooms of this loop. */
    int cursors;

    Loop(LoopExecutor executor, Feeds feeds) {
      this.executor = executor;
      this.feeds = feeds;
    }

    @Override
    public LoopExecutor executor() {
      return executor;
    }

    @Override
    public void left(Room room) {
      cursors--;
    }

    @Override
    public void ended(Room room) {
      rooms.remove(room.name(), room);
    }
  }

  private final List<Loop> all = new ArrayList<>();
  private final Map<EventExecutor, Loop> byThread = new HashMap<>();

  /** Creates the state of these loops; the function creates the feeds of each loop. */
  Loops(List<LoopExecutor> executors, Function<LoopExecutor, Feeds> feeds) {
    for (LoopExecutor executor : executors) {
      Loop loop = new Loop(executor, feeds.apply(executor));
      all.add(loop);
      byThread.put(executor.eventLoop(), loop);
    }
  }

  @Override
  public Iterator<Loop> iterator() {
    return all.iterator();
  }

  /**
   * Returns the loop of this thread.
   *
   * @throws IllegalArgumentException if it is not an event loop of this node
   */
  Loop at(EventLoop thread) {
    Loop loop = byThread.get(thread);
    if (loop == null) {
      throw new IllegalArgumentException("not an event loop of this node: " + thread);
    }
    return loop;
  }

  /** Returns the home loop of a room, to which its feed and appender are confined. */
  Loop home(RoomName name) {
    return all.get(Math.floorMod((name.value().hashCode() * 0x9E3779B9) >>> 8, all.size()));
  }

  /**
   * Returns a future with the same result that completes on the room's home loop, or the given
   * future if it is already complete.
   */
  <T> Future<T> atHome(RoomName name, Future<T> result) {
    if (result.isComplete()) {
      return result;
    }
    Promise<T> promise = Promise.promise();
    result.onComplete(done -> home(name).executor.run(() -> promise.handle(done)));
    return promise.future();
  }
}
