package io.stentor.message;

import io.netty.buffer.ByteBufUtil;
import org.jspecify.annotations.Nullable;

/**
 * Who a connection is to the others in its rooms. Immutable; any thread.
 *
 * @param connection names the connection, and no other one on any node
 * @param user who it is; several connections may be of one user. Empty for nobody in particular
 * @param info what is known of the connection, as JSON source; null where nothing is
 * @param roomInfo what is known of it in this room, as JSON source; null where nothing is
 */
public record Member(
    String connection, String user, @Nullable String info, @Nullable String roomInfo)
    implements Comparable<Member> {

  /** Longest name of a user that a connection may give itself, in characters. */
  public static final int MAX_NAME_CHARACTERS = 128;

  /** Longest name of a user that a token gives (OpenID Connect Core, section 2), in characters. */
  public static final int MAX_PROVED_CHARACTERS = 255;

  /** A connection of which only the user is known. */
  public static Member of(String connection, String user) {
    return new Member(connection, user, null, null);
  }

  /**
   * Checks a name that a client gives itself.
   *
   * @throws IllegalArgumentException with one sentence that says what is allowed
   */
  public static String checkedName(String name) {
    return checked(name, MAX_NAME_CHARACTERS);
  }

  /**
   * Checks the name of a user that a token gives.
   *
   * @throws IllegalArgumentException with one sentence that says what is allowed
   */
  public static String checkedUser(String name) {
    return checked(name, MAX_PROVED_CHARACTERS);
  }

  private static String checked(String name, int mostCharacters) {
    int length = name.codePointCount(0, name.length());
    boolean unseen = false;
    for (int i = 0; i < name.length(); i += Character.charCount(name.codePointAt(i))) {
      unseen |= isUnseen(name, i);
    }
    if (length == 0 || length > mostCharacters || unseen || !name.equals(name.strip())) {
      throw new IllegalArgumentException(
          "a name has 1 to "
              + mostCharacters
              + " characters, no control characters, and no space at its ends"
              + (name.codePoints().anyMatch(Joiners::isJoiner)
                  ? "; joiners (U+200C, U+200D) only inside words and emoji"
                  : ""));
    }
    return name;
  }

  private static boolean isUnseen(String name, int index) {
    int character = name.codePointAt(index);
    if (Joiners.isJoiner(character)) {
      return !Joiners.isInWord(name, index) && !Joiners.isInEmoji(name, index);
    }
    int type = Character.getType(character);
    return type == Character.CONTROL
        || type == Character.FORMAT
        || type == Character.SURROGATE
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }

  /** Memory that the texts need when they are written, in bytes of UTF-8. */
  public int bytes() {
    return utf8(connection) + utf8(user) + utf8(info) + utf8(roomInfo);
  }

  private static int utf8(@Nullable String text) {
    return text == null ? 0 : ByteBufUtil.utf8Bytes(text);
  }

  /** By user, then by connection. */
  @Override
  public int compareTo(Member other) {
    int byUser = user.compareTo(other.user);
    return byUser != 0 ? byUser : connection.compareTo(other.connection);
  }
}
