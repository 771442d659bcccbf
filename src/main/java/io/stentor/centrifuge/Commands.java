package io.stentor.centrifuge;

import io.stentor.centrifuge.ConnectionCommands.ConnectCommand;
import io.stentor.centrifuge.ConnectionCommands.RefreshCommand;
import io.stentor.centrifuge.ReadCommands.HistoryCommand;
import io.stentor.centrifuge.ReadCommands.PresenceCommand;
import io.stentor.centrifuge.ReadCommands.PresenceStatsCommand;
import io.stentor.centrifuge.SubscriptionCommands.SubRefreshCommand;
import io.stentor.centrifuge.SubscriptionCommands.SubscribeCommand;
import io.stentor.centrifuge.SubscriptionCommands.UnsubscribeCommand;
import io.stentor.centrifuge.codec.ClientFormat;
import io.stentor.centrifuge.codec.CommandError;
import io.stentor.centrifuge.codec.CommandError.Disconnect;
import io.stentor.centrifuge.codec.CommandError.ErrorCode;
import io.stentor.http.LoopContext;
import io.stentor.json.Fields;
import io.stentor.json.InvalidJson;
import java.util.Map;
import java.util.function.Function;

/** Reads commands by their names on the wire, and applies them to sessions. Any thread. */
public final class Commands {

  /**
   * A command as it was received.
   *
   * @param id the client's number for the command, for the reply; 0 for none
   * @param name the name on the wire; empty for the answer to a ping
   */
  private record Numbered(long id, String name, Command command) {}

  private static final long MAX_ID = 0xffff_ffffL;

  /** {@code ping}. */
  private static final Command NOT_AVAILABLE =
      (session, reply) -> {
        throw new CommandError(ErrorCode.NOT_AVAILABLE);
      };

  /** {@code send} is not supported; as it has no reply, it ends the connection. */
  private static final Command SEND =
      (session, reply) -> {
        throw new Disconnect(Disconnect.NOT_AVAILABLE);
      };

  private static final Map<String, Function<Fields, Command>> READERS =
      Map.ofEntries(
          Map.entry("connect", ConnectCommand::of),
          Map.entry("subscribe", SubscribeCommand::of),
          Map.entry("unsubscribe", UnsubscribeCommand::of),
          Map.entry("publish", PublishCommand::of),
          Map.entry("presence", PresenceCommand::of),
          Map.entry("presence_stats", PresenceStatsCommand::of),
          Map.entry("history", HistoryCommand::of),
          Map.entry("ping", fields -> NOT_AVAILABLE),
          Map.entry("rpc", RpcCommand::of),
          Map.entry("send", fields -> SEND),
          Map.entry("refresh", RefreshCommand::of),
          Map.entry("sub_refresh", SubRefreshCommand::of));

  private Commands() {}

  /**
   * Creates an unconnected session that executes these commands.
   *
   * @param format the format of everything that is written
   * @param name the name that the client chose, used unless a token names a user; empty for none
   */
  public static Session newSession(
      LoopContext loop, ClientTransport transport, ClientFormat format, String name) {
    return new Session(loop, transport, format, name, Commands::apply);
  }

  private static void apply(Session session, byte[] command) {
    boolean bidirectional = session.isBidirectional();
    try {
      Fields fields = session.writer().format().fields(command);
      Numbered next =
          bidirectional ? read(fields) : new Numbered(0, "connect", ConnectCommand.of(fields));
      session.begin(next.command() instanceof ConnectCommand);
      ReplyHandle reply =
          bidirectional
              ? new ReplyHandle.Numbered(session.writer(), next.id(), next.name())
              : new ReplyHandle.ConnectPush(session.writer());
      reply.run(() -> next.command().apply(session, reply));
    } catch (InvalidJson e) {
      session.close(Disconnect.badRequest(String.valueOf(e.getMessage())).reason());
    } catch (Disconnect e) {
      session.close(e.reason());
    }
  }

  /** Reads a command; ignores fields with unknown names. */
  private static Numbered read(Fields fields) {
    long id = fields.unsigned("id");
    if (id > MAX_ID) {
      throw Disconnect.badRequest("an id has 32 bits");
    }
    for (String name : fields.names()) {
      Function<Fields, Command> reader = READERS.get(name);
      Fields body = reader == null ? null : fields.object(name);
      if (reader != null && body != null) {
        Command command = reader.apply(body);
        if (id == 0 && command != SEND) {
          throw Disconnect.badRequest("a command needs an id");
        }
        return new Numbered(id, name, command);
      }
    }
    if (id != 0) {
      throw Disconnect.badRequest("no known command");
    }
    return new Numbered(0, "", (session, reply) -> {}); // The answer to a ping.
  }
}
