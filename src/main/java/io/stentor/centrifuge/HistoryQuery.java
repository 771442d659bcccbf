package io.stentor.centrifuge;

import io.stentor.centrifuge.codec.CommandError;
import io.stentor.centrifuge.codec.CommandError.ErrorCode;
import io.stentor.centrifuge.codec.ObjectWriter.Content;
import io.stentor.centrifuge.codec.ObjectWriter.Logged;
import io.stentor.history.Page;
import io.stentor.json.Fields;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Rooms;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A query of a room's history. Thread-safe.
 *
 * @param limit the maximum number of messages; 0 returns only the current position, a negative
 *     value as many as one response may hold
 * @param since read after this position, or before it in reverse; null for the start, or the end in
 *     reverse
 * @param reverse whether to return the newest messages first
 */
public record HistoryQuery(long limit, @Nullable Since since, boolean reverse) {

  /** A position that the client knows. An empty epoch matches any epoch. */
  public record Since(String epoch, long offset) {}

  private static final int MAX_MESSAGES = 300;
  private static final int MAX_BYTES = 256 * 1024;

  /** Parses the fields {@code limit}, {@code since} and {@code reverse} of a request. */
  public static HistoryQuery of(Fields fields) {
    Fields since = fields.object("since");
    return new HistoryQuery(
        fields.number("limit"),
        since == null ? null : new Since(since.text("epoch"), since.unsigned("offset")),
        fields.flag("reverse"));
  }

  /**
   * Reads the log.
   *
   * @return the result; fails with a {@link CommandError}
   * @throws CommandError if the room keeps no history, or if nothing can precede {@code since}
   */
  public Future<Content> read(Rooms rooms, RoomName room) {
    if (rooms.options(room).history().messages() == 0) {
      throw new CommandError(ErrorCode.NOT_AVAILABLE);
    }
    if (reverse && since != null && since.offset == 0) {
      throw new CommandError(ErrorCode.BAD_REQUEST, "nothing is before offset 0");
    }
    return rooms.read(room, Position.NONE, 0, 0).compose(here -> read(rooms, room, here));
  }

  private Future<Content> read(Rooms rooms, RoomName room, Page here) {
    if (since != null && !fits(since, here)) {
      return Future.failedFuture(new CommandError(ErrorCode.UNRECOVERABLE_POSITION));
    }
    int most = (int) (limit < 0 ? MAX_MESSAGES : Math.min(limit, MAX_MESSAGES));
    if (most == 0) {
      return Future.succeededFuture(result(here, List.of(), 0));
    }
    if (reverse) {
      long end = since == null ? here.top() + 1 : Math.min(since.offset, here.top() + 1);
      return before(rooms, room, here.epoch(), end, most)
          .map(page -> result(page, page.publications(), end));
    }
    // Positions beyond the end yield nothing; old ones yield the messages that are still kept.
    long after = since == null ? 0 : Math.min(since.offset, here.top());
    return rooms
        .read(room, new Position(here.epoch(), after), most, MAX_BYTES)
        .map(page -> result(page, page.publications(), Long.MAX_VALUE));
  }

  /** Returns whether the position is in the log; an empty epoch means the current one. */
  private static boolean fits(Since since, Page here) {
    try {
      return since.epoch.isEmpty()
          || here.branch().includes(Position.parse(since.epoch + ":" + since.offset));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * Reads the messages immediately before an offset; fewer if they are too large for one response.
   */
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

  private Content result(Page page, List<Publication> publications, long end) {
    List<Logged> selected = new ArrayList<>();
    int count = publications.size();
    for (int i = 0; i < count; i++) {
      int index = reverse ? count - 1 - i : i;
      long offset = page.first() + index;
      if (offset < end) {
        selected.add(new Logged(publications.get(index), offset));
      }
    }
    return out ->
        out.publications("publications", selected)
            .text("epoch", Position.epochText(page.epoch()))
            .integer("offset", page.top());
  }
}
