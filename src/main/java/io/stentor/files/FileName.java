package io.stentor.files;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Turns a request's path into the name of a file below the root of static files. */
final class FileName {
  /** What a path that ends in a slash stands for. */
  static final String INDEX = "index.html";

  private FileName() {}

  /**
   * The name, with {@code /} between its parts; {@code null} for what can name no file: parts that
   * are empty or begin with a dot (the directories {@code .} and {@code ..} and hidden files), and
   * parts that hold a slash, a backslash or a control character after decoding, however they were
   * written.
   *
   * @param path as it stood in the request, percent-encoded
   */
  static @Nullable String of(@Nullable String path) {
    if (path == null || !path.startsWith("/")) {
      return null;
    }
    StringJoiner name = new StringJoiner("/");
    String[] parts = path.substring(1).split("/", -1);
    for (int i = 0; i < parts.length; i++) {
      String part = parts[i].isEmpty() && i == parts.length - 1 ? INDEX : decoded(parts[i]);
      if (part == null || part.isEmpty() || part.startsWith(".") || !isPlain(part)) {
        return null;
      }
      name.add(part);
    }
    return name.toString();
  }

  private static @Nullable String decoded(String part) {
    try {
      // The decoder is made for forms, where a plus sign means a blank; in a path it means itself.
      return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      return null;
    }
  }

  private static boolean isPlain(String part) {
    return part.chars().noneMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c));
  }
}
