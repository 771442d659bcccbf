package io.stentor.centrifuge;

import io.stentor.json.JsonWriter;
import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.presence.MembersPage;
import io.stentor.presence.Presence;
import io.stentor.room.Rooms;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who is in a room, as this protocol tells it. Any thread. */
public final class MembersQuery {

  /** Most bytes of one answer; who would get more asks how many there are. */
  private static final int MAX_BYTES = 512 * 1024;

  private final Presence presence;
  private final RoomName room;

  /**
   * A question about a room.
   *
   * @throws CommandError where it is not known who is in it
   */
  public MembersQuery(Rooms rooms, Presence presence, RoomName room) {
    if (!rooms.options(room).presence()) {
      throw new CommandError(ErrorCode.NOT_AVAILABLE);
    }
    this.presence = presence;
    this.room = room;
  }

  /** Everybody, as an object; fails with a {@link CommandError} where that would be too many. */
  public Future<JsonWriter> members() {
    return members(null, new JsonWriter().open().name("presence").open());
  }

  private Future<JsonWriter> members(@Nullable Member after, JsonWriter line) {
    return presence
        .members(room, after, Presence.MAX_PAGE)
        .compose(
            page -> {
              page.members()
                  .forEach(one -> PublicationJson.info(one, line.key(one.connection()).value()));
              if (line.bytes().readableBytes() > MAX_BYTES) {
                return Future.failedFuture(
                    new CommandError(
                        ErrorCode.LIMIT_EXCEEDED, "too many are in this room to name them"));
              }
              return page.more()
                  ? members(last(page), line)
                  : Future.succeededFuture(line.close().close());
            });
  }

  private static Member last(MembersPage page) {
    return page.members().get(page.members().size() - 1);
  }

  /** How many, as an object. */
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
   * Everybody without a name is one user on this wire, unlike elsewhere. In rooms that are too
   * large to look at each, each of them counts.
   */
  private static long users(List<Member> members) {
    return members.stream().map(Member::user).distinct().count();
  }

  /** Both are written also where they are 0. */
  private static JsonWriter result(long clients, long users) {
    JsonWriter line = new JsonWriter().open().name("num_clients").integer(clients);
    return line.name("num_users").integer(users).close();
  }
}
