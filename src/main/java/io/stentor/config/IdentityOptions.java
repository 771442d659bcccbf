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
          names.add(name), "apiKeys[" + i + "].name", name, "a name that no other key has");
    }
  }

  /** Whether there is a key for the console. */
  public boolean hasAdminKey() {
    return apiKeys.stream().anyMatch(ApiKey::admin);
  }
}
