package io.stentor.centrifuge;

import io.stentor.centrifuge.codec.CommandError;
import io.stentor.centrifuge.codec.CommandError.ErrorCode;
import io.stentor.http.LoopContext;
import io.stentor.identity.Grants.Action;
import io.stentor.json.Fields;
import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.vertx.core.Future;
import java.util.List;

/** Commands that read the history or the members of a room. */
final class ReadCommands {

  private ReadCommands() {}

  /**
   * {@code history}: reads the position of a room's log and some of its messages.
   *
   * @param channel unchecked name of the room
   */
  record HistoryCommand(String channel, HistoryQuery query) implements Command {

    static HistoryCommand of(Fields fields) {
      return new HistoryCommand(Command.channel(fields), HistoryQuery.of(fields));
    }

    @Override
    public void apply(Session session, ReplyHandle reply) {
      RoomName room = Command.room(channel);
      require(session, room, Action.HISTORY);
      session.await(reply, query.read(session.loop().rooms(), room), reply::complete);
    }
  }

  /**
   * {@code presence}: reads the members of a room.
   *
   * @param channel unchecked name of the room
   */
  record PresenceCommand(String channel) implements Command {

    static PresenceCommand of(Fields fields) {
      return new PresenceCommand(Command.channel(fields));
    }

    @Override
    public void apply(Session session, ReplyHandle reply) {
      Subscription subscription = session.subscriptions().get(Command.room(channel));
      if (subscription != null && subscription.isUndecided()) {
        subscription.whenDecided(() -> reply.run(() -> apply(session, reply)));
        return;
      }
      MembersQuery query = members(session, channel);
      Future<List<Member>> watched = subscription == null ? null : subscription.members();
      session.await(
          reply,
          watched == null ? query.members() : watched.map(MembersQuery::result),
          reply::complete);
    }
  }

  /**
   * {@code presence_stats}: counts the members of a room.
   *
   * @param channel unchecked name of the room
   */
  record PresenceStatsCommand(String channel) implements Command {

    static PresenceStatsCommand of(Fields fields) {
      return new PresenceStatsCommand(Command.channel(fields));
    }

    @Override
    public void apply(Session session, ReplyHandle reply) {
      session.await(reply, members(session, channel).stats(), reply::complete);
    }
  }

  private static MembersQuery members(Session session, String channel) {
    RoomName room = Command.room(channel);
    LoopContext loop = session.loop();
    MembersQuery query = new MembersQuery(loop.rooms(), loop.presence(), room);
    require(session, room, Action.PRESENCE);
    return query;
  }

  private static void require(Session session, RoomName room, Action action) {
    var identity = session.subscriptions().identity(room);
    if (!session.loop().permissions().allow(identity, room, action)) {
      throw new CommandError(ErrorCode.PERMISSION_DENIED);
    }
  }
}
