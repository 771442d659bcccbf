package io.stentor.room;

/** A publication that is larger than its room or its log takes. */
public final class MessageTooLarge extends RuntimeException {
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
