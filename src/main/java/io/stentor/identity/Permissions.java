package io.stentor.identity;

import io.stentor.config.IdentityOptions;
import io.stentor.config.OwnRoom;
import io.stentor.config.RoomOptions;
import io.stentor.config.RoomOptions.Reader;
import io.stentor.config.RoomOptions.Who;
import io.stentor.config.RoomRules;
import io.stentor.message.RoomName;

/** What rooms allow to whom: the one place that every transport asks. Any thread. */
public final class Permissions {

  /** What a client may want in a room. */
  public enum Action {
    /** Listen to what is said from now on. */
    SUBSCRIBE,
    /** Publish. */
    PUBLISH,
    /** Read what was said before, in which resuming is included. */
    HISTORY,
    /** See who is in the room, and who comes and goes. */
    PRESENCE
  }

  /** The answer, and what the client can do about it. */
  public enum Verdict {
    /** Go on. */
    ALLOWED,
    /** Proving an identity may help (HTTP 401). */
    UNAUTHORIZED,
    /** This identity may not (HTTP 403). */
    FORBIDDEN
  }

  private final RoomRules rooms;
  private final boolean anonymous;
  private final boolean insecure;

  /** What a configuration permits. */
  public Permissions(RoomRules rooms, IdentityOptions options) {
    this.rooms = rooms;
    this.anonymous = options.anonymous() || options.insecure();
    this.insecure = options.insecure();
  }

  /** Whether everyone may do everything, by {@code identity.insecure}. */
  public boolean isInsecure() {
    return insecure;
  }

  /** Whether this identity is served at all. */
  public Verdict admission(Identity identity) {
    return anonymous || !(identity instanceof Identity.Anonymous)
        ? Verdict.ALLOWED
        : Verdict.UNAUTHORIZED;
  }

  /** Whether this identity may do that in this room. */
  public Verdict verdict(Identity identity, RoomName room, Action action) {
    Verdict admission = admission(identity);
    if (admission != Verdict.ALLOWED) {
      return admission;
    }
    boolean allowed =
        OwnRoom.is(room.value())
            ? mayInOwnRoom(identity, action)
            : insecure || identity instanceof Identity.Server || may(identity, room, action);
    if (allowed) {
      return Verdict.ALLOWED;
    }
    return identity instanceof Identity.Anonymous ? Verdict.UNAUTHORIZED : Verdict.FORBIDDEN;
  }

  /** Not even {@code insecure} opens it: it shows what is no client's business. */
  private static boolean mayInOwnRoom(Identity identity, Action action) {
    return identity instanceof Identity.Server server && server.admin() && action != Action.PUBLISH;
  }

  /** The same as yes or no. */
  public boolean allow(Identity identity, RoomName room, Action action) {
    return verdict(identity, room, action) == Verdict.ALLOWED;
  }

  private boolean may(Identity identity, RoomName room, Action action) {
    RoomOptions options = rooms.optionsFor(room.value());
    return switch (who(options, action)) {
      case ANYONE -> true;
      case AUTHENTICATED -> identity.isAuthenticated() || granted(identity, room, options, action);
      case TOKEN -> granted(identity, room, options, action);
      case SERVER -> false;
    };
  }

  /** Reading goes with listening where the room has no rule of its own for it. */
  private static boolean granted(
      Identity identity, RoomName room, RoomOptions options, Action action) {
    return identity.grants().allow(action, room)
        || (follows(options, action) && identity.grants().allow(Action.SUBSCRIBE, room));
  }

  private static boolean follows(RoomOptions options, Action action) {
    return (action == Action.HISTORY && options.readHistory() == Reader.SUBSCRIBER)
        || (action == Action.PRESENCE && options.readPresence() == Reader.SUBSCRIBER);
  }

  private static Who who(RoomOptions options, Action action) {
    return switch (action) {
      case SUBSCRIBE -> options.subscribe();
      case PUBLISH -> options.publish();
      case HISTORY -> who(options, options.readHistory());
      case PRESENCE -> who(options, options.readPresence());
    };
  }

  private static Who who(RoomOptions options, Reader reader) {
    return switch (reader) {
      case SUBSCRIBER -> options.subscribe();
      case ANYONE -> Who.ANYONE;
      case AUTHENTICATED -> Who.AUTHENTICATED;
      case TOKEN -> Who.TOKEN;
      case SERVER -> Who.SERVER;
    };
  }

  /** One sentence for people: who may. */
  public String explanation(RoomName room, Action action) {
    String what =
        switch (action) {
          case SUBSCRIBE -> "listen";
          case PUBLISH -> "publish";
          case HISTORY -> "read what was said before";
          case PRESENCE -> "see who is";
        };
    if (OwnRoom.is(room.value())) {
      return action == Action.PUBLISH
          ? "Only the nodes themselves publish in this room."
          : "Only servers with an admin key may " + what + " in this room.";
    }
    return switch (who(rooms.optionsFor(room.value()), action)) {
      case ANYONE ->
          anonymous
              ? "Everyone may " + what + " in this room."
              : "Nobody may " + what + " here without a token or a key.";
      case AUTHENTICATED -> "Only who has proved an identity may " + what + " in this room.";
      case TOKEN -> "Only whose token names this room may " + what + " in it.";
      case SERVER -> "Only servers with an API key may " + what + " in this room.";
    };
  }
}
