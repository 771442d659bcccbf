package io.stentor.room;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.stentor.message.RoomName;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** The event loops of this node, one of which is the home of each room. Any thread. */
final class Loops implements Iterable<Loop> {

  private final List<Loop> all;
  private final Map<EventExecutor, Loop> byThread = new HashMap<>();

  /** These loops, which are nobody else's. */
  Loops(List<Loop> loops) {
    all = List.copyOf(loops);
    for (Loop loop : all) {
      byThread.put(loop.eventLoop(), loop);
    }
  }

  /** Every event loop of this Vert.x. */
  static Loops of(Vertx vertx) {
    VertxInternal internal = (VertxInternal) vertx;
    List<Loop> loops = new ArrayList<>();
    for (EventExecutor thread : internal.nettyEventLoopGroup()) {
      loops.add(new Loop(internal.contextBuilder().withEventLoop((EventLoop) thread).build()));
    }
    return new Loops(loops);
  }

  @Override
  public Iterator<Loop> iterator() {
    return all.iterator();
  }

  /**
   * The loop of this thread.
   *
   * @throws IllegalArgumentException where it is not one of this node
   */
  Loop at(EventLoop thread) {
    Loop loop = byThread.get(thread);
    if (loop == null) {
      throw new IllegalArgumentException("not an event loop of this node: " + thread);
    }
    return loop;
  }

  /** Where the feed and the appender of a room are. */
  Loop home(RoomName name) {
    return all.get(Math.floorMod((name.value().hashCode() * 0x9E3779B9) >>> 8, all.size()));
  }

  /** The same answer, but given on the room's home loop where it is not given already. */
  <T> Future<T> atHome(RoomName name, Future<T> answer) {
    if (answer.isComplete()) {
      return answer;
    }
    Promise<T> promise = Promise.promise();
    answer.onComplete(done -> home(name).run(() -> promise.handle(done)));
    return promise.future();
  }

  /** How much is listened to on all of them. Completes on any thread. */
  Future<Load> load() {
    List<Future<Load>> asked = new ArrayList<>();
    for (Loop loop : all) {
      Promise<Load> promise = Promise.promise();
      loop.run(() -> promise.complete(loop.load()));
      asked.add(promise.future());
    }
    return Future.all(asked).map(done -> done.<Load>list().stream().reduce(Load.NONE, Load::plus));
  }

  /** How many feeds had somebody to serve when they were last looked after. */
  int feedsInUse() {
    int sum = 0;
    for (Loop loop : all) {
      sum += loop.feedsInUse;
    }
    return sum;
  }
}
