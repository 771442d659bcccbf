package io.stentor.presence;

import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.presence.Watcher.Watch;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Presence on a node without a cluster. Futures are complete on return. */
public final class LocalPresence implements Presence {

  /** A room that has members or watchers. Locked during each use. */
  private static final class TrackedRoom {
    private final RoomName room;
    private final Map<String, Member> members = new HashMap<>(2);
    private final Watchers watchers = new Watchers();
    private boolean removed;

    TrackedRoom(RoomName room) {
      this.room = room;
    }

    RoomStats stats() {
      return RoomStats.of(room, members.values());
    }

    void refresh(Watchers.Delivery watcher) {
      if (watchers.contains(watcher)) {
        watcher.present(List.copyOf(members.values()));
      }
    }
  }

  private final ConcurrentNavigableMap<String, TrackedRoom> rooms = new ConcurrentSkipListMap<>();
  private final Predicate<RoomName> tracked;
  private volatile boolean closed;

  /**
   * Creates a presence without members.
   *
   * @param tracked whether a room is tracked
   */
  public LocalPresence(Predicate<RoomName> tracked) {
    this.tracked = tracked;
  }

  @Override
  public void enter(RoomName room, Member member) {
    if (tracked.test(room) && !closed) {
      use(
          room,
          kept -> {
            if (kept.members.put(member.connection(), member) == null) {
              kept.watchers.changed(List.of(member), List.of());
            }
          });
    }
  }

  @Override
  public void leave(RoomName room, String connection) {
    if (rooms.containsKey(room.value())) {
      use(
          room,
          kept -> {
            Member member = kept.members.remove(connection);
            if (member != null) {
              kept.watchers.changed(List.of(), List.of(member));
            }
          });
    }
  }

  @Override
  public Watch watch(RoomName room, Watcher watcher, Executor loop) {
    if (!tracked.test(room)) {
      return Watchers.Delivery.untracked(watcher, loop);
    }
    Watchers.Delivery watch =
        new Watchers.Delivery(
            watcher,
            loop,
            new Watchers.Delivery.Requests() {
              @Override
              public void refresh(Watchers.Delivery one) {
                use(room, kept -> kept.refresh(one));
              }

              @Override
              public void members(Watchers.Delivery one, Consumer<List<Member>> answer) {
                use(room, kept -> one.answer(List.copyOf(kept.members.values()), answer));
              }

              @Override
              public void ended(Watchers.Delivery one) {
                use(room, kept -> kept.watchers.remove(one));
              }
            });
    use(
        room,
        kept -> {
          kept.watchers.add(watch);
          kept.refresh(watch);
        });
    return watch;
  }

  @Override
  public Future<MembersPage> members(RoomName room, @Nullable Member after, int limit) {
    int checked = Presence.checkedLimit(limit);
    TrackedRoom kept = rooms.get(room.value());
    if (kept == null) {
      return Future.succeededFuture(new MembersPage(List.of(), false));
    }
    synchronized (kept) {
      return Future.succeededFuture(MembersPage.of(kept.members.values(), after, checked));
    }
  }

  @Override
  public Future<RoomStats> stats(RoomName room) {
    TrackedRoom kept = rooms.get(room.value());
    if (kept == null) {
      return Future.succeededFuture(new RoomStats(room, 0, 0));
    }
    synchronized (kept) {
      return Future.succeededFuture(kept.stats());
    }
  }

  @Override
  public Future<List<RoomStats>> rooms(String prefix, @Nullable String after, int limit) {
    int checked = Presence.checkedLimit(limit);
    boolean fromAfter = after != null && after.compareTo(prefix) >= 0;
    List<RoomStats> found = new ArrayList<>();
    for (TrackedRoom kept : rooms.tailMap(fromAfter ? after : prefix, !fromAfter).values()) {
      if (found.size() == checked || !kept.room.value().startsWith(prefix)) {
        break;
      }
      synchronized (kept) {
        if (!kept.members.isEmpty()) {
          found.add(kept.stats());
        }
      }
    }
    return Future.succeededFuture(found);
  }

  /** Runs the action on a room, which is kept while it has members or watchers. */
  private void use(RoomName room, Consumer<TrackedRoom> action) {
    boolean used = false;
    while (!used) {
      TrackedRoom kept = rooms.computeIfAbsent(room.value(), name -> new TrackedRoom(room));
      synchronized (kept) {
        if (!kept.removed) {
          used = true;
          action.accept(kept);
          if (kept.members.isEmpty() && kept.watchers.isEmpty()) {
            kept.removed = true;
            rooms.remove(room.value(), kept);
          }
        }
      }
    }
  }

  @Override
  public Future<Void> close() {
    closed = true;
    for (TrackedRoom present : rooms.values()) {
      use(
          present.room,
          kept -> {
            List<Member> left = List.copyOf(kept.members.values());
            kept.members.clear();
            kept.watchers.changed(List.of(), left);
          });
    }
    return Future.succeededFuture();
  }
}
