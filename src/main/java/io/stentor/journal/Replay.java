package io.stentor.journal;

import java.io.DataInput;
import java.io.IOException;

/**
 * Receives the records of a journal that opens, in the order in which they were appended, on the
 * thread that opens it.
 */
public interface Replay {

  /** What a record says about its key. */
  enum Kind {
    /** The whole state. Replaces what was known. */
    BASE,
    /** A change of the state. */
    STEP,
    /** The key has no state. */
    END
  }

  /** A record. The payload may be read only until this returns. */
  void record(Kind kind, String key, DataInput payload) throws IOException;

  /**
   * Called where records are missing. It is not known of which keys: a key without a BASE after
   * this place may have lost its last records, and a STEP after it may follow one that is lost.
   *
   * @param sentence says what is wrong with which file, for the operator
   */
  void damaged(String sentence);

  /**
   * What was found.
   *
   * @param records number of records that were replayed
   * @param keys number of keys that have a state
   * @param bytes size of all files
   * @param damaged number of places where records are missing
   * @param cutBytes size of what was not written completely when the machine or the process
   *     stopped; nothing in it was safe
   * @param millis how long it took
   * @param lastMillis journal time of the last write; 0 if none
   * @param lastWallMillis wall clock of the last write, in milliseconds since 1970; 0 if none
   */
  record Report(
      long records,
      int keys,
      long bytes,
      int damaged,
      long cutBytes,
      long millis,
      long lastMillis,
      long lastWallMillis) {}
}
