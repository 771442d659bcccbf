package io.stentor.identity;

import io.stentor.config.IdentityOptions;
import io.stentor.config.LiveConfig;
import io.stentor.config.RoomRules;
import io.vertx.core.Vertx;

/** Who may come to a node, and what they may do there. Any thread. */
public final class Access {

  private record State(ApiKeys keys, Tokens tokens, Permissions permissions) {}

  /** Another state that is ready to be taken over. */
  public final class Change {
    private final State next;

    private Change(State next) {
      this.next = next;
    }

    /** Whether other tokens are believed than before. */
    public boolean hasOtherTokens() {
      return next.tokens != state.tokens;
    }

    /** From now on it holds for whoever comes, and for what those who are here want to do. */
    public void apply() {
      Tokens before = state.tokens;
      state = next;
      if (before != next.tokens) {
        before.close();
      }
    }
  }

  private final Vertx vertx;
  private final LiveConfig live;
  private volatile State state;

  private Access(Vertx vertx, LiveConfig live) {
    this.vertx = vertx;
    this.live = live;
    IdentityOptions identity = live.get().identity();
    this.state = state(identity, new Tokens(vertx, identity));
  }

  /**
   * As configured. Reads files; blocks while it does.
   *
   * @throws io.stentor.config.ConfigException when a file of keys is not what it should be
   */
  public static Access of(Vertx vertx, LiveConfig live) {
    return new Access(vertx, live);
  }

  private State state(IdentityOptions identity, Tokens tokens) {
    return new State(
        new ApiKeys(identity.apiKeys()), tokens, new Permissions(new RoomRules(live), identity));
  }

  /**
   * Makes ready what another configuration says, and changes nothing yet. Reads files; blocks while
   * it does.
   *
   * @throws io.stentor.config.ConfigException when a file of keys is not what it should be
   */
  public Change prepare(IdentityOptions next) {
    Tokens now = state.tokens;
    return new Change(state(next, now.areThoseOf(next) ? now : new Tokens(vertx, next)));
  }

  /** Of servers. */
  public ApiKeys keys() {
    return state.keys;
  }

  /** Of users. */
  public Tokens tokens() {
    return state.tokens;
  }

  /** Of all. */
  public Permissions permissions() {
    return state.permissions;
  }
}
