package io.stentor.room;

import io.stentor.message.Position;

/**
 * Receives the outcome of a publish. Exactly one of the methods is called, once, on any event loop.
 */
public interface Ack {

  /**
   * The publication is in the log and on every replica that the log is configured to have.
   *
   * @param position the publication's position; {@link Position#NONE} in a room without a log
   */
  void appended(Position position);

  /**
   * The publication was dropped, because the log has the same or a newer version of what it
   * describes.
   *
   * @param newest the position of the log's newest publication
   */
  default void outdated(Position newest) {
    appended(newest);
  }

  /** The publication was rejected, or this node could not confirm that it was appended. */
  void refused(Throwable reason);

  /** The log already contains a publication with this idempotency key and different content. */
  final class IdempotencyConflict extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * Creates an exception without a stack trace, because the error is the publisher's.
     *
     * @param known the position of the publication that has the key
     */
    public IdempotencyConflict(Position known) {
      super("the key was used for another message, which is at " + known, null, false, false);
    }
  }

  /** The publication exceeds the size limit of its room or its log. */
  final class MessageTooLarge extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * Creates an exception without a stack trace, because the error is the publisher's. The reason
     * must be short enough for a close frame.
     */
    private MessageTooLarge(String reason) {
      super(reason, null, false, false);
    }

    /**
     * Creates an exception for a message over the room's {@code maxMessageBytes}, which may be
     * exceeded only after the room's transform.
     */
    static MessageTooLarge ofRoom(int maxMessageBytes, int bytes) {
      return new MessageTooLarge(
          "a message has at most " + maxMessageBytes + " bytes, this one would have " + bytes);
    }

    /**
     * Creates an exception for a message that, with its publisher's data, is over the log's {@code
     * history.bytes}.
     */
    static MessageTooLarge ofLog(int historyBytes, int bytes) {
      return new MessageTooLarge(
          "the log holds "
              + historyBytes
              + " bytes, this message and its publisher's name and info have "
              + bytes);
    }
  }
}
