package io.stentor.centrifuge;

import io.stentor.centrifuge.codec.CommandError;
import io.stentor.centrifuge.codec.CommandError.ErrorCode;
import io.stentor.centrifuge.codec.ObjectWriter.Content;
import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.presence.MembersPage;
import io.stentor.presence.Presence;
import io.stentor.room.Rooms;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A query of a room's presence. Thread-safe. */
public final class MembersQuery {

  /** Maximum size of one response, in bytes. Clients of larger rooms can query the counts. */
  private static final int MAX_BYTES = 512 * 1024;

  /** What a member counts in addition to its names and data, for the JSON around them. */
  private static final int OVERHEAD_BYTES = 32;

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

  /** Returns all members. Fails with a {@link CommandError} if they would be too large. */
  public Future<Content> members() {
    return members(null, new ArrayList<>(), 0);
  }

  /**
   * Returns members as {@link #members()} does.
   *
   * @throws CommandError if they would be too large
   */
  static Content result(List<Member> members) {
    if (bytes(members) > MAX_BYTES) {
      throw tooMany();
    }
    return out -> out.members("presence", members);
  }

  private static long bytes(List<Member> members) {
    long bytes = 0;
    for (Member member : members) {
      bytes += member.bytes() + member.connection().length() + OVERHEAD_BYTES;
    }
    return bytes;
  }

  private static CommandError tooMany() {
    return new CommandError(ErrorCode.LIMIT_EXCEEDED, "too many are in this room to name them");
  }

  private Future<Content> members(@Nullable Member after, List<Member> before, long bytesBefore) {
    return presence
        .members(room, after, Presence.MAX_PAGE)
        .compose(
            page -> {
              before.addAll(page.members());
              long bytes = bytesBefore + bytes(page.members());
              if (bytes > MAX_BYTES) {
                return Future.failedFuture(tooMany());
              }
              return page.more()
                  ? members(last(page), before, bytes)
                  : Future.succeededFuture(out -> out.members("presence", before));
            });
  }

  private static Member last(MembersPage page) {
    return page.members().get(page.members().size() - 1);
  }

  /** Returns the numbers of connections and users. */
  public Future<Content> stats() {
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

  private static Content result(long clients, long users) {
    return out -> out.integer("num_clients", clients).integer("num_users", users);
  }
}
