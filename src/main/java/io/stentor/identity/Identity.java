package io.stentor.identity;

/** Who a client has proved to be. Immutable; any thread. */
public sealed interface Identity {

  /** Nobody in particular. */
  Identity ANONYMOUS = new Anonymous();

  /** Has proved nothing. */
  record Anonymous() implements Identity {}

  /**
   * A user.
   *
   * @param name not empty
   */
  record User(String name) implements Identity {}

  /**
   * A server, by its API key.
   *
   * @param key what the configuration calls the key; not the key itself
   */
  record Server(String key) implements Identity {}
}
