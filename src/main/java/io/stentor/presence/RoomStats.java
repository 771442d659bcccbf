package io.stentor.presence;

import io.stentor.message.Member;
import io.stentor.message.RoomName;
import java.util.HashSet;
import java.util.Set;

/**
 * How many are in a room. Immutable; any thread.
 *
 * @param room which room
 * @param connections number of connections
 * @param users number of users: those with several connections count once, and each connection of
 *     nobody in particular counts as one
 */
public record RoomStats(RoomName room, int connections, int users) {

  /** Counts. */
  static RoomStats of(RoomName room, Iterable<Member> members) {
    int connections = 0;
    int anonymous = 0;
    Set<String> users = new HashSet<>();
    for (Member member : members) {
      connections++;
      if (member.user().isEmpty()) {
        anonymous++;
      } else {
        users.add(member.user());
      }
    }
    return new RoomStats(room, connections, anonymous + users.size());
  }
}
