package io.stentor.centrifuge;

import io.stentor.identity.Grants.Action;
import io.stentor.json.JsonFields;
import io.stentor.message.RoomName;

/**
 * {@code history}: where a room's log is, and a part of it.
 *
 * @param channel the room's name, not checked
 */
record HistoryCommand(String channel, HistoryQuery query) implements Command {

  static HistoryCommand of(JsonFields fields) {
    return new HistoryCommand(Commands.channel(fields), HistoryQuery.of(fields));
  }

  @Override
  public void apply(Session session, Answer answer) {
    RoomName room = Commands.room(channel);
    var identity = session.subscriptions().identity(room);
    if (!session.site().permissions().allow(identity, room, Action.HISTORY)) {
      throw new Refusal(ErrorCode.PERMISSION_DENIED);
    }
    boolean timed = session.lines().format().timed();
    session.await(answer, query.read(session.site().rooms(), room, timed), answer::done);
  }
}
