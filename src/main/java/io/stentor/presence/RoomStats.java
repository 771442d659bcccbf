package io.stentor.presence;

import io.stentor.message.Member;
import io.stentor.message.RoomName;
import java.util.HashSet;
import java.util.Set;

/**
 * The number of members of a room. Immutable.
 *
 * @param users number of users; a user with several connections counts once, each connection
 *     without a user counts as one
 */
public record RoomStats(RoomName room, int connections, int users) {

  /** Counts the members. */
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
