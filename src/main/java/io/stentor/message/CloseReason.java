package io.stentor.message;

import java.nio.charset.StandardCharsets;

/**
 * Why a connection is closed: the number and the short plain reason that the peer is given. From
 * 3000 to 3499 a client should reconnect, from 3500 to 4999 it should not (the numbers of the
 * Centrifuge protocol, on every transport); 1000 to 1011 are those of RFC 6455, section 7.4.1.
 *
 * @param code the WebSocket close code
 * @param reason never empty, never JSON, at most 123 bytes of UTF-8 (RFC 6455, section 5.5)
 */
public record CloseReason(int code, String reason) {

  /** The peer broke the rules of RFC 6455. */
  public static final CloseReason NOT_THE_PROTOCOL =
      new CloseReason(1002, "not a frame of the WebSocket protocol");

  /** The peer sent a binary message where only text is allowed. */
  public static final CloseReason BINARY_NOT_ALLOWED =
      new CloseReason(1003, "only text messages are allowed here");

  /** The peer's text was not UTF-8. */
  public static final CloseReason NOT_UTF8 = new CloseReason(1007, "text was not valid UTF-8");

  /** The peer is gone; said to nobody. */
  public static final CloseReason GONE = new CloseReason(3000, "connection closed");

  /** The node is going away; another one serves. */
  public static final CloseReason SHUTDOWN = new CloseReason(3001, "shutdown");

  /** Something failed here; mostly that a message could not be appended or read for long. */
  public static final CloseReason INTERNAL = new CloseReason(3004, "internal server error");

  /** The peer's token has expired; with a new one it may come again. */
  public static final CloseReason EXPIRED = new CloseReason(3005, "connection expired");

  /** The peer read too slowly and its cursor fell off the room's tail. */
  public static final CloseReason SLOW = new CloseReason(3008, "slow");

  /** The peer's position cannot be continued. */
  public static final CloseReason INSUFFICIENT_STATE =
      new CloseReason(3010, "insufficient state: messages were lost, join again");

  /** Nothing came from the peer after a ping. */
  public static final CloseReason NO_PONG = new CloseReason(3012, "no pong");

  /** The node may have no further room; another node may, or this one later. */
  public static final CloseReason TOO_MANY_ROOMS =
      new CloseReason(3013, "this node has all the rooms that it may have: try again later");

  /** The peer may listen in the room, but tried to publish. */
  public static final CloseReason MAY_NOT_PUBLISH =
      new CloseReason(3507, "permission denied: you may not publish in this room");

  /** The configuration has changed, and no longer allows the peer to be here. */
  public static final CloseReason MAY_NOT_STAY =
      new CloseReason(3507, "permission denied: the rules have changed, and you may not stay");

  /** A message over the limit of the room. */
  public static CloseReason tooBig(int maxMessageBytes) {
    return tooBig("a message has at most " + maxMessageBytes + " bytes");
  }

  /** A message over a limit, which the reason names. */
  public static CloseReason tooBig(String reason) {
    return new CloseReason(1009, reason);
  }

  private static final int MAX_REASON_BYTES = 123;

  /**
   * Checks code and reason.
   *
   * @throws IllegalArgumentException when the code may not be sent or the reason is empty
   */
  public CloseReason {
    if (!isCode(code) || !fits(reason)) {
      throw new IllegalArgumentException("no close reason: " + code + " '" + reason + "'");
    }
  }

  /**
   * Whether a close frame may carry this number. The others are reserved, or mean that there was no
   * number (RFC 6455, section 7.4).
   */
  public static boolean isCode(int code) {
    boolean ofRfc = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
    return ofRfc || (code >= 3000 && code <= 4999);
  }

  /** Whether the peer should stay away. */
  public boolean isFinal() {
    return (code >= 3500 && code < 4000) || code >= 4500;
  }

  /** Whether a reason has a length that may be sent. */
  public static boolean fits(String reason) {
    return !reason.isEmpty() && reason.getBytes(StandardCharsets.UTF_8).length <= MAX_REASON_BYTES;
  }

  @Override
  public String toString() {
    return code + " " + reason;
  }
}
