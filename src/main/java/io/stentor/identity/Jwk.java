package io.stentor.identity;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which of the keys that a URL serves may check tokens (RFC 7517). */
final class Jwk {

  static final List<String> RSA = List.of("RS256", "RS384", "RS512");

  /** RFC 7518, section 3.3. */
  static final int LEAST_RSA_BITS = 2048;

  private static final Map<String, String> CURVES =
      Map.of("P-256", "ES256", "P-384", "ES384", "P-521", "ES512", "Ed25519", "EdDSA");

  private Jwk() {}

  /**
   * The key once for each algorithm that it is for, with nothing but its public part; none where it
   * is for something else, too short, or broken. Keys of both sides ({@code oct}) have no place in
   * a public set.
   */
  static List<JsonObject> usable(Object each) {
    if (!(each instanceof JsonObject key) || !isForSignatures(key)) {
      return List.of();
    }
    try {
      return switch (key.getString("kty", "")) {
        case "RSA" -> rsa(key);
        case "EC" -> onCurve(key, "x", "y");
        case "OKP" -> onCurve(key, "x");
        default -> List.of();
      };
    } catch (ClassCastException | IllegalArgumentException e) {
      return List.of();
    }
  }

  private static boolean isForSignatures(JsonObject key) {
    Object use = key.getValue("use");
    Object operations = key.getValue("key_ops");
    return (use == null || use.equals("sig"))
        && (!(operations instanceof JsonArray list) || list.contains("verify"));
  }

  private static List<JsonObject> rsa(JsonObject key) {
    byte[] modulus = Base64.getUrlDecoder().decode(key.getString("n", ""));
    if (new BigInteger(1, modulus).bitLength() < LEAST_RSA_BITS || key.getString("e") == null) {
      return List.of();
    }
    String algorithm = key.getString("alg");
    return RSA.stream()
        .filter(one -> algorithm == null || algorithm.equals(one))
        .map(one -> copy(key, one, "n", "e"))
        .toList();
  }

  private static List<JsonObject> onCurve(JsonObject key, String... members) {
    String curve = key.getString("crv", "");
    String algorithm = CURVES.get(curve);
    boolean complete = List.of(members).stream().allMatch(name -> key.getString(name) != null);
    String said = key.getString("alg", algorithm);
    boolean fits = algorithm != null && (algorithm.equals(said) || curve.equals(said));
    return fits && complete
        ? List.of(copy(key, String.valueOf(algorithm), members).put("crv", curve))
        : List.of();
  }

  private static JsonObject copy(JsonObject key, String algorithm, String... members) {
    JsonObject copy = new JsonObject().put("kty", key.getString("kty")).put("alg", algorithm);
    @Nullable String id = key.getString("kid");
    if (id != null) {
      copy.put("kid", id);
    }
    for (String member : members) {
      copy.put(member, key.getString(member));
    }
    return copy;
  }
}
