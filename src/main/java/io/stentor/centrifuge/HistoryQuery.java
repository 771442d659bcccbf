package io.stentor.centrifuge;

import io.stentor.history.Page;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonWriter;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Rooms;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What somebody asks of a room's log. Any thread.
 *
 * @param limit most messages; 0 asks only where the log is, below 0 is as many as an answer may
 *     hold
 * @param since begin behind this place, or before it in reverse; null for either end
 * @param reverse newest first
 */
public record HistoryQuery(long limit, @Nullable Since since, boolean reverse) {

  /** A place that the client knows; the empty epoch fits any. */
  public record Since(String epoch, long offset) {}

  private static final int MAX_MESSAGES = 300;
  private static final int MAX_BYTES = 256 * 1024;

  /** The members {@code limit}, {@code since} and {@code reverse} of a request. */
  public static HistoryQuery of(JsonFields fields) {
    JsonFields since = fields.object("since");
    return new HistoryQuery(
        fields.number("limit"),
        since == null ? null : new Since(since.text("epoch"), since.unsigned("offset")),
        fields.flag("reverse"));
  }

  /**
   * Reads the log.
   *
   * @param timed whether publications carry their time
   * @return the result as an object; fails with a {@link CommandError}
   * @throws CommandError where there is nothing to be read
   */
  public Future<JsonWriter> read(Rooms rooms, RoomName room, boolean timed) {
    if (rooms.options(room).history().messages() == 0) {
      throw new CommandError(ErrorCode.NOT_AVAILABLE);
    }
    if (reverse && since != null && since.offset == 0) {
      throw new CommandError(ErrorCode.BAD_REQUEST, "nothing is before offset 0");
    }
    return rooms.read(room, Position.NONE, 0, 0).compose(here -> read(rooms, room, here, timed));
  }

  private Future<JsonWriter> read(Rooms rooms, RoomName room, Page here, boolean timed) {
    if (since != null && !fits(since.epoch, here)) {
      return Future.failedFuture(new CommandError(ErrorCode.UNRECOVERABLE_POSITION));
    }
    int most = (int) (limit < 0 ? MAX_MESSAGES : Math.min(limit, MAX_MESSAGES));
    if (most == 0) {
      return Future.succeededFuture(result(here, List.of(), 0, timed));
    }
    if (reverse) {
      long end = since == null ? here.top() + 1 : Math.min(since.offset, here.top() + 1);
      return before(rooms, room, here.epoch(), end, most)
          .map(page -> result(page, page.publications(), end, timed));
    }
    // Beyond the end there is nothing, and an old place is answered with what is left.
    long after = since == null ? 0 : Math.min(since.offset, here.top());
    return rooms
        .read(room, new Position(here.epoch(), after), most, MAX_BYTES)
        .map(page -> result(page, page.publications(), Long.MAX_VALUE, timed));
  }

  private static boolean fits(String epoch, Page here) {
    return epoch.isEmpty() || epoch.equals(Position.epochText(here.epoch()));
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

  private JsonWriter result(Page page, List<Publication> publications, long end, boolean timed) {
    JsonWriter line = new JsonWriter().open().name("publications").openArray();
    int count = publications.size();
    for (int i = 0; i < count; i++) {
      int index = reverse ? count - 1 - i : i;
      long offset = page.first() + index;
      if (offset < end) {
        PublicationJson.write(publications.get(index), offset, timed, line.value());
      }
    }
    line.closeArray().name("epoch").string(Position.epochText(page.epoch()));
    return line.name("offset").integer(page.top()).close();
  }
}
