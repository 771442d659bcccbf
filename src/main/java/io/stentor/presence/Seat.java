package io.stentor.presence;

import io.stentor.message.Member;
import io.stentor.presence.Watcher.Watch;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * One watcher's place in an {@link Watchers}: brings events from the audience's side to the
 * watcher's loop, and drops them while the watcher or its loop cannot keep up.
 */
final class Seat implements Watch {

  /** Events on their way to the watcher's loop beyond which all is told afresh instead. */
  static final int MAX_ON_THE_WAY = 1000;

  private final Watcher watcher;
  private final Executor loop;
  private final Consumer<Seat> refresh;
  private final Consumer<Seat> leave;
  private final AtomicInteger onTheWay = new AtomicInteger();

  /** Of the watcher's loop: whether it has to be told afresh, and whether that was asked for. */
  private boolean behind = true;

  private boolean asked = true;
  private boolean closed;

  /** Of the audience's side: events were dropped before they were on their way. */
  private volatile boolean overrun;

  /**
   * A seat that waits for its first {@link #present}.
   *
   * @param refresh asks for that call once more; called on the watcher's loop
   * @param leave tells that this has ended; called on the watcher's loop
   */
  Seat(Watcher watcher, Executor loop, Consumer<Seat> refresh, Consumer<Seat> leave) {
    this.watcher = watcher;
    this.loop = loop;
    this.refresh = refresh;
    this.leave = leave;
  }

  /** A seat in a room that is not tracked: nobody is ever there. */
  static Seat ofNobody(Watcher watcher, Executor loop) {
    Seat seat = new Seat(watcher, loop, one -> one.present(List.of()), one -> {});
    seat.present(List.of());
    return seat;
  }

  /** For the audience: everybody, afresh. */
  void present(List<Member> members) {
    overrun = false;
    onTheWay.incrementAndGet();
    loop.execute(
        () -> {
          asked = false;
          behind = !closed && !watcher.present(members);
          arrived();
        });
  }

  /** For the audience: what happened since the last call. */
  void changed(List<Member> joined, List<Member> left) {
    if (overrun || onTheWay.get() >= MAX_ON_THE_WAY) {
      overrun = true;
      if (onTheWay.get() == 0) {
        loop.execute(this::refreshIfOverrun);
      }
      return;
    }
    onTheWay.incrementAndGet();
    loop.execute(
        () -> {
          tell(joined, left);
          arrived();
        });
  }

  private void tell(List<Member> joined, List<Member> left) {
    for (int i = 0; i < left.size() && !behind && !closed; i++) {
      behind = !watcher.left(left.get(i));
    }
    for (int i = 0; i < joined.size() && !behind && !closed; i++) {
      behind = !watcher.joined(joined.get(i));
    }
  }

  private void arrived() {
    if (onTheWay.decrementAndGet() == 0) {
      refreshIfOverrun();
    }
  }

  private void refreshIfOverrun() {
    if (overrun) {
      behind = true;
      ready();
    }
  }

  @Override
  public void ready() {
    if (behind && !asked && !closed) {
      asked = true;
      refresh.accept(this);
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      leave.accept(this);
    }
  }
}
