package io.stentor.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The types of HTTP errors. Clients may rely on {@link #urn} and {@link #status}; the texts of a
 * problem's title and detail may change. Each type is described in {@code openapi.yaml} and in
 * {@code docs/HTTP.md}.
 */
public enum ProblemType {
  /** The request violates the contract; the detail names the violation. */
  BAD_REQUEST(400, "Bad request"),
  /** The room name has an invalid length or an invalid character. */
  INVALID_ROOM(400, "Invalid room name"),
  /** A position is malformed. */
  INVALID_POSITION(400, "Invalid position"),
  /** A body that must be JSON is not valid JSON. */
  INVALID_JSON(400, "Invalid JSON"),
  /** The action requires a key or a token, and the request has no valid one. */
  UNAUTHORIZED(401, "Unauthorized"),
  /** The client, authenticated or anonymous, is not allowed to perform the action. */
  FORBIDDEN(403, "Forbidden"),
  /** The path does not exist. */
  NOT_FOUND(404, "Not found"),
  /** Presence is disabled for the room. */
  PRESENCE_OFF(404, "Presence is off"),
  /** The path does not support the method; the header {@code Allow} lists the supported methods. */
  METHOD_NOT_ALLOWED(405, "Method not allowed"),
  /** The header {@code Accept} excludes every representation of the response. */
  NOT_ACCEPTABLE(406, "Not acceptable"),
  /** The body did not arrive in time. */
  REQUEST_TIMEOUT(408, "Request timeout"),
  /**
   * The messages after the position are no longer available; the member {@code position} is the new
   * position.
   */
  POSITION_NOT_RECOVERABLE(412, "Position not recoverable"),
  /** The body, or one message, is too long. */
  TOO_LARGE(413, "Too large"),
  /** The request line is too long. */
  PATH_TOO_LONG(414, "Path too long"),
  /** The media type, character set or content coding of the body is not supported. */
  UNSUPPORTED_MEDIA_TYPE(415, "Unsupported media type"),
  /** The idempotency key was used for another message. */
  IDEMPOTENCY_CONFLICT(422, "Idempotency key used for another message"),
  /** The resource requires a WebSocket, or another WebSocket version. */
  UPGRADE_REQUIRED(426, "Upgrade required"),
  /** A limit is exceeded; the header {@code Retry-After} tells when to retry. */
  TOO_MANY_REQUESTS(429, "Too many requests"),
  /** The headers are too long. */
  HEADERS_TOO_LARGE(431, "Headers too large"),
  /** Internal error; the server has logged it. */
  INTERNAL(500, "Internal error"),
  /** This node is draining; retry on another node, or later. */
  DRAINING(503, "Draining"),
  /**
   * The service, such as the log of a room, is temporarily unavailable; the header {@code
   * Retry-After} tells when to retry.
   */
  UNAVAILABLE(503, "Temporarily unavailable"),
  /**
   * A node that keeps the room on disk cannot write to its data directory; the header {@code
   * Retry-After} tells when to retry.
   */
  DATA_DIRECTORY(503, "Data directory not writable");

  private static final String PREFIX = "urn:stentor:problem:";

  private final int status;
  private final String title;
  private final String urn;

  ProblemType(int status, String title) {
    this.status = status;
    this.title = title;
    this.urn = PREFIX + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Value of the member {@code type}. It is stable. */
  public String urn() {
    return urn;
  }

  /** The HTTP status code, 400 to 599. */
  public int status() {
    return status;
  }

  /** A short human-readable title, the same for every problem of this type. */
  public String title() {
    return title;
  }

  /** The most general type with this status code; {@code null} if there is none. */
  static @Nullable ProblemType ofStatus(int status) {
    for (ProblemType type : values()) {
      if (type.status == status) {
        return type;
      }
    }
    return null;
  }
}
