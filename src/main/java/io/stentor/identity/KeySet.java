package io.stentor.identity;

import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.impl.jose.JWK;
import io.vertx.ext.auth.impl.jose.JWS;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys to check signatures with. Several may have one id; each that fits a token is tried.
 * Immutable; any thread.
 */
final class KeySet {

  /** What stands before the bytes of a key. */
  private static final String ED25519_PREFIX = "302a300506032b6570032100";

  private static final Logger LOG = LoggerFactory.getLogger(KeySet.class);

  /**
   * One key for one algorithm. Only signatures are left to the library: its check of a whole token
   * would not tell a wrong claim from a wrong signature.
   *
   * @param id what a token may call it; null where it fits any
   * @param ofEd25519 whether the algorithm may be called {@code Ed25519}, too
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

  /** Keys of the configuration. */
  static KeySet of(List<PubSecKeyOptions> keys) {
    return new KeySet(
        keys.stream()
            .map(key -> new Key(key.getAlgorithm(), null, new JWS(new JWK(key)), isEd25519(key)))
            .toList());
  }

  /**
   * Keys of a JWKS, as {@link Jwk#usable} leaves them; what the library cannot read is left out.
   */
  static KeySet ofJwks(List<JsonObject> keys) {
    List<Key> read = new ArrayList<>();
    for (JsonObject key : keys) {
      try {
        boolean ofEd25519 = CompactToken.ED25519.equals(key.getString("crv"));
        read.add(
            new Key(key.getString("alg"), key.getString("kid"), new JWS(new JWK(key)), ofEd25519));
      } catch (RuntimeException e) {
        LOG.debug("a key of the set cannot be used: {}", e.toString());
      }
    }
    return new KeySet(List.copyOf(read));
  }

  /** Whether a key is in the encoding of Ed25519 (RFC 8410), and not of another Edwards curve. */
  private static boolean isEd25519(PubSecKeyOptions key) {
    if (!key.getAlgorithm().equals("EdDSA")) {
      return false;
    }
    String pem = key.getBuffer().toString(StandardCharsets.US_ASCII);
    byte[] encoded = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    return HexFormat.of().formatHex(encoded).startsWith(ED25519_PREFIX);
  }

  /** Whether there is no key. */
  boolean isEmpty() {
    return keys.isEmpty();
  }

  /** Whether there is a key for this algorithm and id. */
  boolean has(String algorithm, @Nullable String id) {
    return keys.stream().anyMatch(key -> key.fits(algorithm, id));
  }

  /** Whether one of the keys signed the token. Computes: up to a millisecond for each long key. */
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
      synchronized (key.signature()) { // It keeps state while it computes.
        return key.signature().verify(signature, signed);
      }
    } catch (RuntimeException e) {
      return false;
    }
  }

  /**
   * A token of these claims, signed with HS256.
   *
   * @throws IllegalStateException when there is no secret
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
