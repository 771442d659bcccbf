package io.stentor.identity;

import io.stentor.config.RoomOptions;
import io.stentor.config.RoomOptions.Who;

/** What a room allows to whom. Any thread. */
public final class Permissions {

  /** What a client may want in a room. */
  public enum Action {
    /** Listen, read what was said, see who is there. */
    SUBSCRIBE,
    /** Publish. */
    PUBLISH
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

  private Permissions() {}

  /** Whether this identity may do that in a room of these options. */
  public static Verdict verdict(Identity identity, RoomOptions room, Action action) {
    Who allowed = action == Action.PUBLISH ? room.publish() : room.subscribe();
    boolean may =
        switch (allowed) {
          case ANYONE -> true;
          case AUTHENTICATED -> !(identity instanceof Identity.Anonymous);
          case SERVER -> identity instanceof Identity.Server;
        };
    if (may) {
      return Verdict.ALLOWED;
    }
    return identity instanceof Identity.Anonymous ? Verdict.UNAUTHORIZED : Verdict.FORBIDDEN;
  }

  /** One sentence for people: who may. */
  public static String explanation(RoomOptions room, Action action) {
    String what = action == Action.PUBLISH ? "publish" : "listen";
    Who allowed = action == Action.PUBLISH ? room.publish() : room.subscribe();
    return switch (allowed) {
      case ANYONE -> "Everyone may " + what + " in this room.";
      case AUTHENTICATED -> "Only who has proved an identity may " + what + " in this room.";
      case SERVER -> "Only servers with an API key may " + what + " in this room.";
    };
  }
}
