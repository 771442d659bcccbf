package io.stentor.config;

/**
 * A key that a server shows.
 *
 * @param name what the logs call it
 * @param sha256 SHA-256 of the key's UTF-8, as 64 hexadecimal digits
 * @param admin whether it opens the console: whether its holder may read {@link ConsoleRoom}
 */
public record ApiKey(String name, String sha256, boolean admin) {
  @Override
  public String toString() {
    return name;
  }
}
