package io.stentor.http.api;

import io.stentor.http.ProblemType;
import io.stentor.http.RequestRefused;
import io.stentor.message.Member;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list is asked for.
 *
 * @param prefix what names begin with; empty for all
 * @param after begin behind this one, as the last part's {@code next} had it; null from the start
 * @param limit most entries, 1 to {@value #MAX_LIMIT}
 */
record RoomsQuery(String prefix, @Nullable String after, int limit) {

  static final int MAX_LIMIT = 1000;
  static final int DEFAULT_LIMIT = 100;

  /** Longer ones are neither names nor ours. */
  private static final int MAX_CHARACTERS = 2048;

  /** Separates what no user's name has in it. */
  private static final char SEPARATOR = '\n';

  /**
   * Reads the query's parameters.
   *
   * @throws RequestRefused with one sentence that says which is wrong and what is allowed
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
   * The member behind which a list of members begins; null from the start.
   *
   * @throws RequestRefused where {@code after} is nothing that a list gave
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

  /** What a list of members says as {@code next}, where this member is its last. */
  static String next(Member last) {
    String text = last.user() + SEPARATOR + last.connection();
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
