package io.stentor.identity;

import static java.security.spec.RSAKeyGenParameterSpec.F4;

import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Makes tokens as RFC 7515 and 7518 have them, with nothing of the code under test: by a secret or
 * by a key pair of its own.
 */
public final class Signer {
  /** Generating an RSA key takes about a second of CPU, so all tests of a JVM share four. */
  private static final class SharedRsaKeys {
    private static final List<KeyPair> KEYS =
        Stream.generate(() -> generate("RSA", new RSAKeyGenParameterSpec(2048, F4)))
            .limit(4)
            .toList();

    private static final AtomicInteger NEXT = new AtomicInteger();

    static KeyPair next() {
      return KEYS.get(Math.floorMod(NEXT.getAndIncrement(), KEYS.size()));
    }
  }

  private final String algorithm;
  private final byte[] secret;
  private final @Nullable KeyPair pair;
  private @Nullable String id;

  private Signer(String algorithm, byte[] secret, @Nullable KeyPair pair) {
    this.algorithm = algorithm;
    this.secret = secret;
    this.pair = pair;
  }

  /** HS256, HS384 or HS512. */
  public static Signer secret(String algorithm, String secret) {
    return new Signer(algorithm, secret.getBytes(StandardCharsets.UTF_8), null);
  }

  /**
   * RS…, ES… or EdDSA, with a new key; for RS… one that the last three such signers do not have.
   */
  public static Signer publicKey(String algorithm) {
    KeyPair keys;
    if (algorithm.startsWith("RS")) {
      keys = SharedRsaKeys.next();
    } else if (algorithm.startsWith("ES")) {
      String bits = algorithm.equals("ES512") ? "521" : algorithm.substring(2);
      keys = generate("EC", new ECGenParameterSpec("secp" + bits + "r1"));
    } else {
      keys = generate("EdDSA", NamedParameterSpec.ED25519);
    }
    return new Signer(algorithm, new byte[0], keys);
  }

  private static KeyPair generate(String kind, AlgorithmParameterSpec parameters) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
      generator.initialize(parameters);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** The same key with an id, which its tokens name. */
  public Signer named(String newId) {
    Signer named = new Signer(algorithm, secret, pair);
    named.id = newId;
    return named;
  }

  /** The same key, which says that it is for another algorithm, and signs so. */
  public Signer as(String other) {
    Signer signer = new Signer(other, secret, pair);
    signer.id = id;
    return signer;
  }

  /** A token of these claims. */
  public String sign(JsonObject claims) {
    JsonObject header = new JsonObject().put("typ", "JWT").put("alg", algorithm);
    if (id != null) {
      header.put("kid", id);
    }
    return sign(header, claims.encode());
  }

  /** A token of this header and payload, whatever they are. */
  public String sign(JsonObject header, String payload) {
    String head = base64(header.encode().getBytes(StandardCharsets.UTF_8));
    String input = head + "." + base64(payload.getBytes(StandardCharsets.UTF_8));
    return input + "." + base64(signature(input.getBytes(StandardCharsets.US_ASCII)));
  }

  private byte[] signature(byte[] input) {
    try {
      if (pair == null) {
        String name = "HmacSHA" + algorithm.substring(2);
        Mac mac = Mac.getInstance(name);
        mac.init(new SecretKeySpec(secret, name));
        return mac.doFinal(input);
      }
      Signature signature = Signature.getInstance(javaName());
      signature.initSign(pair.getPrivate());
      signature.update(input);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private String javaName() {
    if (algorithm.equals("EdDSA") || algorithm.equals("Ed25519")) {
      return "Ed25519";
    }
    String hash = "SHA" + algorithm.substring(2);
    return hash + (algorithm.startsWith("RS") ? "withRSA" : "withECDSAinP1363Format");
  }

  /** The public key in PEM. */
  public String pem() {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  /** The public key in a PEM file. */
  public Path pemFile(Path directory) throws java.io.IOException {
    return Files.writeString(directory.resolve(algorithm + ".pem"), pem());
  }

  /** The public key as RFC 7517 has it, without an algorithm. */
  public JsonObject jwk() {
    JsonObject jwk = new JsonObject();
    if (id != null) {
      jwk.put("kid", id);
    }
    if (pair.getPublic() instanceof RSAPublicKey rsa) {
      return jwk.put("kty", "RSA")
          .put("n", base64(unsigned(rsa.getModulus(), 256)))
          .put("e", base64(rsa.getPublicExponent().toByteArray()));
    }
    if (pair.getPublic() instanceof ECPublicKey curve) {
      int bits = curve.getParams().getOrder().bitLength();
      int bytes = (bits + 7) / 8;
      return jwk.put("kty", "EC")
          .put("crv", "P-" + bits)
          .put("x", base64(unsigned(curve.getW().getAffineX(), bytes)))
          .put("y", base64(unsigned(curve.getW().getAffineY(), bytes)));
    }
    byte[] encoded = pair.getPublic().getEncoded();
    byte[] point = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
    return jwk.put("kty", "OKP").put("crv", "Ed25519").put("x", base64(point));
  }

  private static byte[] unsigned(BigInteger number, int bytes) {
    byte[] signed = number.toByteArray();
    byte[] out = new byte[bytes];
    int length = Math.min(signed.length, bytes);
    System.arraycopy(signed, signed.length - length, out, bytes - length, length);
    return out;
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
