package io.stentor.centrifuge;

import io.stentor.message.CloseReason;

/** Ends the connection because of a command. */
public final class Disconnect extends RuntimeException {
  private static final long serialVersionUID = 1;

  static final CloseReason INVALID_TOKEN = new CloseReason(3500, "invalid token");
  static final CloseReason CHANNEL_LIMIT = new CloseReason(3505, "channel limit");
  static final CloseReason NOT_AVAILABLE = new CloseReason(3508, "not available");

  /** Close code for malformed input. */
  static final int BAD_REQUEST = 3501;

  private final transient CloseReason reason;

  Disconnect(CloseReason reason) {
    super(reason.toString(), null, false, false);
    this.reason = reason;
  }

  public static Disconnect badRequest() {
    return new Disconnect(new CloseReason(BAD_REQUEST, "bad request"));
  }

  /**
   * A bad request with a reason.
   *
   * @param why a few words of ASCII
   */
  public static Disconnect badRequest(String why) {
    return new Disconnect(new CloseReason(BAD_REQUEST, "bad request: " + why));
  }

  public CloseReason reason() {
    return reason;
  }
}
