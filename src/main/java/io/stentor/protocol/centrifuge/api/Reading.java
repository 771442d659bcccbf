package io.stentor.protocol.centrifuge.api;

import io.stentor.presence.Presence;
import io.stentor.protocol.centrifuge.Fields;
import io.stentor.protocol.centrifuge.HistoryQuery;
import io.stentor.protocol.centrifuge.JsonLine;
import io.stentor.protocol.centrifuge.MembersQuery;
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
  Future<JsonLine> presence(Fields request) {
    return new MembersQuery(rooms, presence, Requests.room(request)).members();
  }

  /** How many are in a room. */
  Future<JsonLine> presenceStats(Fields request) {
    return new MembersQuery(rooms, presence, Requests.room(request)).stats();
  }

  /** A part of a room's log. */
  Future<JsonLine> history(Fields request) {
    return HistoryQuery.of(request).read(rooms, Requests.room(request), false);
  }
}
