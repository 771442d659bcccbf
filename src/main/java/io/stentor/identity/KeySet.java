package io.stentor.identity;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.impl.jose.JWK;
import io.vertx.ext.auth.impl.jose.JWS;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys that verify signatures. Several may have the same id; each one that fits a token is tried.
 * Immutable; any thread.
 */
final class KeySet {

  static final List<String> RSA = List.of("RS256", "RS384", "RS512");

  /** RFC 7518, section 3.3. */
  static final int MIN_RSA_BITS = 2048;

  private static final Map<String, String> JWK_CURVES =
      Map.of("P-256", "ES256", "P-384", "ES384", "P-521", "ES512", "Ed25519", "EdDSA");

  /** The DER encoding of a key before the bytes of the key itself. */
  private static final String ED25519_PREFIX = "302a300506032b6570032100";

  private static final Logger LOG = LoggerFactory.getLogger(KeySet.class);

  /**
   * One key for one algorithm. The library verifies only signatures: its check of a whole token
   * does not distinguish an invalid claim from an invalid signature.
   *
   * @param id the key id in tokens; null if it fits any
   * @param ofEd25519 whether the algorithm may also be called {@code Ed25519}
   */
  private record Key(String algorithm, @Nullable String id, JWS signature, boolean ofEd25519) {

    boolean fits(String named, @Nullable String namedId) {
      boolean sameKind = named.equals(CompactToken.ED25519) ? ofEd25519 : algorithm.equals(named);
      return sameKind && (id == null || namedId == null || id.equals(namedId));
    }
  }

  private final List<Key> keys;

  private KeySet(List<Key> keys) {
    this.keys = keys;
  }

  /** Creates a set of the configured keys. */
  static KeySet of(List<PubSecKeyOptions> keys) {
    return new KeySet(
        keys.stream()
            .map(key -> new Key(key.getAlgorithm(), null, new JWS(new JWK(key)), isEd25519(key)))
            .toList());
  }

  /**
   * Creates a set of the keys of a JWKS (RFC 7517) that may check signatures.
   *
   * @param keys the value of its member {@code keys}; unusable keys are left out
   */
  static KeySet ofJwks(List<?> keys) {
    List<Key> read = new ArrayList<>();
    for (Object each : keys) {
      for (JsonObject key : usable(each)) {
        try {
          boolean ofEd25519 = CompactToken.ED25519.equals(key.getString("crv"));
          read.add(
              new Key(
                  key.getString("alg"), key.getString("kid"), new JWS(new JWK(key)), ofEd25519));
        } catch (RuntimeException e) {
          LOG.debug("a key of the set cannot be used: {}", e.toString());
        }
      }
    }
    return new KeySet(List.copyOf(read));
  }

  /**
   * Returns the key once for each of its algorithms, with only its public part; nothing if it has
   * another purpose, is too short, or is malformed. Symmetric keys ({@code oct}) do not belong in a
   * public set.
   */
  private static List<JsonObject> usable(Object each) {
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
    if (new BigInteger(1, modulus).bitLength() < MIN_RSA_BITS || key.getString("e") == null) {
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
    String algorithm = JWK_CURVES.get(curve);
    boolean complete = List.of(members).stream().allMatch(name -> key.getString(name) != null);
    String named = key.getString("alg", algorithm);
    boolean fits = algorithm != null && (algorithm.equals(named) || curve.equals(named));
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

  /**
   * Returns whether a key is in the encoding of Ed25519 (RFC 8410), and not of another Edwards
   * curve.
   */
  private static boolean isEd25519(PubSecKeyOptions key) {
    if (!key.getAlgorithm().equals("EdDSA")) {
      return false;
    }
    String pem = key.getBuffer().toString(StandardCharsets.US_ASCII);
    byte[] encoded = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    return HexFormat.of().formatHex(encoded).startsWith(ED25519_PREFIX);
  }

  /** Returns whether there is no key. */
  boolean isEmpty() {
    return keys.isEmpty();
  }

  /** Returns whether there is a key for this algorithm and id. */
  boolean has(String algorithm, @Nullable String id) {
    return keys.stream().anyMatch(key -> key.fits(algorithm, id));
  }

  /**
   * Returns whether one of the keys signed the token. Computes: up to a millisecond for each long
   * key.
   */
  boolean verifies(CompactToken token) {
    return keys.stream()
        .filter(key -> key.fits(token.algorithm(), token.keyId()))
        .anyMatch(key -> verifies(key, token));
  }

  private static boolean verifies(Key key, CompactToken token) {
    int dot = token.text().lastIndexOf('.');
    try {
      byte[] signature = Base64.getUrlDecoder().decode(token.text().substring(dot + 1));
      byte[] signed = token.text().substring(0, dot).getBytes(StandardCharsets.US_ASCII);
      synchronized (key.signature()) { // It has state while it computes.
        return key.signature().verify(signature, signed);
      }
    } catch (RuntimeException e) {
      return false;
    }
  }

  /**
   * Returns a token with these claims, signed with HS256.
   *
   * @throws IllegalStateException if there is no secret
   */
  String sign(JsonObject claims) {
    Key secret =
        keys.stream()
            .filter(key -> key.algorithm().equals("HS256"))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("there is no secret to sign with"));
    JsonObject header = new JsonObject().put("typ", "JWT").put("alg", "HS256");
    String input =
        base64(header.toBuffer().getBytes()) + "." + base64(claims.toBuffer().getBytes());
    synchronized (secret.signature()) {
      byte[] signature = secret.signature().sign(input.getBytes(StandardCharsets.US_ASCII));
      return input + "." + base64(signature);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
