package io.stentor.centrifuge;

import io.stentor.json.JsonWriter;
import io.stentor.room.RoomLimitReached;
import org.jspecify.annotations.Nullable;

/** A command is answered with an error, and the connection goes on. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final ErrorCode code;
  private final boolean temporary;

  public Refusal(ErrorCode code) {
    this(code, null);
  }

  /**
   * @param detail what is wrong and what is allowed; null where the code says it all
   */
  public Refusal(ErrorCode code, @Nullable String detail) {
    this(code, detail, code.temporary());
  }

  private Refusal(ErrorCode code, @Nullable String detail, boolean temporary) {
    super(detail == null ? code.message() : code.message() + ": " + detail, null, false, false);
    this.code = code;
    this.temporary = temporary;
  }

  /** The node has no place for a further room; it may have later, and another node may have now. */
  static Refusal of(RoomLimitReached reached) {
    return new Refusal(ErrorCode.LIMIT_EXCEEDED, reached.getMessage(), true);
  }

  /** The failure itself where it is one of these, else an internal one. */
  public static Refusal of(Throwable failure) {
    return failure instanceof Refusal refusal ? refusal : new Refusal(ErrorCode.INTERNAL);
  }

  /**
   * A refusal that another node has told.
   *
   * @param code of that node; one that this node does not know is an internal error
   * @param message as {@link #message} of that node
   */
  public static Refusal of(int code, String message) {
    ErrorCode known = ErrorCode.INTERNAL;
    for (ErrorCode one : ErrorCode.values()) {
      known = one.code() == code ? one : known;
    }
    String before = known.message() + ": ";
    return new Refusal(
        known, message.startsWith(before) ? message.substring(before.length()) : null);
  }

  /** What kind of error it is. */
  public ErrorCode code() {
    return code;
  }

  /** Whether the client may try again as it is. */
  public boolean temporary() {
    return temporary;
  }

  /** The error as an object. */
  public JsonWriter json() {
    JsonWriter line = new JsonWriter().open().name("code").integer(code.code());
    return line.text("message", message()).flag("temporary", temporary).close();
  }

  /** For people. */
  public String message() {
    return String.valueOf(getMessage());
  }
}
