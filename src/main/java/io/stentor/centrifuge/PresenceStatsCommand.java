package io.stentor.centrifuge;

import io.stentor.json.JsonFields;

/**
 * {@code presence_stats}: how many are in a room.
 *
 * @param channel the room's name, not checked
 */
record PresenceStatsCommand(String channel) implements Command {

  static PresenceStatsCommand of(JsonFields fields) {
    return new PresenceStatsCommand(Commands.channel(fields));
  }

  @Override
  public void apply(Session session, Answer answer) {
    session.await(answer, PresenceCommand.permitted(session, channel).stats(), answer::done);
  }
}
