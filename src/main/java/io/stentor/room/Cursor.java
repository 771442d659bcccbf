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
}
