package io.stentor.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Authentication of clients and servers.
 *
 * @param apiKeys the API keys of servers
 * @param anonymous whether clients without a token or an API key are served
 * @param insecure whether everyone may do everything; tokens are still verified
 * @param demoLogin whether {@code POST /demo/login} issues a token for any name
 * @param tokens how tokens are verified
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

  /** Returns a copy with one more API key. */
  IdentityOptions withKey(ApiKey key) {
    List<ApiKey> keys = new ArrayList<>(apiKeys);
    keys.add(key);
    return new IdentityOptions(keys, anonymous, insecure, demoLogin, tokens);
  }

  /** Returns whether there is an API key for the console. */
  public boolean hasAdminKey() {
    return apiKeys.stream().anyMatch(ApiKey::admin);
  }

  /**
   * The API key of a server.
   *
   * @param name its name in logs
   * @param sha256 SHA-256 of the key's UTF-8, as 64 hexadecimal digits
   * @param admin whether it opens the console, that is, may read the console's room
   */
  public record ApiKey(String name, String sha256, boolean admin) {
    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * How tokens (JWT) are verified. Without a secret, key or URL, every token is rejected.
   *
   * @param hmacSecret for HS256, HS384 and HS512; empty for none
   * @param hmacSecretFile file with the secret instead; empty for none
   * @param publicKeyFiles PEM files of public keys or certificates, for RS, ES and EdDSA
   * @param jwksUrl URL of a set of public keys (JWKS); empty for none
   * @param jwksRefreshSeconds how often the set is fetched
   * @param audience required {@code aud}; empty accepts any
   * @param issuer required {@code iss}; empty accepts any
   * @param leewaySeconds allowed difference of clocks
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
