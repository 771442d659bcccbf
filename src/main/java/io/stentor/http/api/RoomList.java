package io.stentor.http.api;

import io.stentor.history.History;
import io.stentor.history.LogSummary;
import io.stentor.http.ProblemType;
import io.stentor.http.RequestRefused;
import io.stentor.message.RoomName;
import io.stentor.presence.Presence;
import io.stentor.presence.RoomStats;
import io.stentor.room.Rooms;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Builds one page of the list of rooms. The list contains the rooms with a log or with members, as
 * far as the client may subscribe to them. For a single use; the futures complete on any thread.
 */
final class RoomList {

  /**
   * Maximum number of rounds over the room names for one page. More would be needed only if very
   * many consecutive rooms are hidden from the client.
   */
  private static final int MAX_ROUNDS = 4;

  /**
   * A page of the list.
   *
   * @param rooms in order of their names
   * @param next the last of the rooms if more may follow; else null
   */
  record Page(List<Entry> rooms, @Nullable String next) {}

  /** One room. Values that are unknown or do not exist are null. */
  record Entry(RoomName room, @Nullable RoomStats stats, @Nullable LogSummary log) {}

  private final Rooms rooms;
  private final Presence presence;
  private final Predicate<RoomName> isVisible;
  private final RoomsQuery query;
  private final List<RoomName> visible = new ArrayList<>();
  private final Map<String, RoomStats> stats = new HashMap<>();

  RoomList(Rooms rooms, Presence presence, Predicate<RoomName> isVisible, RoomsQuery query) {
    this.rooms = rooms;
    this.presence = presence;
    this.isVisible = isVisible;
    this.query = query;
  }

  /**
   * Reads the page. Fails with a {@link RequestRefused} if too many rooms on the way are hidden.
   */
  Future<Page> read() {
    return round(query.after(), 1).compose(this::page);
  }

  /**
   * Reads one round of names. Collects one room more than requested, to know whether there is
   * another page.
   */
  private Future<Boolean> round(@Nullable String after, int round) {
    int some = Math.min(query.limit() + 1, RoomsQuery.MAX_LIMIT);
    History history = rooms.history();
    Future<List<RoomStats>> occupied = presence.rooms(query.prefix(), after, some);
    Future<List<String>> logged = history.names(query.prefix(), after, some);
    return Future.all(occupied, logged)
        .compose(
            both -> {
              TreeSet<String> names = new TreeSet<>(logged.result());
              for (RoomStats one : occupied.result()) {
                names.add(one.room().value());
                stats.put(one.room().value(), one);
              }
              return take(names, some, round);
            });
  }

  private Future<Boolean> take(NavigableSet<String> names, int some, int round) {
    boolean wasLast = names.size() < some;
    while (names.size() > some) {
      // The names after these may be incomplete: one of the two lists may have ended earlier.
      names.pollLast();
    }
    for (String name : names) {
      RoomName room = new RoomName(name);
      if (isVisible.test(room)) {
        visible.add(room);
      }
    }
    if (wasLast || visible.size() > query.limit()) {
      return Future.succeededFuture(wasLast);
    }
    return round == MAX_ROUNDS
        ? Future.failedFuture(
            RequestRefused.of(
                ProblemType.BAD_REQUEST,
                "Many rooms on the way are not shown to you; give a prefix."))
        : round(names.last(), round + 1);
  }

  private Future<Page> page(boolean wasLast) {
    boolean more = visible.size() > query.limit();
    List<RoomName> shown = more ? visible.subList(0, query.limit()) : visible;
    return rooms
        .history()
        .summaries(shown)
        .map(
            logs -> {
              List<Entry> entries = new ArrayList<>();
              for (RoomName room : shown) {
                entries.add(new Entry(room, stats(room), logs.get(room)));
              }
              return new Page(entries, more ? shown.get(shown.size() - 1).value() : null);
            });
  }

  /** The member counts of the room; null if presence is off. */
  private @Nullable RoomStats stats(RoomName room) {
    return rooms.options(room).presence()
        ? stats.getOrDefault(room.value(), new RoomStats(room, 0, 0))
        : null;
  }
}
