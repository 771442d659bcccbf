package io.stentor.journal;

import java.io.IOException;

/** The data directory cannot be used. The message is one sentence for the operator. */
public final class DataException extends IOException {
  private static final long serialVersionUID = 1L;

  DataException(String sentence) {
    super(sentence);
  }

  DataException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
