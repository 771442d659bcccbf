package io.stentor.identity;

import io.stentor.config.BuiltInRooms;
import io.stentor.config.IdentityOptions;
import io.stentor.config.RoomOptions;
import io.stentor.config.RoomOptions.Reader;
import io.stentor.config.RoomOptions.Who;
import io.stentor.config.RoomRules;
import io.stentor.identity.Grants.Action;
import io.stentor.message.RoomName;
import java.util.function.Supplier;

/**
 * The permissions of clients in rooms, for all transports. The options are read at each call, so an
 * answer follows the current configuration. Any thread.
 */
public final class Permissions {

  /** The result of a check, and what the client can do about it. */
  public enum Verdict {
    /** Allowed. */
    ALLOWED,
    /** Authentication may help (HTTP 401). */
    UNAUTHORIZED,
    /** Forbidden to this identity (HTTP 403). */
    FORBIDDEN
  }

  private final RoomRules rooms;
  private final Supplier<IdentityOptions> options;

  /** Creates permissions that follow these options at each call. */
  public Permissions(RoomRules rooms, Supplier<IdentityOptions> options) {
    this.rooms = rooms;
    this.options = options;
  }

  /** Returns whether {@code identity.insecure} allows everything to everyone. */
  public boolean isInsecure() {
    return options.get().insecure();
  }

  /**
   * Returns whether this identity is served at all. A server is served only while its key is
   * configured, which a reload may have changed.
   */
  public Verdict admission(Identity identity) {
    IdentityOptions now = options.get();
    boolean served = true;
    if (identity instanceof Identity.Anonymous) {
      served = now.anonymous() || now.insecure();
    } else if (identity instanceof Identity.Server server) {
      served = now.apiKeys().contains(server.apiKey());
    }
    return served ? Verdict.ALLOWED : Verdict.UNAUTHORIZED;
  }

  /** Returns whether this identity may perform an action in this room. */
  public Verdict verdict(Identity identity, RoomName room, Action action) {
    Verdict admission = admission(identity);
    if (admission != Verdict.ALLOWED) {
      return admission;
    }
    boolean allowed =
        BuiltInRooms.isConsole(room.value())
            ? mayInConsoleRoom(identity, action)
            : isInsecure() || identity instanceof Identity.Server || may(identity, room, action);
    if (allowed) {
      return Verdict.ALLOWED;
    }
    return identity instanceof Identity.Anonymous ? Verdict.UNAUTHORIZED : Verdict.FORBIDDEN;
  }

  /**
   * Returns whether an identity may act in the console's room, which not even {@code insecure}
   * opens.
   */
  private static boolean mayInConsoleRoom(Identity identity, Action action) {
    return identity instanceof Identity.Server server && server.admin() && action != Action.PUBLISH;
  }

  /** Returns whether {@link #verdict} is {@link Verdict#ALLOWED}. */
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

  /** Returns whether a rule grants an action; {@code subscriber} grants reading to subscribers. */
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

  /** Returns a sentence that says who may perform an action. */
  public String explanation(RoomName room, Action action) {
    String what =
        switch (action) {
          case SUBSCRIBE -> "subscribe";
          case PUBLISH -> "publish";
          case HISTORY -> "read past messages";
          case PRESENCE -> "see the members";
        };
    if (BuiltInRooms.isConsole(room.value())) {
      return action == Action.PUBLISH
          ? "Only the nodes themselves publish in this room."
          : "Only servers with an admin key may " + what + " in this room.";
    }
    return switch (who(rooms.optionsFor(room.value()), action)) {
      case ANYONE ->
          admission(Identity.ANONYMOUS) == Verdict.ALLOWED
              ? "Everyone may " + what + " in this room."
              : "Only clients with a token or a key may " + what + " here.";
      case AUTHENTICATED -> "Only authenticated clients may " + what + " in this room.";
      case TOKEN -> "Only clients whose token names this room may " + what + " in it.";
      case SERVER -> "Only servers with an API key may " + what + " in this room.";
    };
  }
}
