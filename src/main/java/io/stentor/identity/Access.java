package io.stentor.identity;

import io.stentor.config.IdentityOptions;
import io.stentor.config.LiveConfig;
import io.stentor.config.RoomRules;
import io.stentor.identity.TokenClaims.ConnectionClaims;
import io.stentor.identity.TokenClaims.SubscriptionClaims;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/**
 * Authentication and authorisation of a node's clients. Every answer follows the node's current
 * configuration, so a reference to this object may be kept. Any thread.
 */
public final class Access {

  /** The keys and tokens in use. Replaced as a whole, and never handed out. */
  private record State(ApiKeys keys, Tokens tokens) {}

  /** A state that is ready to be applied. */
  public final class Change {
    private final State next;

    private Change(State next) {
      this.next = next;
    }

    /** Returns whether different tokens are accepted than before. */
    public boolean hasOtherTokens() {
      return next.tokens != state.tokens;
    }

    /** Applies it to new clients, and to further actions of connected ones. */
    public void apply() {
      Tokens before = state.tokens;
      state = next;
      if (before != next.tokens) {
        before.close();
      }
    }
  }

  private final Vertx vertx;
  private final Permissions permissions;
  private volatile State state;

  private Access(Vertx vertx, LiveConfig live) {
    this.vertx = vertx;
    this.permissions = new Permissions(new RoomRules(live), () -> live.get().identity());
    IdentityOptions identity = live.get().identity();
    this.state = state(identity, new Tokens(vertx, identity));
  }

  /**
   * Creates the access rules of the current configuration. Reads files; blocks.
   *
   * @throws io.stentor.config.ConfigException if a key file is invalid
   */
  public static Access of(Vertx vertx, LiveConfig live) {
    return new Access(vertx, live);
  }

  private static State state(IdentityOptions identity, Tokens tokens) {
    return new State(new ApiKeys(identity.apiKeys()), tokens);
  }

  /**
   * Prepares the state for another configuration without changing anything yet. Reads files;
   * blocks.
   *
   * @throws io.stentor.config.ConfigException if a key file is invalid
   */
  public Change prepare(IdentityOptions next) {
    Tokens now = state.tokens;
    return new Change(state(next, now.areThoseOf(next) ? now : new Tokens(vertx, next)));
  }

  /**
   * Returns the server to which an API key belongs.
   *
   * @return null if the key is unknown
   */
  public Identity.@Nullable Server server(String key) {
    return state.keys.server(key);
  }

  /** Returns whether any tokens are accepted; if not, no keys for them are configured. */
  public boolean acceptsTokens() {
    return state.tokens.areAccepted();
  }

  /** Checks a token for a connection; completes as {@link Tokens#connection} does. */
  public Future<Verified<ConnectionClaims>> connection(String token) {
    return state.tokens.connection(token);
  }

  /** Checks a token for one room; completes as {@link Tokens#subscription} does. */
  public Future<Verified<SubscriptionClaims>> subscription(String token) {
    return state.tokens.subscription(token);
  }

  /**
   * Issues a token for a connection of this user, signed with the configured secret.
   *
   * @param seconds how long it is valid
   * @throws IllegalStateException if there is no secret
   */
  public String issue(String user, int seconds) {
    return state.tokens.issue(user, seconds);
  }

  /** Returns the permissions in rooms. */
  public Permissions permissions() {
    return permissions;
  }
}
