package io.stentor.config;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Who is believed to be who.
 *
 * @param apiKeys the keys of servers
 * @param anonymous whether clients without a token or a key are served
 * @param insecure whether everyone may do everything; tokens that are given are checked all the
 *     same
 * @param demoLogin whether {@code POST /demo/login} gives a token for any name
 * @param tokens which tokens are believed
 */
public record IdentityOptions(
    List<ApiKey> apiKeys,
    boolean anonymous,
    boolean insecure,
    boolean demoLogin,
    TokenOptions tokens) {
  public IdentityOptions {
    boolean canSign = !tokens.hmacSecret().isEmpty() || !tokens.hmacSecretFile().isEmpty();
    ConfigException.require(
        !demoLogin || canSign,
        "demoLogin",
        demoLogin,
        "false where neither tokens.hmacSecret nor tokens.hmacSecretFile is set");
    apiKeys = List.copyOf(apiKeys);
    Set<String> names = new HashSet<>();
    for (int i = 0; i < apiKeys.size(); i++) {
      String name = apiKeys.get(i).name();
      ConfigException.require(
          names.add(name), "apiKeys." + i + ".name", name, "a name that no other key has");
    }
  }

  /** Whether there is a key for the console. */
  public boolean hasAdminKey() {
    return apiKeys.stream().anyMatch(ApiKey::admin);
  }

  /**
   * A key that a server shows.
   *
   * @param name what the logs call it
   * @param sha256 SHA-256 of the key's UTF-8, as 64 hexadecimal digits
   * @param admin whether it opens the console: whether its holder may read the console's room
   */
  public record ApiKey(String name, String sha256, boolean admin) {
    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * Which tokens (JWT) are believed. Without a secret, key or URL none is.
   *
   * @param hmacSecret for HS256, HS384 and HS512; empty for none
   * @param hmacSecretFile a file that holds the same; empty for none
   * @param publicKeyFiles PEM files of public keys or certificates, for RS, ES and EdDSA
   * @param jwksUrl where a set of public keys is fetched from; empty where there is none
   * @param jwksRefreshSeconds how often that is fetched
   * @param audience what {@code aud} has to name; empty for anything
   * @param issuer what {@code iss} has to be; empty for anything
   * @param leewaySeconds how far clocks may differ
   */
  public record TokenOptions(
      Secret hmacSecret,
      String hmacSecretFile,
      List<String> publicKeyFiles,
      String jwksUrl,
      int jwksRefreshSeconds,
      String audience,
      String issuer,
      int leewaySeconds) {
    public TokenOptions {
      publicKeyFiles = List.copyOf(publicKeyFiles);
      ConfigException.require(
          hmacSecret.isEmpty() || hmacSecretFile.isEmpty(),
          "hmacSecretFile",
          hmacSecretFile,
          "empty where hmacSecret is set");
    }
  }
}
