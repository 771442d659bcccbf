package io.stentor.history;

import io.stentor.config.RoomOptions;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The logs of all rooms, which define the publications of each room and their order. Methods may be
 * called from any thread and never block; the futures complete on any thread.
 */
public interface History {

  /**
   * Appends the publications of the batch, in their order and with consecutive offsets, all or
   * none. Publications that individually exceed the log's size limit in bytes are left out; see
   * {@link Appended#tooLarge}. The future succeeds only when every copy that the log is configured
   * to have holds them.
   *
   * <p>A batch with the same appender and number as the appender's last batch gets the same result
   * as before and changes nothing, so a caller that does not know whether an append took place can
   * retry it. A publication whose idempotency key is already in the log is not appended again; its
   * existing offset is returned.
   *
   * @param limits what the log keeps
   */
  Future<Appended> append(RoomName room, Batch batch, RoomOptions.History limits);

  /**
   * Reads the publications after a position, and keeps the log from expiring. If the log does not
   * continue from the position (another epoch, or too old), the page starts with the oldest
   * publication; the caller has to compare.
   *
   * <p>A log that does not exist is not created. It reads as an empty log with the epoch that it
   * will have if it is created soon. A position read this way can then be continued, or is
   * recognised as invalid.
   *
   * @param after read from the offset after this one
   * @param maxMessages maximum number of publications; 0 returns only the state of the log
   * @param maxBytes maximum size of the publications, in bytes; at least one publication is
   *     returned if {@code maxMessages} allows it
   * @param limits what the log keeps
   */
  Future<Page> read(
      RoomName room, Position after, int maxMessages, int maxBytes, RoomOptions.History limits);

  /**
   * Reads like {@link #read}, on a node that has a feed of the room.
   *
   * @param delivered the position up to which the node has delivered everything, which proves that
   *     this was replicated; {@link Position#NONE} if there is no feed
   * @param createsLog whether a log that does not exist is created: for feeds that stay in use,
   *     because the epoch of an existing log does not change when nodes join and leave
   */
  Future<Page> follow(
      RoomName room,
      Position after,
      Position delivered,
      boolean createsLog,
      int maxMessages,
      int maxBytes,
      RoomOptions.History limits);

  /**
   * Removes all publications of a log, from every copy. The offsets and the epoch continue; the
   * idempotency keys of the removed publications are forgotten. A log that does not exist is not
   * created.
   *
   * @return the state of the log, as a page without publications
   */
  Future<Page> removeAll(RoomName room, RoomOptions.History limits);

  /**
   * Lists the names of some of the logs, in the order of {@link String#compareTo}. Scans all names,
   * on a dedicated thread, and does not count as a use of any log. May omit a log whose node is
   * joining or leaving.
   *
   * @param prefix prefix of the names; empty for all
   * @param after exclusive lower bound; null starts with the first name
   * @param limit maximum number of names, at least 1
   * @return fails if too many of these requests are waiting
   */
  Future<List<String>> names(String prefix, @Nullable String after, int limit);

  /**
   * Summarises some logs. Logs that do not exist are omitted. Creates no log and keeps none from
   * expiring.
   */
  Future<Map<RoomName, LogSummary>> summaries(List<RoomName> rooms);

  /** Returns whether logs can fork, because other nodes might continue them. */
  default boolean canFork() {
    return false;
  }

  /**
   * Returns whether messages can be appended at the moment. False on a side of a split cluster that
   * is configured to refuse them.
   */
  default boolean isWritable() {
    return true;
  }

  /**
   * Returns why no message can be appended to such a log at the moment.
   *
   * @param limits what the log keeps
   * @return null if messages can be appended
   */
  default @Nullable Unwritable unwritable(RoomOptions.History limits) {
    return isWritable() ? null : Unwritable.MINORITY;
  }

  /** Why messages cannot be appended for a while. */
  enum Unwritable {
    /** This side of a split cluster has no majority and is configured to refuse messages. */
    MINORITY("this side of the split cluster has no majority"),
    /** A node that keeps the log on disk cannot write to its data directory. */
    DATA_DIRECTORY("a node cannot write to its data directory");

    private final String sentence;

    Unwritable(String sentence) {
      this.sentence = sentence;
    }
  }

  /**
   * Nothing can be appended for a while. If the disk stopped taking writes meanwhile, the batch may
   * be in the log and become safe later; a retry with the same number is answered in any case.
   */
  final class UnwritableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Unwritable reason;

    /** Creates an exception without a stack trace, because this is no error in the program. */
    public UnwritableException(Unwritable reason) {
      super(reason.sentence, null, false, false);
      this.reason = reason;
    }

    public Unwritable reason() {
      return reason;
    }
  }

  /**
   * It is not certain that the log has a copy of this on a second node. The caller should retry.
   */
  final class NotReplicatedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public NotReplicatedException() {
      super("the log has no copy on a second node at this moment", null, false, false);
    }
  }
}
