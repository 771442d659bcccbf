package io.stentor.protocol.centrifuge;

import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.presence.Presence;
import java.util.List;

/**
 * {@code presence_stats}: how many are in a room.
 *
 * @param channel the room's name, not checked
 */
record PresenceStatsCommand(String channel) implements Command {

  static PresenceStatsCommand of(Fields fields) {
    return new PresenceStatsCommand(Commands.channel(fields));
  }

  @Override
  public void apply(Session session, Answer answer) {
    RoomName room = PresenceCommand.permitted(session, channel);
    Presence presence = session.site().presence();
    session.await(
        answer,
        presence.members(room, null, Presence.MAX_PAGE),
        page -> {
          if (page.more()) {
            session.await(
                answer,
                presence.stats(room),
                stats -> answer.done(result(stats.connections(), stats.users())));
          } else {
            answer.done(result(page.members().size(), users(page.members())));
          }
        });
  }

  /**
   * Everybody without a name is one user on this wire, unlike elsewhere. In rooms that are too
   * large to look at each, each of them counts.
   */
  private static long users(List<Member> members) {
    return members.stream().map(Member::user).distinct().count();
  }

  /** Both are written also where they are 0. */
  private static JsonLine result(long clients, long users) {
    JsonLine line = new JsonLine().open().name("num_clients").integer(clients);
    return line.name("num_users").integer(users).close();
  }
}
