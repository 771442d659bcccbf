package io.stentor.centrifuge;

import io.stentor.centrifuge.CommandError.ErrorCode;
import io.stentor.json.JsonWriter;
import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.presence.MembersPage;
import io.stentor.presence.Presence;
import io.stentor.room.Rooms;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A query of a room's presence, with results in the Centrifuge protocol's format. Thread-safe. */
public final class MembersQuery {

  /** Maximum size of one response, in bytes. Clients of larger rooms can query the counts. */
  private static final int MAX_BYTES = 512 * 1024;

  private final Presence presence;
  private final RoomName room;

  /**
   * Creates a query of a room.
   *
   * @throws CommandError if presence is disabled for the room
   */
  public MembersQuery(Rooms rooms, Presence presence, RoomName room) {
    if (!rooms.options(room).presence()) {
      throw new CommandError(ErrorCode.NOT_AVAILABLE);
    }
    this.presence = presence;
    this.room = room;
  }

  /**
   * Returns all members as a JSON object. Fails with a {@link CommandError} if the response would
   * be too large.
   */
  public Future<JsonWriter> members() {
    return members(null, new JsonWriter().open().name("presence").open());
  }

  /**
   * Returns members as the JSON object of {@link #members()}.
   *
   * @throws CommandError if it would be too large
   */
  static JsonWriter result(List<Member> members) {
    JsonWriter line = new JsonWriter().open().name("presence").open();
    for (Member member : members) {
      write(member, line);
      if (isTooLarge(line)) {
        throw tooMany();
      }
    }
    return line.close().close();
  }

  private static void write(Member member, JsonWriter line) {
    Pushes.writeMember(member, line.key(member.connection()).value());
  }

  private static boolean isTooLarge(JsonWriter line) {
    return line.bytes().readableBytes() > MAX_BYTES;
  }

  private static CommandError tooMany() {
    return new CommandError(ErrorCode.LIMIT_EXCEEDED, "too many are in this room to name them");
  }

  private Future<JsonWriter> members(@Nullable Member after, JsonWriter line) {
    return presence
        .members(room, after, Presence.MAX_PAGE)
        .compose(
            page -> {
              page.members().forEach(member -> write(member, line));
              if (isTooLarge(line)) {
                return Future.failedFuture(tooMany());
              }
              return page.more()
                  ? members(last(page), line)
                  : Future.succeededFuture(line.close().close());
            });
  }

  private static Member last(MembersPage page) {
    return page.members().get(page.members().size() - 1);
  }

  /** Returns the numbers of connections and users as a JSON object. */
  public Future<JsonWriter> stats() {
    return presence
        .members(room, null, Presence.MAX_PAGE)
        .compose(
            page ->
                page.more()
                    ? presence.stats(room).map(stats -> result(stats.connections(), stats.users()))
                    : Future.succeededFuture(result(page.members().size(), users(page.members()))));
  }

  /**
   * Counts distinct users. Unlike elsewhere, all anonymous connections count as one user in this
   * protocol. In rooms that do not fit into one page, each anonymous connection counts.
   */
  private static long users(List<Member> members) {
    return members.stream().map(Member::user).distinct().count();
  }

  /** Writes both numbers even if they are 0. */
  private static JsonWriter result(long clients, long users) {
    JsonWriter line = new JsonWriter().open().name("num_clients").integer(clients);
    return line.name("num_users").integer(users).close();
  }
}
