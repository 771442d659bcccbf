package io.stentor.centrifuge;

/** Error codes of the protocol. */
public enum ErrorCode {
  /** Something failed on the server; the client retries. */
  INTERNAL(100, "internal server error", true),
  PERMISSION_DENIED(103, "permission denied", false),
  METHOD_NOT_FOUND(104, "method not found", false),
  ALREADY_SUBSCRIBED(105, "already subscribed", false),
  LIMIT_EXCEEDED(106, "limit exceeded", false),
  BAD_REQUEST(107, "bad request", false),
  /** Not supported by this server, or not enabled in this room. */
  NOT_AVAILABLE(108, "not available", false),
  /** The client gets a new token and retries. */
  TOKEN_EXPIRED(109, "token expired", false),
  EXPIRED(110, "expired", false),
  /** Too much is queued. */
  TOO_MANY_REQUESTS(111, "too many requests", true),
  /** The log does not continue from the client's position. */
  UNRECOVERABLE_POSITION(112, "unrecoverable position", false),
  /** The idempotency key was used for other data. */
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

  public String message() {
    return message;
  }

  /** Whether the client may retry unchanged. */
  public boolean temporary() {
    return temporary;
  }
}
