package io.stentor.config;

import java.util.regex.Pattern;

/** A text that must not appear in log lines and messages. */
public final class Secret {

  /** What is shown in place of a secret. */
  static final String MASK = "***";

  /** Greedy: a password may contain characters that would end an authority. */
  private static final Pattern USER = Pattern.compile("(?s)(\\w://).*@");

  private static final Pattern QUERY = Pattern.compile("(?s)(\\w://[^?#]*[?#]).+");

  private final String value;

  /** Creates a secret; empty for none. */
  public Secret(String value) {
    this.value = value;
  }

  /** Returns the text, with user, password, query and fragment masked if it is a URL. */
  public static String maskUrl(String text) {
    String noUser = USER.matcher(text).replaceFirst("$1" + MASK + "@");
    return QUERY.matcher(noUser).replaceFirst("$1" + MASK);
  }

  /** Returns the secret itself. */
  public String value() {
    return value;
  }

  /** Returns whether it is empty. */
  public boolean isEmpty() {
    return value.isEmpty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && secret.value.equals(value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return isEmpty() ? "" : MASK;
  }
}
