package io.stentor.json;

/** JSON that is malformed, or that has another structure or type than is required. */
public final class InvalidJson extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The kind of error. */
  public enum Kind {
    MALFORMED,
    NOT_ONE_OBJECT,
    /** The message ends with the name. */
    DUPLICATE_NAME,
    WRONG_TYPE
  }

  private final Kind kind;

  /**
   * Creates an exception without a stack trace.
   *
   * @param message a few words of ASCII that quote no value
   */
  public InvalidJson(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
