package io.stentor.message;

import io.netty.buffer.ByteBufUtil;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a connection, as shown to others in its rooms. Immutable; any thread.
 *
 * @param connection ID of the connection, unique across all nodes
 * @param user name of the user, who may have several connections; empty for an anonymous connection
 * @param info information about the connection, as JSON source; null if there is none
 * @param roomInfo information about the connection in this room, as JSON source; null if there is
 *     none
 */
public record Member(
    String connection, String user, @Nullable String info, @Nullable String roomInfo)
    implements Comparable<Member> {

  /** Maximum length of a user name that a client chooses itself, in characters. */
  public static final int MAX_NAME_CHARACTERS = 128;

  /** Maximum length of a user name from a token (OpenID Connect Core, section 2), in characters. */
  public static final int MAX_PROVED_CHARACTERS = 255;

  /** Creates a member without info. */
  public static Member of(String connection, String user) {
    return new Member(connection, user, null, null);
  }

  /**
   * Checks a name that a client chooses itself and returns it.
   *
   * @throws IllegalArgumentException if the name is invalid; the message is one sentence that
   *     states the rule
   */
  public static String checkedName(String name) {
    return checked(name, MAX_NAME_CHARACTERS);
  }

  /**
   * Checks a user name from a token and returns it.
   *
   * @throws IllegalArgumentException if the name is invalid; the message is one sentence that
   *     states the rule
   */
  public static String checkedUser(String name) {
    return checked(name, MAX_PROVED_CHARACTERS);
  }

  private static String checked(String name, int mostCharacters) {
    int length = name.codePointCount(0, name.length());
    boolean invisible = false;
    for (int i = 0; i < name.length(); i += Character.charCount(name.codePointAt(i))) {
      invisible |= isInvisible(name, i);
    }
    if (length == 0 || length > mostCharacters || invisible || !name.equals(name.strip())) {
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

  private static boolean isInvisible(String name, int index) {
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

  /** Returns the total size of all fields, in bytes of UTF-8. */
  public int bytes() {
    return utf8(connection) + utf8(user) + utf8(info) + utf8(roomInfo);
  }

  private static int utf8(@Nullable String text) {
    return text == null ? 0 : ByteBufUtil.utf8Bytes(text);
  }

  /** Orders by user, then by connection. */
  @Override
  public int compareTo(Member other) {
    int byUser = user.compareTo(other.user);
    return byUser != 0 ? byUser : connection.compareTo(other.connection);
  }
}
