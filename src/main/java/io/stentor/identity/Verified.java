package io.stentor.identity;

/**
 * The result of checking a token. The texts are for the client: they say what is wrong without
 * revealing any of the token. Immutable; any thread.
 *
 * @param <C> the claims of a valid token
 */
public sealed interface Verified<C> {

  /** A valid token. */
  record Valid<C>(C claims) implements Verified<C> {}

  /** A token that was valid, or will be: the client should get a new one and try again. */
  record Expired<C>(String why) implements Verified<C> {}

  /** A token that is never accepted. */
  record Invalid<C>(String why) implements Verified<C> {}

  /** The keys that could verify a token cannot be fetched now; a retry may help. */
  final class KeysUnavailable extends Exception {
    private static final long serialVersionUID = 1L;

    KeysUnavailable(String message) {
      super(message, null, false, false);
    }
  }
}
