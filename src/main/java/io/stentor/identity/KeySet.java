package io.stentor.identity;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keys to check signatures with. Immutable; any thread. */
final class KeySet {

  /** Stands for keys that have no id, which fit any. */
  private static final String ANY = "";

  private final JWTAuth auth;

  /** By algorithm, the ids of the keys for it. */
  private final Map<String, Set<String>> ids = new HashMap<>();

  /** Keys of the configuration. */
  static KeySet of(Vertx vertx, List<PubSecKeyOptions> keys) {
    JWTAuthOptions options = new JWTAuthOptions();
    Map<String, Set<String>> ids = new HashMap<>();
    for (PubSecKeyOptions key : keys) {
      options.addPubSecKey(key);
      ids.computeIfAbsent(key.getAlgorithm(), algorithm -> new HashSet<>()).add(ANY);
    }
    return new KeySet(JWTAuth.create(vertx, checkingSignaturesOnly(options)), ids);
  }

  /** Keys of a JWKS, as {@link Jwk#usable} leaves them. */
  static KeySet ofJwks(Vertx vertx, List<JsonObject> keys) {
    JWTAuthOptions options = new JWTAuthOptions();
    Map<String, Set<String>> ids = new HashMap<>();
    for (JsonObject key : keys) {
      options.addJwk(key);
      ids.computeIfAbsent(key.getString("alg"), algorithm -> new HashSet<>())
          .add(key.getString("kid", ANY));
    }
    return new KeySet(JWTAuth.create(vertx, checkingSignaturesOnly(options)), ids);
  }

  /** Times, issuer and audience are checked by {@link Tokens}, which tells which of them it was. */
  private static JWTAuthOptions checkingSignaturesOnly(JWTAuthOptions options) {
    options.getJWTOptions().setIgnoreExpiration(true);
    return options;
  }

  private KeySet(JWTAuth auth, Map<String, Set<String>> ids) {
    this.auth = auth;
    this.ids.putAll(ids);
  }

  /**
   * Whether there is a key for this algorithm and id. A token of an algorithm without a key must
   * never be shown to {@link #verifies}.
   */
  boolean has(String algorithm, @Nullable String id) {
    Set<String> known = ids.get(algorithm);
    return known != null && (id == null || known.contains(id) || known.contains(ANY));
  }

  /** How many pairs of algorithm and id there are. */
  int size() {
    return ids.values().stream().mapToInt(Set::size).sum();
  }

  /** Whether one of the keys signed the token. Computes: up to a millisecond for long keys. */
  boolean verifies(String token) {
    try {
      return auth.authenticate(new TokenCredentials(token)).succeeded();
    } catch (RuntimeException e) {
      return false;
    }
  }

  /** A token of these claims, signed with HS256. */
  String sign(JsonObject claims) {
    return auth.generateToken(claims);
  }
}
