package io.stentor.room;

import io.stentor.message.CloseReason;
import io.stentor.message.Position;
import org.jspecify.annotations.Nullable;

/**
 * A connection's place in a room. Belongs to the event loop of its connection, like everything that
 * it touches.
 */
public final class Cursor {

  private final Tail tail;
  private final Connection connection;

  /**
   * Number within the tail of the next publication to write; beyond the end: wait until then.
   * Changed by {@link #moveTo}, except where nothing that is kept in the tail can be before it.
   */
  long next;

  /** Place in the tail's list of cursors; -1 when not in it. */
  int index = -1;

  /** While not null, older publications are being read and {@link #next} only marks the tail. */
  @Nullable CatchUp catchUp;

  private long skipped;
  private boolean left;

  Cursor(Tail tail, Connection connection) {
    this.tail = tail;
    this.connection = connection;
  }

  Connection connection() {
    return connection;
  }

  /**
   * Where the connection is: everything up to here was written to it, or left out and told. While
   * older publications are being read, where the reading is. Not to be asked before the connection
   * has {@linkplain Connection#joined() joined}.
   */
  public Position position() {
    CatchUp reading = catchUp;
    return reading != null ? reading.position() : tail.positionBefore(next);
  }

  boolean isIn(Tail other) {
    return tail == other;
  }

  boolean hasLeft() {
    return left;
  }

  /** The connection is gone or wants nothing more from this room. May be called twice. */
  public void leave() {
    if (!left) {
      left = true;
      tail.remove(this);
    }
  }

  /** The connection, whose socket was full, takes more again. */
  public void drained() {
    if (left) {
      return;
    }
    CatchUp reading = catchUp;
    if (reading != null) {
      reading.drained();
    } else {
      tail.writeWaiting(this);
    }
  }

  /** Whether the next publication can be written now. */
  boolean isReady() {
    return catchUp == null && connection.isWritable();
  }

  /** Goes to another place in the tail. What only this cursor still had to take is let go of. */
  void moveTo(long number) {
    long before = next;
    next = number;
    tail.movedFrom(before);
  }

  /** Moves on without the publications before {@code number}. */
  void skipTo(long number) {
    skipped += number - next;
    moveTo(number);
  }

  /** Takes the count of what was left out since the last call. */
  long takeSkipped() {
    long count = skipped;
    skipped = 0;
    return count;
  }

  boolean hasSkipped() {
    return skipped > 0;
  }

  /**
   * Tells the connection.
   *
   * @return false when it is closed, or has left, because of it
   */
  boolean tell(Notice notice) {
    if (connection.tell(notice) && !left) {
      return true;
    }
    leave();
    return false;
  }

  void close(CloseReason reason) {
    leave();
    connection.close(reason);
  }
}
