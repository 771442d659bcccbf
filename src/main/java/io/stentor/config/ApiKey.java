package io.stentor.config;

/**
 * A key that a server shows.
 *
 * @param name what the logs call it
 * @param sha256 SHA-256 of the key's UTF-8, as 64 hexadecimal digits
 */
public record ApiKey(String name, String sha256) {
  @Override
  public String toString() {
    return name;
  }
}
