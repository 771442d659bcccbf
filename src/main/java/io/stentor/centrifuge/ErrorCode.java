package io.stentor.centrifuge;

/** Errors that a command may be answered with, by the protocol's numbers. */
public enum ErrorCode {
  /** Something failed here; the client tries again. */
  INTERNAL(100, "internal server error", true),
  PERMISSION_DENIED(103, "permission denied", false),
  /** There is no such method. */
  METHOD_NOT_FOUND(104, "method not found", false),
  ALREADY_SUBSCRIBED(105, "already subscribed", false),
  LIMIT_EXCEEDED(106, "limit exceeded", false),
  BAD_REQUEST(107, "bad request", false),
  /** Not offered by this server, or not in this room. */
  NOT_AVAILABLE(108, "not available", false),
  /** The client gets a new token and tries again. */
  TOKEN_EXPIRED(109, "token expired", false),
  EXPIRED(110, "expired", false),
  /** So much waits that nothing more is taken now. */
  TOO_MANY_REQUESTS(111, "too many requests", true),
  /** The log does not continue from where the client was. */
  UNRECOVERABLE_POSITION(112, "unrecoverable position", false),
  /** The idempotency key was used for another publication. */
  CONFLICT(113, "conflict", false);

  private final int code;
  private final String message;
  private final boolean temporary;

  ErrorCode(int code, String message, boolean temporary) {
    this.code = code;
    this.message = message;
    this.temporary = temporary;
  }

  /** The number on the wire. */
  public int code() {
    return code;
  }

  /** A few words for people. */
  public String message() {
    return message;
  }

  /** Whether the client may try again as it is. */
  public boolean temporary() {
    return temporary;
  }
}
