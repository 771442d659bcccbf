package io.stentor.centrifuge;

import io.stentor.json.JsonWriter;
import io.stentor.room.RoomLimitReached;
import org.jspecify.annotations.Nullable;

/** An error that a command is answered with; the connection stays open. */
public final class CommandError extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final ErrorCode code;
  private final boolean temporary;

  public CommandError(ErrorCode code) {
    this(code, null);
  }

  /**
   * Creates an error.
   *
   * @param detail what is wrong and what is allowed; null if the code says it all
   */
  public CommandError(ErrorCode code, @Nullable String detail) {
    this(code, detail, code.temporary());
  }

  private CommandError(ErrorCode code, @Nullable String detail, boolean temporary) {
    super(detail == null ? code.message() : code.message() + ": " + detail, null, false, false);
    this.code = code;
    this.temporary = temporary;
  }

  /** The node has its maximum of rooms; a retry, perhaps on another node, may succeed. */
  static CommandError of(RoomLimitReached reached) {
    return new CommandError(ErrorCode.LIMIT_EXCEEDED, reached.getMessage(), true);
  }

  /** The failure itself if it is one of these, else an internal error. */
  public static CommandError of(Throwable failure) {
    return failure instanceof CommandError refusal ? refusal : new CommandError(ErrorCode.INTERNAL);
  }

  /**
   * An error that another node has sent.
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

  /** Whether the client may retry unchanged. */
  public boolean temporary() {
    return temporary;
  }

  /** The error as an object. */
  public JsonWriter json() {
    JsonWriter line = new JsonWriter().open().name("code").integer(code.code());
    return line.text("message", message()).flag("temporary", temporary).close();
  }

  public String message() {
    return String.valueOf(getMessage());
  }
}
