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

/** Presence on a node that is alone. Futures are complete on return. */
public final class LocalPresence implements Presence {

  /** One room; locked while it is used, which is never for long. */
  private static final class Hall {
    private final RoomName room;
    private final Map<String, Member> members = new HashMap<>(2);
    private final Watchers audience = new Watchers();
    private boolean removed;

    Hall(RoomName room) {
      this.room = room;
    }

    RoomStats stats() {
      return RoomStats.of(room, members.values());
    }
  }

  private final ConcurrentNavigableMap<String, Hall> halls = new ConcurrentSkipListMap<>();
  private final Predicate<RoomName> tracked;
  private volatile boolean closed;

  /**
   * Nobody is anywhere.
   *
   * @param tracked whether a room is tracked at all
   */
  public LocalPresence(Predicate<RoomName> tracked) {
    this.tracked = tracked;
  }

  @Override
  public void enter(RoomName room, Member member) {
    if (tracked.test(room) && !closed) {
      use(
          room,
          hall -> {
            if (hall.members.put(member.connection(), member) == null) {
              hall.audience.changed(List.of(member), List.of());
            }
          });
    }
  }

  @Override
  public void leave(RoomName room, String connection) {
    if (halls.containsKey(room.value())) {
      use(
          room,
          hall -> {
            Member member = hall.members.remove(connection);
            if (member != null) {
              hall.audience.changed(List.of(), List.of(member));
            }
          });
    }
  }

  @Override
  public Watch watch(RoomName room, Watcher watcher, Executor loop) {
    if (!tracked.test(room)) {
      return Seat.ofNobody(watcher, loop);
    }
    Seat seat =
        new Seat(
            watcher,
            loop,
            one -> use(room, hall -> refresh(hall, one)),
            one -> use(room, hall -> hall.audience.remove(one)));
    use(
        room,
        hall -> {
          hall.audience.add(seat);
          refresh(hall, seat);
        });
    return seat;
  }

  private static void refresh(Hall hall, Seat seat) {
    if (hall.audience.has(seat)) {
      seat.present(List.copyOf(hall.members.values()));
    }
  }

  @Override
  public Future<MembersPage> members(RoomName room, @Nullable Member after, int limit) {
    int most = MembersPage.checked(limit);
    Hall hall = halls.get(room.value());
    if (hall == null) {
      return Future.succeededFuture(new MembersPage(List.of(), false));
    }
    synchronized (hall) {
      return Future.succeededFuture(MembersPage.of(hall.members.values(), after, most));
    }
  }

  @Override
  public Future<RoomStats> stats(RoomName room) {
    Hall hall = halls.get(room.value());
    if (hall == null) {
      return Future.succeededFuture(new RoomStats(room, 0, 0));
    }
    synchronized (hall) {
      return Future.succeededFuture(hall.stats());
    }
  }

  @Override
  public Future<List<RoomStats>> rooms(String prefix, @Nullable String after, int limit) {
    int most = MembersPage.checked(limit);
    boolean begun = after != null && after.compareTo(prefix) >= 0;
    List<RoomStats> found = new ArrayList<>();
    for (Hall hall : halls.tailMap(begun ? after : prefix, !begun).values()) {
      if (found.size() == most || !hall.room.value().startsWith(prefix)) {
        break;
      }
      synchronized (hall) {
        if (!hall.members.isEmpty()) {
          found.add(hall.stats());
        }
      }
    }
    return Future.succeededFuture(found);
  }

  /** Uses a room, which is there for as long as somebody is in it or watches it. */
  private void use(RoomName room, Consumer<Hall> action) {
    boolean used = false;
    while (!used) {
      Hall hall = halls.computeIfAbsent(room.value(), name -> new Hall(room));
      synchronized (hall) {
        if (!hall.removed) {
          used = true;
          action.accept(hall);
          if (hall.members.isEmpty() && hall.audience.isEmpty()) {
            hall.removed = true;
            halls.remove(room.value(), hall);
          }
        }
      }
    }
  }

  @Override
  public Future<Void> close() {
    closed = true;
    for (Hall open : halls.values()) {
      use(
          open.room,
          hall -> {
            List<Member> left = List.copyOf(hall.members.values());
            hall.members.clear();
            hall.audience.changed(List.of(), left);
          });
    }
    return Future.succeededFuture();
  }
}
