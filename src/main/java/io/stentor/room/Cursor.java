package io.stentor.room;

import io.stentor.message.Position;

/** A connection's position in a room. Confined to the event loop of its connection. */
public interface Cursor {

  /**
   * Returns the last position whose publication was written to the connection, or skipped with a
   * notice. Valid once the connection has {@linkplain Connection#joined() joined}.
   */
  Position position();

  /** Leaves the room: nothing more is written to the connection. Idempotent. */
  void leave();

  /** Must be called when the connection's socket becomes writable again. */
  void drained();

  /** The position in the log at which a connection's cursor starts. */
  sealed interface Start {

    /**
     * At the end of the log, to receive only new publications; whatever the room's {@code onJoin}
     * says.
     */
    record Live() implements Start {}

    /** Where the room's {@code onJoin} says: at the end, or before the newest publication. */
    record AsConfigured() implements Start {}

    /**
     * At the end of the log, like {@link Live}. The client is notified that it missed publications,
     * which it may not read.
     */
    record Lost() implements Start {}

    /**
     * At a previous position, to receive everything after it. If that is impossible, the client is
     * notified, and continues {@linkplain AsConfigured as the room says}.
     *
     * @param received whether the client was sent the message at that position in the same session,
     *     so that the next one may be a delta
     */
    record Since(Position position, boolean received) implements Start {

      /** At a position, after which the next message cannot be sent as a delta. */
      public Since(Position position) {
        this(position, false);
      }
    }

    /**
     * A number of messages before the end, or at the oldest message if there are fewer.
     *
     * @param messages at least 0
     */
    record Last(int messages) implements Start {}
  }

  /**
   * A notification to a client about its cursor's position.
   *
   * @param position the cursor's position; the next message has the next offset
   * @param kind what happened
   * @param skipped number of messages that were skipped; 0 if none or unknown
   */
  record Notice(Position position, Kind kind, long skipped) {

    /** What happened to the cursor. */
    public enum Kind {
      /** It was placed at the end of the log, or a number of messages before the end. */
      JOINED,
      /** It resumed at its previous position. All publications since then follow. */
      RECOVERED,
      /**
       * It could not resume at its previous position, or continuity was lost. Messages are missing.
       */
      LOST,
      /** It read too slowly and some messages were skipped. */
      SKIPPED,
      /** It moved past messages that its filter does not match, and got none for a while. */
      PASSED
    }

    /**
     * Returns the notice as one line of ASCII for clients of the plain protocol:
     *
     * <ul>
     *   <li><code>{"position":"1a2b:42"}</code>: joined; the next message has offset 43.
     *   <li><code>{"position":"1a2b:42","recovered":true}</code>: resumed; everything after 42
     *       follows.
     *   <li><code>{"position":"9z8y:7","recovered":false}</code>: messages are missing.
     *   <li><code>{"position":"1a2b:60","skipped":18}</code>: 18 messages were skipped.
     *   <li><code>{"position":"1a2b:75"}</code>, later: nothing up to 75 matches the filter.
     * </ul>
     */
    public String json() {
      return json("");
    }

    /**
     * Returns the first notice to a client: the same line with the ID of its connection, {@code
     * {"position":"1a2b:42","connection":"0b1f…"}}.
     */
    public String json(String connection) {
      String more =
          switch (kind) {
            case JOINED, PASSED -> "";
            case RECOVERED -> ",\"recovered\":true";
            case LOST -> ",\"recovered\":false";
            case SKIPPED -> ",\"skipped\":" + skipped;
          };
      String id = connection.isEmpty() ? "" : ",\"connection\":\"" + connection + "\"";
      return "{\"position\":\"" + position + "\"" + more + id + "}";
    }
  }
}
