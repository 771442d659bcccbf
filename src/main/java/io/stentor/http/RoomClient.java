package io.stentor.http;

import io.stentor.identity.Identity;
import io.stentor.message.Member;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who comes to a room by a plain transport.
 *
 * @param member who it is to the others
 * @param identity who it has proved to be
 */
public record RoomClient(Member member, Identity identity) {

  /** When it has to go, in seconds since 1970; 0 means never. */
  public long expiresAt() {
    return identity.expiresAt();
  }

  /**
   * A member with a connection id of its own. Whose token says who it is cannot be called
   * otherwise.
   *
   * @param name the query parameter {@code name}; null where there is none
   * @throws IllegalArgumentException with one sentence that says what is allowed
   */
  public static Member member(Identity identity, @Nullable String name) {
    String user = user(identity, name);
    return new Member(UUID.randomUUID().toString(), user, identity.info(), null);
  }

  /**
   * What the others call the client; empty for nobody in particular.
   *
   * @param name the query parameter {@code name}; null where there is none
   * @throws IllegalArgumentException with one sentence that says what is allowed
   */
  public static String user(Identity identity, @Nullable String name) {
    String proved = identity.user();
    if (name == null) {
      return proved;
    }
    if (proved.isEmpty()) {
      return Member.checkedName(name);
    }
    if (!proved.equals(name)) {
      throw new IllegalArgumentException("your token says who you are: leave the name out");
    }
    return proved;
  }
}
