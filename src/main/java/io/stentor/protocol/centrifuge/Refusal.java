package io.stentor.protocol.centrifuge;

import org.jspecify.annotations.Nullable;

/** A command is answered with an error, and the connection goes on. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final ErrorCode code;

  Refusal(ErrorCode code) {
    this(code, null);
  }

  /**
   * @param detail what is wrong and what is allowed; null where the code says it all
   */
  Refusal(ErrorCode code, @Nullable String detail) {
    super(detail == null ? code.message() : code.message() + ": " + detail, null, false, false);
    this.code = code;
  }

  ErrorCode code() {
    return code;
  }

  /** For people. */
  String message() {
    return String.valueOf(getMessage());
  }
}
