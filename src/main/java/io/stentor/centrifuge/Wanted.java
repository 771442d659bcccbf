package io.stentor.centrifuge;

import io.stentor.json.JsonFields;

/**
 * What a client asks for with a subscription, besides the messages.
 *
 * @param recover whether it wants what it missed since {@code offset}
 * @param offset the last offset that it saw
 * @param epoch of that offset; empty fits any
 * @param joinLeave whether it wants to be told who comes and goes
 * @param onlyRecovered whether the subscription is of no use to it when messages were lost
 */
record Wanted(
    boolean recover, long offset, String epoch, boolean joinLeave, boolean onlyRecovered) {

  /** Nothing. */
  static final Wanted NOTHING = new Wanted(false, 0, "", false, false);

  /** In {@code flag}: refuse where recovery is not possible. */
  private static final int REJECT_UNRECOVERED = 2;

  static Wanted of(JsonFields fields) {
    return new Wanted(
        fields.flag("recover"),
        fields.unsigned("offset"),
        fields.text("epoch"),
        fields.flag("join_leave"),
        (fields.number("flag") & REJECT_UNRECOVERED) != 0);
  }
}
