package io.stentor.protocol.centrifuge;

import io.stentor.message.RoomName;

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
    session.await(
        answer,
        session.site().presence().stats(room),
        stats -> {
          // Both are written also where they are 0.
          JsonLine line = new JsonLine().open();
          line.name("num_clients").integer(stats.connections());
          answer.done(line.name("num_users").integer(stats.users()).close());
        });
  }
}
