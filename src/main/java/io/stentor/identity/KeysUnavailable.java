package io.stentor.identity;

/** Keys that are needed to check a token cannot be had at the moment; trying again may help. */
public final class KeysUnavailable extends Exception {
  private static final long serialVersionUID = 1L;

  KeysUnavailable(String message) {
    super(message, null, false, false);
  }
}
