package io.stentor.protocol.centrifuge;

import io.stentor.identity.Permissions.Action;
import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.presence.MembersPage;
import io.stentor.presence.Presence;
import org.jspecify.annotations.Nullable;

/**
 * {@code presence}: who is in a room.
 *
 * @param channel the room's name, not checked
 */
record PresenceCommand(String channel) implements Command {

  /** Most bytes of one answer; who would get more asks for {@code presence_stats}. */
  private static final int MAX_BYTES = 512 * 1024;

  static PresenceCommand of(Fields fields) {
    return new PresenceCommand(Commands.channel(fields));
  }

  /** The room, where it is known who is in it and the client may know. */
  static RoomName permitted(Session session, String channel) {
    RoomName room = Commands.room(channel);
    if (!session.site().rooms().options(room).presence()) {
      throw new Refusal(ErrorCode.NOT_AVAILABLE);
    }
    var identity = session.subscriptions().identity(room);
    if (!session.site().permissions().allow(identity, room, Action.PRESENCE)) {
      throw new Refusal(ErrorCode.PERMISSION_DENIED);
    }
    return room;
  }

  @Override
  public void apply(Session session, Answer answer) {
    RoomName room = permitted(session, channel);
    JsonLine line = new JsonLine().open().name("presence").open();
    read(session, answer, room, null, line);
  }

  private static void read(
      Session session, Answer answer, RoomName room, @Nullable Member after, JsonLine line) {
    session.await(
        answer,
        session.site().presence().members(room, after, Presence.MAX_PAGE),
        page -> {
          page.members().forEach(one -> line.key(one.connection()).member(one));
          if (line.bytes().readableBytes() > MAX_BYTES) {
            throw new Refusal(ErrorCode.LIMIT_EXCEEDED, "too many are in this room to name them");
          }
          if (page.more()) {
            read(session, answer, room, last(page), line);
          } else {
            answer.done(line.close().close());
          }
        });
  }

  private static Member last(MembersPage page) {
    return page.members().get(page.members().size() - 1);
  }
}
