package io.stentor.centrifuge.api;

import io.stentor.centrifuge.HistoryQuery;
import io.stentor.centrifuge.MembersQuery;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonWriter;
import io.stentor.presence.Presence;
import io.stentor.room.Rooms;
import io.vertx.core.Future;

/** {@code presence}, {@code presence_stats} and {@code history}: as clients ask. Any thread. */
final class Reading {

  private final Rooms rooms;
  private final Presence presence;

  Reading(Rooms rooms, Presence presence) {
    this.rooms = rooms;
    this.presence = presence;
  }

  /** Who is in a room. */
  Future<JsonWriter> presence(JsonFields request) {
    return new MembersQuery(rooms, presence, Requests.room(request)).members();
  }

  /** How many are in a room. */
  Future<JsonWriter> presenceStats(JsonFields request) {
    return new MembersQuery(rooms, presence, Requests.room(request)).stats();
  }

  /** A part of a room's log. */
  Future<JsonWriter> history(JsonFields request) {
    return HistoryQuery.of(request).read(rooms, Requests.room(request), false);
  }
}
