package io.stentor.torture;

/**
 * A promise that was broken.
 *
 * @param kind which
 * @param what where and how
 */
record Violation(Kind kind, String what) {

  /** The ways of breaking a promise. */
  enum Kind {
    /** An acknowledged message is not in the log. */
    MISSING,
    /** A client was given a later message than the next, and not told. */
    HOLE,
    /** A client was given a message again, or the log has it twice. */
    REPEAT,
    /** One position has two texts, whoever saw them and when. */
    TWO_TEXTS,
    /** A client went on in another epoch, whose log has other messages before its position. */
    WRONG_PAST,
    /** A sender's order was not kept. */
    ORDER,
    /** A client's place changed, or was not confirmed, without a word. */
    UNTOLD,
    /** The log's epoch changed, or a client was told of a loss, where nothing justified it. */
    CONTINUITY,
    /** A message was there again that had been removed or had grown too old. */
    RETURNED,
    /** A message came that nobody published. */
    INVENTED,
    /** A client did not get the last message of the round. */
    NOT_WHOLE
  }

  @Override
  public String toString() {
    return kind + ": " + what;
  }
}
