package io.stentor.http.api;

import io.stentor.http.ProblemType;
import io.stentor.http.RequestRefused;
import io.stentor.message.Member;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The page of a list that a query requests.
 *
 * @param prefix prefix of the names; empty for all
 * @param after start after this entry, the {@code next} of the previous page; null for the first
 *     page
 * @param limit maximum number of entries, 1 to {@value #MAX_LIMIT}
 */
record RoomsQuery(String prefix, @Nullable String after, int limit) {

  static final int MAX_LIMIT = 1000;
  static final int DEFAULT_LIMIT = 100;

  /** Longer values are neither names nor cursors of this server. */
  private static final int MAX_CHARACTERS = 2048;

  /** Separates the user name from the connection id; user names cannot contain it. */
  private static final char SEPARATOR = '\n';

  /**
   * Parses the query parameters.
   *
   * @throws RequestRefused if one is invalid, with one sentence that names it and what is allowed
   */
  static RoomsQuery of(MultiMap params) {
    String prefix = params.get("prefix");
    return new RoomsQuery(
        prefix == null ? "" : bounded("prefix", prefix),
        params.get("after") == null ? null : bounded("after", params.get("after")),
        MessagesQuery.number(params, "limit", 1, MAX_LIMIT, DEFAULT_LIMIT));
  }

  private static String bounded(String name, String value) {
    if (value.length() > MAX_CHARACTERS) {
      throw RequestRefused.of(
          ProblemType.BAD_REQUEST, name + " has at most " + MAX_CHARACTERS + " characters.");
    }
    return value;
  }

  /**
   * The member after which the page of members starts; null for the first page.
   *
   * @throws RequestRefused if {@code after} is not a value that a list returned
   */
  @Nullable Member afterMember() {
    if (after == null) {
      return null;
    }
    try {
      String text = new String(Base64.getUrlDecoder().decode(after), StandardCharsets.UTF_8);
      int end = text.indexOf(SEPARATOR);
      return Member.of(text.substring(end + 1), text.substring(0, end));
    } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
      throw RequestRefused.of(
          ProblemType.BAD_REQUEST, "after is what the last answer had as next, unchanged.");
    }
  }

  /** The {@code next} value of a page whose last member is this one. */
  static String next(Member last) {
    String text = last.user() + SEPARATOR + last.connection();
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
