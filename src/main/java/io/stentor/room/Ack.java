package io.stentor.room;

import io.stentor.message.Position;

/** What a publisher is told. Exactly one of the two is called, once, on any event loop. */
public interface Ack {

  /**
   * The publication is in the log and on as many nodes as it is meant to be.
   *
   * @param position its place; {@link Position#NONE} in a room that keeps no log
   */
  void appended(Position position);

  /** The publication was not appended, as far as this node can tell. */
  void refused(Throwable reason);

  /** A publication whose idempotency key the log knows already, with another content. */
  final class IdempotencyConflict extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * A conflict without a stack trace: the publisher is at fault, not the code.
     *
     * @param known where the publication of that key is
     */
    public IdempotencyConflict(Position known) {
      super("the key was used for another message, which is at " + known, null, false, false);
    }
  }

  /** A publication that is larger than its room or its log takes. */
  final class MessageTooLarge extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** No stack trace: the publisher is at fault, not the code. The reason fits a close frame. */
    private MessageTooLarge(String reason) {
      super(reason, null, false, false);
    }

    /** Over the room's {@code maxMessageBytes}, perhaps only after the room's transform. */
    static MessageTooLarge ofRoom(int maxMessageBytes, int bytes) {
      return new MessageTooLarge(
          "a message has at most " + maxMessageBytes + " bytes, this one would have " + bytes);
    }

    /** Over what the room's log holds, {@code history.bytes}, together with its publisher. */
    static MessageTooLarge ofLog(int historyBytes, int bytes) {
      return new MessageTooLarge(
          "the log holds "
              + historyBytes
              + " bytes, this message and its publisher's name and info have "
              + bytes);
    }
  }
}
