package io.stentor.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of errors over HTTP. A client may rely on {@link #urn} and {@link #status}; the words
 * of a problem's title and detail may change. Each is described in {@code openapi.yaml} and in
 * {@code docs/HTTP.md}.
 */
public enum ProblemType {
  /** Something in the request is not as the contract says; the detail names it. */
  BAD_REQUEST(400, "Bad request"),
  /** The room's name has a length or a character that names do not have. */
  INVALID_ROOM(400, "Invalid room name"),
  /** A position is not written as the server writes them. */
  INVALID_POSITION(400, "Invalid position"),
  /** A body that should be JSON is not. */
  INVALID_JSON(400, "Invalid JSON"),
  /** The action needs a key or a token, and the request has none that is known. */
  UNAUTHORIZED(401, "Unauthorized"),
  /** Whoever asks is known, or nobody in particular, and may not do this. */
  FORBIDDEN(403, "Forbidden"),
  /** Nothing is at this path. */
  NOT_FOUND(404, "Not found"),
  /** The room is configured not to know who is in it. */
  PRESENCE_OFF(404, "Presence is off"),
  /** The path is right; the header {@code Allow} names the methods that it has. */
  METHOD_NOT_ALLOWED(405, "Method not allowed"),
  /** The answer has no form that the header {@code Accept} takes. */
  NOT_ACCEPTABLE(406, "Not acceptable"),
  /** The body did not arrive in time. */
  REQUEST_TIMEOUT(408, "Request timeout"),
  /**
   * What follows the position is not known any more; the member {@code position} is the new one.
   */
  POSITION_NOT_RECOVERABLE(412, "Position not recoverable"),
  /** The body, or one message, is longer than is allowed. */
  TOO_LARGE(413, "Too large"),
  /** The first line of the request is longer than is allowed. */
  PATH_TOO_LONG(414, "Path too long"),
  /** The body is of a kind, a character set or a coding that is not taken here. */
  UNSUPPORTED_MEDIA_TYPE(415, "Unsupported media type"),
  /** The idempotency key was used for another message. */
  IDEMPOTENCY_CONFLICT(422, "Idempotency key used for another message"),
  /** A WebSocket is needed, or one of another version. */
  UPGRADE_REQUIRED(426, "Upgrade required"),
  /** More than is taken now; the header {@code Retry-After} says when to come again. */
  TOO_MANY_REQUESTS(429, "Too many requests"),
  /** The headers are longer than is allowed. */
  HEADERS_TOO_LARGE(431, "Headers too large"),
  /** A failure of the server; it was logged there. */
  INTERNAL(500, "Internal error"),
  /** This node is going away; another one, or this one later, takes the request. */
  DRAINING(503, "Draining"),
  /** The room's log cannot be reached at this moment; the header {@code Retry-After} says more. */
  UNAVAILABLE(503, "Temporarily unavailable");

  private static final String PREFIX = "urn:stentor:problem:";

  private final int status;
  private final String title;
  private final String urn;

  ProblemType(int status, String title) {
    this.status = status;
    this.title = title;
    this.urn = PREFIX + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Value of the member {@code type}; it never changes. */
  public String urn() {
    return urn;
  }

  /** The status code of answers of this kind, 400 to 599. */
  public int status() {
    return status;
  }

  /** A few words for people, the same for every answer of this kind. */
  public String title() {
    return title;
  }

  /** The most general kind with this status code; {@code null} where there is none. */
  static @Nullable ProblemType ofStatus(int status) {
    for (ProblemType type : values()) {
      if (type.status == status) {
        return type;
      }
    }
    return null;
  }
}
