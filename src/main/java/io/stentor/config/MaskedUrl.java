package io.stentor.config;

import java.util.regex.Pattern;

/** How a URL is shown to people: without what may be a secret in it. */
public final class MaskedUrl {

  /** More rather than less: passwords may hold what ends an authority. */
  private static final Pattern USER = Pattern.compile("(?s)(\\w://).*@");

  private static final Pattern QUERY = Pattern.compile("(?s)(\\w://[^?#]*[?#]).+");

  private MaskedUrl() {}

  /** The text; where it is a URL, with stars for user, password, query and fragment. */
  public static String of(String text) {
    String noUser = USER.matcher(text).replaceFirst("$1" + ConfigSchema.MASK + "@");
    return QUERY.matcher(noUser).replaceFirst("$1" + ConfigSchema.MASK);
  }
}
