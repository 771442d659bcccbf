package io.stentor.protocol.centrifuge;

import io.stentor.history.Page;
import io.stentor.identity.Permissions.Action;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Rooms;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code history}: where a room's log is, and a part of it.
 *
 * @param channel the room's name, not checked
 * @param limit most messages; 0 asks only where the log is, below 0 is as many as an answer may
 *     hold
 * @param since begin behind this place, or before it in reverse; null for either end
 * @param reverse newest first
 */
record HistoryCommand(String channel, long limit, @Nullable Since since, boolean reverse)
    implements Command {

  /** A place that the client knows; the empty epoch fits any. */
  record Since(String epoch, long offset) {}

  private static final int MAX_MESSAGES = 300;
  private static final int MAX_BYTES = 256 * 1024;

  static HistoryCommand of(Fields fields) {
    Fields since = fields.object("since");
    return new HistoryCommand(
        Commands.channel(fields),
        fields.number("limit"),
        since == null ? null : new Since(since.text("epoch"), since.unsigned("offset")),
        fields.flag("reverse"));
  }

  @Override
  public void apply(Session session, Answer answer) {
    RoomName room = Commands.room(channel);
    Rooms rooms = session.site().rooms();
    if (rooms.options(room).history().messages() == 0) {
      throw new Refusal(ErrorCode.NOT_AVAILABLE);
    }
    var identity = session.subscriptions().identity(room);
    if (!session.site().permissions().allow(identity, room, Action.HISTORY)) {
      throw new Refusal(ErrorCode.PERMISSION_DENIED);
    }
    if (reverse && since != null && since.offset == 0) {
      throw new Refusal(ErrorCode.BAD_REQUEST, "nothing is before offset 0");
    }
    session.await(
        answer,
        rooms.read(room, Position.NONE, 0, 0),
        here -> {
          if (since != null && !fits(since.epoch, here)) {
            throw new Refusal(ErrorCode.UNRECOVERABLE_POSITION);
          }
          read(session, answer, room, here);
        });
  }

  private static boolean fits(String epoch, Page here) {
    return epoch.isEmpty() || epoch.equals(Position.epochText(here.epoch()));
  }

  private void read(Session session, Answer answer, RoomName room, Page here) {
    int most = (int) (limit < 0 ? MAX_MESSAGES : Math.min(limit, MAX_MESSAGES));
    Rooms rooms = session.site().rooms();
    if (most == 0) {
      answer.done(result(session, here, List.of(), 0));
    } else if (reverse) {
      long end = since == null ? here.top() + 1 : Math.min(since.offset, here.top() + 1);
      session.await(
          answer,
          before(rooms, room, here.epoch(), end, most),
          page -> answer.done(result(session, page, page.publications(), end)));
    } else {
      // Beyond the end there is nothing, and an old place is answered with what is left.
      long after = since == null ? 0 : Math.min(since.offset, here.top());
      session.await(
          answer,
          rooms.read(room, new Position(here.epoch(), after), most, MAX_BYTES),
          page -> answer.done(result(session, page, page.publications(), Long.MAX_VALUE)));
    }
  }

  /** Reads what is right before an offset; less of it where it is too large for one answer. */
  private static Future<Page> before(Rooms rooms, RoomName room, long epoch, long end, int most) {
    Position from = new Position(epoch, Math.max(0, end - 1 - most));
    return rooms
        .read(room, from, most, MAX_BYTES)
        .compose(
            page ->
                page.epoch() != epoch || page.last() >= end - 1 || most == 1
                    ? Future.succeededFuture(page)
                    : before(rooms, room, epoch, end, most / 2));
  }

  private JsonLine result(Session session, Page page, List<Publication> publications, long end) {
    boolean timed = session.lines().format().timed();
    JsonLine line = new JsonLine().open().name("publications").openArray();
    int count = publications.size();
    for (int i = 0; i < count; i++) {
      int index = reverse ? count - 1 - i : i;
      long offset = page.first() + index;
      if (offset < end) {
        line.publication(publications.get(index), offset, timed);
      }
    }
    line.closeArray().name("epoch").string(Position.epochText(page.epoch()));
    return line.name("offset").integer(page.top()).close();
  }
}
