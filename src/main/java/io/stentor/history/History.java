package io.stentor.history;

import io.stentor.config.RoomOptions;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The logs of all rooms: the truth about what was said and in which order. Methods may be called
 * from any thread and never block; the futures complete on any thread.
 */
public interface History {

  /**
   * Appends the publications of the batch, in their order and with consecutive offsets, all or
   * none; those that alone are more bytes than the log keeps are left out, see {@link
   * Appended#tooLarge}. The future succeeds only when every copy that the log is meant to have
   * holds them.
   *
   * <p>A batch with the same appender and number as the last one of that appender is answered like
   * the first time and changes nothing, so a caller that does not know whether an append took place
   * repeats it. A publication whose idempotency key is in the log is not appended again and is
   * answered with the offset that it has.
   *
   * @param limits what the log keeps
   */
  Future<Appended> append(RoomName room, Batch batch, RoomOptions.History limits);

  /**
   * Reads what follows a position, and keeps the log from expiring. Where the log does not continue
   * from the position (another epoch, too old), the page begins with its oldest publication; the
   * caller compares.
   *
   * <p>A log that does not exist is not begun by this. It reads as an empty log, under the epoch
   * that it will have if it is begun soon: a position that is read there is continued then, or is
   * known not to be.
   *
   * @param after read from the offset behind this one
   * @param maxMessages most publications; 0 only asks where the log is
   * @param maxBytes most bytes of publications, but at least one publication
   * @param limits what the log keeps
   */
  Future<Page> read(
      RoomName room, Position after, int maxMessages, int maxBytes, RoomOptions.History limits);

  /**
   * Reads like {@link #read}, and begins a log that does not exist. For somebody who stays in the
   * room: the epoch of a log that exists does not change when nodes come and go.
   */
  Future<Page> readOrBegin(
      RoomName room, Position after, int maxMessages, int maxBytes, RoomOptions.History limits);

  /**
   * Removes all publications of a log, from every copy. Its offsets go on where they were, under
   * its epoch; the keys of what was removed are forgotten. A log that does not exist is not begun.
   *
   * @return where the log is, in a page without publications
   */
  Future<Page> removeAll(RoomName room, RoomOptions.History limits);

  /**
   * The names of a part of the logs, in order as {@link String#compareTo} has it. Looks at every
   * name there is, on a thread for this; nothing counts as used. A log whose node comes or goes at
   * this moment may be left out.
   *
   * @param prefix what the names begin with; empty for all
   * @param after begin behind this name; null begins with the first
   * @param limit most names, at least 1
   * @return fails where too many of these wait already
   */
  Future<List<String>> names(String prefix, @Nullable String after, int limit);

  /**
   * What there is of some logs; those that do not exist are left out. No log is begun by this, and
   * none is kept from expiring.
   */
  Future<Map<RoomName, LogSummary>> summaries(List<RoomName> rooms);
}
