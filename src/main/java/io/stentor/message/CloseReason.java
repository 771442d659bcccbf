package io.stentor.message;

import java.nio.charset.StandardCharsets;

/**
 * Why a connection is closed: the code and a short plain-text reason for the peer. Clients should
 * reconnect after codes 3000 to 3499 and 4000 to 4499, and should not after 3500 to 3999 and 4500
 * to 4999; these are the codes of the Centrifuge protocol, used on every transport. Codes 1000 to
 * 1011 are those of RFC 6455, section 7.4.1.
 *
 * @param code the WebSocket close code
 * @param reason never empty, never JSON, at most 123 bytes of UTF-8 (RFC 6455, section 5.5)
 */
public record CloseReason(int code, String reason) {

  /** The peer violated RFC 6455. */
  public static final CloseReason NOT_THE_PROTOCOL =
      new CloseReason(1002, "not a frame of the WebSocket protocol");

  /** The peer sent a binary message where only text is allowed. */
  public static final CloseReason BINARY_NOT_ALLOWED =
      new CloseReason(1003, "only text messages are allowed here");

  /** The peer's text was not UTF-8. */
  public static final CloseReason NOT_UTF8 = new CloseReason(1007, "text was not valid UTF-8");

  /** The peer's compressed message could not be decompressed. */
  public static final CloseReason NOT_DEFLATE =
      new CloseReason(1007, "a compressed message was not valid DEFLATE");

  /** The peer has disconnected. Never sent. */
  public static final CloseReason GONE = new CloseReason(3000, "connection closed");

  /** The node is shutting down; the client should reconnect to another one. */
  public static final CloseReason SHUTDOWN = new CloseReason(3001, "shutdown");

  /** An internal failure; usually a message could not be appended or read for a long time. */
  public static final CloseReason INTERNAL = new CloseReason(3004, "internal server error");

  /** The peer's token has expired. It may reconnect with a new one. */
  public static final CloseReason EXPIRED = new CloseReason(3005, "connection expired");

  /** The peer read too slowly, and the room's tail dropped messages that it still needed. */
  public static final CloseReason SLOW = new CloseReason(3008, "slow");

  /** The connection cannot continue from the peer's position. */
  public static final CloseReason INSUFFICIENT_STATE =
      new CloseReason(3010, "insufficient state: messages were lost, join again");

  /** The peer did not respond to a ping. */
  public static final CloseReason NO_PONG = new CloseReason(3012, "no pong");

  /** The node has reached its room limit. Another node may accept the client, or this one later. */
  public static final CloseReason TOO_MANY_ROOMS =
      new CloseReason(3013, "this node has all the rooms that it may have: try again later");

  /** The room has reached its limit of different filters on this node. */
  public static final CloseReason TOO_MANY_FILTERS =
      new CloseReason(3013, "this room has all the filters that it may have: try again later");

  /** The peer may subscribe to the room but tried to publish. */
  public static final CloseReason MAY_NOT_PUBLISH =
      new CloseReason(3507, "permission denied: you may not publish in this room");

  /** The configuration has changed and no longer permits this connection. */
  public static final CloseReason MAY_NOT_STAY =
      new CloseReason(3507, "permission denied: the rules have changed, and you may not stay");

  /** Returns the reason for a message over the room's size limit, in bytes. */
  public static CloseReason tooBig(int maxMessageBytes) {
    return tooBig("a message has at most " + maxMessageBytes + " bytes");
  }

  /** Returns the reason for a message over a limit, with a text that states the limit. */
  public static CloseReason tooBig(String reason) {
    return new CloseReason(1009, reason);
  }

  private static final int MAX_REASON_BYTES = 123;

  /**
   * Checks code and reason.
   *
   * @throws IllegalArgumentException if the code may not be sent, or the reason is empty or too
   *     long
   */
  public CloseReason {
    if (!isCode(code) || !fits(reason)) {
      throw new IllegalArgumentException("no close reason: " + code + " '" + reason + "'");
    }
  }

  /**
   * Returns whether a close frame may carry this code. The other codes are reserved, or mean that
   * no code was received (RFC 6455, section 7.4).
   */
  public static boolean isCode(int code) {
    boolean ofRfc = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
    return ofRfc || (code >= 3000 && code <= 4999);
  }

  /** Returns whether the client should not reconnect. */
  public boolean isFinal() {
    return (code >= 3500 && code < 4000) || code >= 4500;
  }

  /** Returns whether a reason is not empty and short enough to be sent. */
  public static boolean fits(String reason) {
    return !reason.isEmpty() && reason.getBytes(StandardCharsets.UTF_8).length <= MAX_REASON_BYTES;
  }

  @Override
  public String toString() {
    return code + " " + reason;
  }
}
