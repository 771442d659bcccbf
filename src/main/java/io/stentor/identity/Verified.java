package io.stentor.identity;

/**
 * What came of checking a token. The words are for the client: they say what is wrong, never what
 * stands in the token. Immutable; any thread.
 *
 * @param <C> what a good token says
 */
public sealed interface Verified<C> {

  /** A good token. */
  record Valid<C>(C claims) implements Verified<C> {}

  /** A token that was good, or will be: the client should get another one and come again. */
  record Expired<C>(String why) implements Verified<C> {}

  /** Not to be believed, now or later. */
  record Invalid<C>(String why) implements Verified<C> {}
}
