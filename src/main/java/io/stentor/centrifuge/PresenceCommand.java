package io.stentor.centrifuge;

import io.stentor.identity.Grants.Action;
import io.stentor.json.JsonFields;
import io.stentor.message.RoomName;

/**
 * {@code presence}: who is in a room.
 *
 * @param channel the room's name, not checked
 */
record PresenceCommand(String channel) implements Command {

  static PresenceCommand of(JsonFields fields) {
    return new PresenceCommand(Commands.channel(fields));
  }

  /** A question about the room, where it is known who is in it and the client may know. */
  static MembersQuery permitted(Session session, String channel) {
    RoomName room = Commands.room(channel);
    Site site = session.site();
    MembersQuery query = new MembersQuery(site.rooms(), site.presence(), room);
    var identity = session.subscriptions().identity(room);
    if (!site.permissions().allow(identity, room, Action.PRESENCE)) {
      throw new Refusal(ErrorCode.PERMISSION_DENIED);
    }
    return query;
  }

  @Override
  public void apply(Session session, Answer answer) {
    session.await(answer, permitted(session, channel).members(), answer::done);
  }
}
