package io.stentor.identity;

import io.stentor.config.IdentityOptions.ApiKey;
import io.stentor.identity.Grants.Action;
import io.stentor.message.RoomName;
import org.jspecify.annotations.Nullable;

/** The proved identity of a client. Immutable; any thread. */
public sealed interface Identity {

  /** An anonymous client. */
  Identity ANONYMOUS = new Anonymous();

  /** The user's name; empty for servers and anonymous clients. */
  String user();

  /** Returns whether this is a user with a name, or a server. */
  boolean isAuthenticated();

  /** What others may see of the client, as JSON; null if there is none. */
  @Nullable String info();

  /** What its tokens allow. */
  Grants grants();

  /** When the identity expires, in seconds since 1970; 0 means never. */
  long expiresAt();

  /** Returns the identity after it used a token for a subscription to this room. */
  Identity with(RoomName room);

  /** A client without a token or an API key. */
  record Anonymous() implements Identity {
    @Override
    public String user() {
      return "";
    }

    @Override
    public boolean isAuthenticated() {
      return false;
    }

    @Override
    public @Nullable String info() {
      return null;
    }

    @Override
    public Grants grants() {
      return Grants.NONE;
    }

    @Override
    public long expiresAt() {
      return 0;
    }

    @Override
    public Identity with(RoomName room) {
      return new User("").with(room);
    }
  }

  /**
   * A user with a token.
   *
   * @param user the name; empty for an anonymous user
   */
  record User(String user, @Nullable String info, Grants grants, long expiresAt)
      implements Identity {

    /** Creates a user of whom only the name is known. */
    public User(String user) {
      this(user, null, Grants.NONE, 0);
    }

    @Override
    public boolean isAuthenticated() {
      return !user.isEmpty();
    }

    @Override
    public Identity with(RoomName room) {
      return new User(user, info, grants.and(Action.SUBSCRIBE, room), expiresAt);
    }
  }

  /**
   * A server with an API key.
   *
   * @param apiKey the configured key, which holds only the hash
   */
  record Server(ApiKey apiKey) implements Identity {

    /** Returns whether it may read the console's room. */
    public boolean admin() {
      return apiKey.admin();
    }

    @Override
    public String user() {
      return "";
    }

    @Override
    public boolean isAuthenticated() {
      return true;
    }

    @Override
    public @Nullable String info() {
      return null;
    }

    @Override
    public Grants grants() {
      return Grants.NONE;
    }

    @Override
    public long expiresAt() {
      return 0;
    }

    @Override
    public Identity with(RoomName room) {
      return this;
    }
  }
}
