package io.stentor.centrifuge;

import io.stentor.json.JsonFields;
import io.stentor.message.RoomName;
import java.util.Map;
import java.util.function.Function;

/** All commands by their names on the wire. Any thread. */
final class Commands {

  /**
   * A command as it came.
   *
   * @param id the client's number for it, for the answer; 0 where it wants none
   * @param name on the wire; empty for the answer to a ping
   */
  record Numbered(long id, String name, Command command) {}

  private static final long MAX_ID = 0xffff_ffffL;

  private static final Map<String, Function<JsonFields, Command>> READERS =
      Map.ofEntries(
          Map.entry("connect", ConnectCommand::of),
          Map.entry("subscribe", SubscribeCommand::of),
          Map.entry("unsubscribe", UnsubscribeCommand::of),
          Map.entry("publish", PublishCommand::of),
          Map.entry("presence", PresenceCommand::of),
          Map.entry("presence_stats", PresenceStatsCommand::of),
          Map.entry("history", HistoryCommand::of),
          Map.entry("ping", DeclinedCommand::of),
          Map.entry("rpc", DeclinedCommand::of),
          Map.entry("send", SendCommand::of),
          Map.entry("refresh", RefreshCommand::of),
          Map.entry("sub_refresh", SubRefreshCommand::of));

  private Commands() {}

  /**
   * Reads one line. Members that no command has are left alone.
   *
   * @throws Disconnect when it is no command
   */
  static Numbered read(byte[] line) {
    JsonFields fields = JsonFields.of(line);
    long id = fields.unsigned("id");
    if (id > MAX_ID) {
      throw Disconnect.badRequest("an id has 32 bits");
    }
    for (String name : fields.names()) {
      Function<JsonFields, Command> reader = READERS.get(name);
      JsonFields body = reader == null ? null : fields.object(name);
      if (reader != null && body != null) {
        return numbered(id, name, reader.apply(body));
      }
    }
    return pong(id);
  }

  /**
   * Reads what {@code connect} has, alone.
   *
   * @throws Disconnect when it is something else
   */
  static Numbered connect(byte[] object) {
    return new Numbered(0, "connect", ConnectCommand.of(JsonFields.of(object)));
  }

  private static Numbered numbered(long id, String name, Command command) {
    if (id == 0 && !(command instanceof SendCommand)) {
      throw Disconnect.badRequest("a command needs an id");
    }
    return new Numbered(id, name, command);
  }

  private static Numbered pong(long id) {
    if (id != 0) {
      throw Disconnect.badRequest("no known command");
    }
    return new Numbered(0, "", (session, answer) -> {});
  }

  /** The field {@code channel}, which has to be there. */
  static String channel(JsonFields fields) {
    String channel = fields.text("channel");
    if (channel.isEmpty()) {
      throw Disconnect.badRequest("channel is missing");
    }
    return channel;
  }

  /**
   * The room of a channel.
   *
   * @throws Refusal when no room can have this name
   */
  static RoomName room(String channel) {
    try {
      return new RoomName(channel);
    } catch (IllegalArgumentException e) {
      throw new Refusal(ErrorCode.BAD_REQUEST, e.getMessage());
    }
  }
}
