package io.stentor.centrifuge;

import io.stentor.centrifuge.codec.CommandError;
import io.stentor.centrifuge.codec.CommandError.ErrorCode;
import io.stentor.centrifuge.codec.ObjectWriter.Content;
import io.stentor.centrifuge.codec.ObjectWriter.Logged;
import io.stentor.history.Page;
import io.stentor.json.Fields;
import io.stentor.json.InvalidJson;
import io.stentor.message.Attributes;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.message.TagFilter;
import io.stentor.room.Connection;
import io.stentor.room.Rooms;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a client requests with a subscription besides new messages. Immutable; any thread.
 *
 * @param recover whether it requests the messages after {@code offset}
 * @param offset the last offset that it has seen
 * @param epoch the epoch of that offset; empty matches any
 * @param joinLeave whether it requests joins and leaves
 * @param onlyRecovered whether to refuse the subscription if it cannot be recovered
 * @param deltas whether it requests deltas
 * @param tf the filter that it requests, unchecked; null for none
 */
record SubscribeRequest(
    boolean recover,
    long offset,
    String epoch,
    boolean joinLeave,
    boolean onlyRecovered,
    boolean deltas,
    @Nullable Fields tf) {

  /** New messages only. */
  static final SubscribeRequest NOTHING =
      new SubscribeRequest(false, 0, "", false, false, false, null);

  /** Bit of {@code flag}: refuse if recovery is not possible. */
  private static final int REJECT_UNRECOVERED = 2;

  /** The format of deltas. */
  static final String FOSSIL = "fossil";

  /** Maximum number of missed messages in one result; the following ones are pushed. */
  private static final int MAX_RECOVERED_MESSAGES = 300;

  /** Maximum size of the missed messages in one result, unless a single message is larger. */
  static final int MAX_RECOVERED_BYTES = 64 * 1024;

  /**
   * Reads a request.
   *
   * @throws CommandError if the filter is not an object
   */
  static SubscribeRequest of(Fields fields) {
    return new SubscribeRequest(
        fields.flag("recover"),
        fields.unsigned("offset"),
        fields.text("epoch"),
        fields.flag("join_leave"),
        (fields.number("flag") & REJECT_UNRECOVERED) != 0,
        fields.text("delta").equals(FOSSIL),
        tf(fields));
  }

  private static @Nullable Fields tf(Fields fields) {
    try {
      return fields.object("tf");
    } catch (InvalidJson e) {
      throw new CommandError(ErrorCode.BAD_REQUEST, "tf: a filter is an object");
    }
  }

  /**
   * Returns what the client is sent; null for everything.
   *
   * @throws CommandError if the filter is invalid
   */
  @Nullable TagFilter filter() {
    try {
      return tf == null ? null : TagFilter.of(tf);
    } catch (IllegalArgumentException e) {
      throw new CommandError(ErrorCode.BAD_REQUEST, "tf: " + e.getMessage());
    }
  }

  /**
   * Reads the first page after the position of the client. Completes on any thread.
   *
   * @param maxBytes the maximum size of the page
   * @return empty if the log does not continue from that position
   */
  Future<Optional<Page>> readMissed(Rooms rooms, RoomName room, int maxBytes) {
    if (epoch.isEmpty()) {
      return rooms
          .end(room)
          .compose(end -> readAfter(new Position(end.epoch(), offset), rooms, room, maxBytes));
    }
    Position position = position();
    return position == null
        ? Future.succeededFuture(Optional.empty())
        : readAfter(position, rooms, room, maxBytes);
  }

  /**
   * Returns what the client gets of the newest message, instead of the messages that it missed: the
   * page, without the message if the client has it already.
   *
   * @param newest a page with the newest message of the log, if there is one
   * @return null if the log has no message, and may have had one that the client has not seen
   */
  @Nullable Page latest(Page newest) {
    Position at = position();
    boolean has = offset != 0 && at != null && newest.includes(at) && at.offset() >= newest.last();
    if (!has) {
      return newest.publications().isEmpty() ? null : newest;
    }
    return new Page(newest.branch(), newest.oldest(), newest.top(), newest.top() + 1, List.of());
  }

  /** Returns the position of the client; null if it has no epoch, or one that no log can have. */
  @Nullable Position position() {
    try {
      Position position = Position.parse(epoch + ":" + offset);
      return Position.epochText(position.epoch()).equals(epoch) ? position : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static Future<Optional<Page>> readAfter(
      Position position, Rooms rooms, RoomName room, int maxBytes) {
    return rooms
        .readMissed(room, position, MAX_RECOVERED_MESSAGES, maxBytes)
        .map(page -> page.continues(position) ? Optional.of(page) : Optional.empty());
  }

  /**
   * Returns the result of the subscription.
   *
   * @param position the position in the log at which the client continues
   * @param missed the page after the client's offset, or with the newest message; null if it was
   *     not recovered
   * @param subscriber the filter, the ID and the format of the client, which decide what it is sent
   */
  Content result(
      SubscriptionGrant grant,
      Expiry expiry,
      Position position,
      @Nullable Page missed,
      Connection subscriber) {
    return out -> {
      expiry.write(out);
      if (grant.recovery()) {
        out.flag("recoverable", true).text("epoch", Position.epochText(position.epoch()));
        if (missed != null) {
          if (!grant.latest() || !missed.publications().isEmpty()) {
            List<Logged> sent = sent(missed, subscriber);
            if (subscriber.format().hasDeltas()) {
              out.deltas("publications", sent);
            } else {
              out.publications("publications", sent);
            }
          }
          // The client advances from this offset with each publication.
          out.flag("recovered", true).number("offset", offset);
        } else {
          out.number("offset", position.offset());
        }
        out.flag("positioned", true);
      }
      out.source("data", grant.data());
      out.flag("was_recovering", grant.latest() || (recover && grant.recovery()));
      out.flag("delta", subscriber.format().hasDeltas());
    };
  }

  /** Returns whether a client is sent the last message of a page. Filters are not considered. */
  static boolean sendsLast(Page page, Connection subscriber) {
    List<Publication> all = page.publications();
    return !all.isEmpty()
        && !subscriber.id().equals(all.get(all.size() - 1).attributes().exclude());
  }

  private static List<Logged> sent(Page page, Connection subscriber) {
    TagFilter filter = subscriber.filter();
    List<Logged> sent = new ArrayList<>();
    for (int i = 0; i < page.publications().size(); i++) {
      Publication publication = page.publications().get(i);
      Attributes attributes = publication.attributes();
      if ((filter == null || filter.matches(attributes.tags()))
          && !subscriber.id().equals(attributes.exclude())) {
        sent.add(new Logged(publication, page.first() + i));
      }
    }
    return sent;
  }
}
