package io.stentor.identity;

import io.stentor.config.IdentityOptions.ApiKey;
import io.stentor.identity.Grants.Action;
import io.stentor.message.RoomName;
import org.jspecify.annotations.Nullable;

/** Who a client has proved to be. Immutable; any thread. */
public sealed interface Identity {

  /** Nobody in particular. */
  Identity ANONYMOUS = new Anonymous();

  /** The user's name; empty for a server and for nobody in particular. */
  String user();

  /** Whether this is somebody: a user with a name, or a server. */
  boolean isAuthenticated();

  /** What others may know of the client, as JSON source; null where nothing is said. */
  @Nullable String info();

  /** What tokens allow. */
  Grants grants();

  /** When this ends to be true, in seconds since 1970; 0 means never. */
  long expiresAt();

  /** The same, having shown a token for a subscription to this room. */
  Identity with(RoomName room);

  /** Has proved nothing. */
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
   * Somebody with a token.
   *
   * @param user the name; empty where the token names nobody in particular
   */
  record User(String user, @Nullable String info, Grants grants, long expiresAt)
      implements Identity {

    /** A user of whom only the name is known. */
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
   * A server, by its API key.
   *
   * @param apiKey the key as it is configured, which is not the key itself
   */
  record Server(ApiKey apiKey) implements Identity {

    /** Whether it may read what the nodes report about themselves. */
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
