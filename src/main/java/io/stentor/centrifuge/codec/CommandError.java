package io.stentor.centrifuge.codec;

import io.stentor.centrifuge.codec.ObjectWriter.Content;
import io.stentor.json.JsonWriter;
import io.stentor.message.CloseReason;
import io.stentor.room.JoinLimitReached;
import org.jspecify.annotations.Nullable;

/** An error reply to a command; the connection stays open. */
public final class CommandError extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final ErrorCode code;
  private final boolean temporary;
  private final transient @Nullable CloseReason closeReason;

  public CommandError(ErrorCode code) {
    this(code, null);
  }

  /**
   * Creates an error.
   *
   * @param detail what is wrong and what is allowed; null if the code suffices
   */
  public CommandError(ErrorCode code, @Nullable String detail) {
    this(code, detail, code.temporary(), null);
  }

  private CommandError(
      ErrorCode code,
      @Nullable String detail,
      boolean temporary,
      @Nullable CloseReason closeReason) {
    super(detail == null ? code.message() : code.message() + ": " + detail, null, false, false);
    this.code = code;
    this.temporary = temporary;
    this.closeReason = closeReason;
  }

  /** Returns the error for a room that cannot be joined now; a retry may succeed. */
  public static CommandError of(JoinLimitReached reached) {
    return new CommandError(
        ErrorCode.LIMIT_EXCEEDED, reached.getMessage(), true, reached.closeReason());
  }

  /** Returns the failure itself if it is a command error, otherwise an internal error. */
  public static CommandError of(Throwable failure) {
    return failure instanceof CommandError refusal ? refusal : new CommandError(ErrorCode.INTERNAL);
  }

  /**
   * Returns an error that another node has sent.
   *
   * @param code if unknown here, the error is internal
   * @param message the {@link #message} on that node
   */
  public static CommandError of(int code, String message) {
    ErrorCode known = ErrorCode.INTERNAL;
    for (ErrorCode one : ErrorCode.values()) {
      known = one.code() == code ? one : known;
    }
    String before = known.message() + ": ";
    return new CommandError(
        known, message.startsWith(before) ? message.substring(before.length()) : null);
  }

  public ErrorCode code() {
    return code;
  }

  /** Returns whether the client may retry unchanged. */
  public boolean temporary() {
    return temporary;
  }

  /**
   * Returns why to close a connection that cannot be told the error; null for no special reason.
   */
  public @Nullable CloseReason closeReason() {
    return closeReason;
  }

  /** Returns the members of the error in a reply. */
  public Content content() {
    return out ->
        out.integer("code", code.code()).text("message", message()).flag("temporary", temporary);
  }

  /** Returns the error as a JSON object. */
  public JsonWriter json() {
    return JsonObjectWriter.json(content());
  }

  public String message() {
    return String.valueOf(getMessage());
  }

  /** Error codes of the protocol. */
  public enum ErrorCode {
    /** The server failed; the client retries. */
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
    /** Too many requests or bytes are queued. */
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

    /** Returns the number on the wire. */
    public int code() {
      return code;
    }

    public String message() {
      return message;
    }

    /** Returns whether the client may retry unchanged. */
    public boolean temporary() {
      return temporary;
    }
  }

  /** Thrown instead of an error to close the connection. */
  public static final class Disconnect extends RuntimeException {
    private static final long serialVersionUID = 1;

    public static final CloseReason INVALID_TOKEN = new CloseReason(3500, "invalid token");
    public static final CloseReason CHANNEL_LIMIT = new CloseReason(3505, "channel limit");
    public static final CloseReason NOT_AVAILABLE = new CloseReason(3508, "not available");

    /** Close code for malformed input. */
    public static final int BAD_REQUEST = 3501;

    private final transient CloseReason reason;

    public Disconnect(CloseReason reason) {
      super(reason.toString(), null, false, false);
      this.reason = reason;
    }

    public static Disconnect badRequest() {
      return new Disconnect(new CloseReason(BAD_REQUEST, "bad request"));
    }

    /**
     * Returns the close for a malformed request.
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
}
