package io.stentor.presence;

import io.stentor.message.Member;
import io.stentor.presence.Watcher.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The watchers of one room on this node. One thread at a time. */
final class Watchers {

  private final List<Delivery> all = new ArrayList<>(1);

  boolean isEmpty() {
    return all.isEmpty();
  }

  void add(Delivery watcher) {
    all.add(watcher);
  }

  /** No-op if the watcher is not here. */
  void remove(Delivery watcher) {
    all.remove(watcher);
  }

  boolean contains(Delivery watcher) {
    return all.contains(watcher);
  }

  /** Delivers joins and leaves to all watchers. */
  void changed(List<Member> joined, List<Member> left) {
    if (!joined.isEmpty() || !left.isEmpty()) {
      for (Delivery watcher : all) {
        watcher.changed(joined, left);
      }
    }
  }

  /** Delivers the complete list of members to all watchers. */
  void present(List<Member> members) {
    for (Delivery watcher : all) {
      watcher.present(members);
    }
  }

  /**
   * Delivers events from the room's thread to one watcher on the watcher's loop. Drops them while
   * the watcher or its loop cannot keep up, and delivers all members afterwards.
   */
  static final class Delivery implements Watch {

    /** What a watcher asks of its room. Called on the watcher's loop. */
    interface Requests {
      /** Requests another call of {@link #present}. */
      void refresh(Delivery watcher);

      /** Requests a call of {@link #answer}. */
      void members(Delivery watcher, Consumer<List<Member>> answer);

      /** The watch was closed. */
      void ended(Delivery watcher);
    }

    /** Maximum number of events queued at the watcher's loop; more are dropped. */
    static final int MAX_QUEUED = 1000;

    private final Watcher watcher;
    private final Executor loop;
    private final Requests room;
    private final AtomicInteger queued = new AtomicInteger();

    /** Whether events were dropped, so that the watcher needs all members. Watcher's loop. */
    private boolean behind = true;

    /** Whether all members were requested and have not arrived. Watcher's loop. */
    private boolean refreshing = true;

    private boolean closed;

    /** Whether events were dropped because too many were queued. Written by the room's thread. */
    private volatile boolean overflowed;

    /** Creates a delivery that waits for its first {@link #present}. */
    Delivery(Watcher watcher, Executor loop, Requests room) {
      this.watcher = watcher;
      this.loop = loop;
      this.room = room;
    }

    /** Starts a watch of a room that is not tracked: it never has members. */
    static Watch untracked(Watcher watcher, Executor loop) {
      Delivery delivery = new Delivery(watcher, loop, new Untracked());
      delivery.present(List.of());
      return delivery;
    }

    private static final class Untracked implements Requests {
      @Override
      public void refresh(Delivery watcher) {
        watcher.present(List.of());
      }

      @Override
      public void members(Delivery watcher, Consumer<List<Member>> answer) {
        watcher.answer(List.of(), answer);
      }

      @Override
      public void ended(Delivery watcher) {}
    }

    /** Answers {@link Watch#members}. Room's thread. */
    void answer(List<Member> members, Consumer<List<Member>> answer) {
      loop.execute(() -> answer.accept(members));
    }

    /** Delivers all members. Room's thread. */
    void present(List<Member> members) {
      overflowed = false;
      queued.incrementAndGet();
      loop.execute(
          () -> {
            refreshing = false;
            behind = false; // Before the call, in which the watcher may say that it is ready.
            if (!closed && !watcher.present(members)) {
              behind = true;
            }
            delivered();
          });
    }

    private void changed(List<Member> joined, List<Member> left) {
      if (overflowed || queued.get() >= MAX_QUEUED) {
        overflowed = true;
        if (queued.get() == 0) {
          loop.execute(this::refreshIfOverflowed);
        }
        return;
      }
      queued.incrementAndGet();
      loop.execute(
          () -> {
            deliver(joined, left);
            delivered();
          });
    }

    private void deliver(List<Member> joined, List<Member> left) {
      for (int i = 0; i < left.size() && !behind && !closed; i++) {
        behind = !watcher.left(left.get(i));
      }
      for (int i = 0; i < joined.size() && !behind && !closed; i++) {
        behind = !watcher.joined(joined.get(i));
      }
    }

    private void delivered() {
      if (queued.decrementAndGet() == 0) {
        refreshIfOverflowed();
      }
    }

    private void refreshIfOverflowed() {
      if (overflowed) {
        behind = true;
        ready();
      }
    }

    @Override
    public void ready() {
      if (behind && !refreshing && !closed) {
        refreshing = true;
        room.refresh(this);
      }
    }

    @Override
    public void members(Consumer<List<Member>> answer) {
      room.members(this, answer);
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        room.ended(this);
      }
    }
  }
}
