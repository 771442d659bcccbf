package io.stentor.identity;

import io.stentor.config.ConfigException;
import io.stentor.config.IdentityOptions.TokenOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.auth.PubSecKeyOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the keys that the configuration names. Blocks, so it must not run on an event loop. */
final class KeyFiles {

  private static final String SECRET = "identity.tokens.hmacSecretFile";
  private static final String KEYS = "identity.tokens.publicKeyFiles";
  private static final List<String> HMAC = List.of("HS256", "HS384", "HS512");

  /** The algorithm, by the bits of a curve's order. */
  private static final Map<Integer, String> CURVES =
      Map.of(256, "ES256", 384, "ES384", 521, "ES512");

  private static final Pattern PEM =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

  private KeyFiles() {}

  /**
   * Returns the secret; empty if there is none.
   *
   * @throws ConfigException if its file cannot be read, is empty, or holds another kind of key
   */
  static String secret(TokenOptions options) {
    String file = options.hmacSecretFile();
    if (file.isEmpty()) {
      return requireSecret("identity.tokens.hmacSecret", bare(options.hmacSecret().value()));
    }
    String secret = bare(read(SECRET, file));
    if (secret.isEmpty()) {
      throw new ConfigException(SECRET + ": " + file + " is empty");
    }
    return requireSecret(SECRET, secret);
  }

  /** Removes what editors, shells and secret stores add to a secret. */
  private static String bare(String secret) {
    return secret.replaceFirst("\\A\ufeff", "").replaceFirst("[\r\n]+\\z", "");
  }

  /** Refuses a public key as a secret, because everyone could create tokens with it. */
  private static String requireSecret(String key, String secret) {
    if (secret.contains("-----BEGIN")) {
      throw new ConfigException(
          key + " holds a PEM key, which is no secret; name its file in " + KEYS);
    }
    return secret;
  }

  /** Returns the keys, each once for each of its algorithms. */
  static List<PubSecKeyOptions> all(TokenOptions options) {
    List<PubSecKeyOptions> keys = new ArrayList<>();
    String secret = secret(options);
    if (!secret.isEmpty()) {
      HMAC.forEach(algorithm -> keys.add(key(algorithm, secret)));
    }
    for (String file : options.publicKeyFiles()) {
      PublicKey key = publicKey(file);
      String pem =
          "-----BEGIN PUBLIC KEY-----\n"
              + Base64.getMimeEncoder().encodeToString(key.getEncoded())
              + "\n-----END PUBLIC KEY-----\n";
      algorithms(file, key).forEach(algorithm -> keys.add(key(algorithm, pem)));
    }
    return keys;
  }

  private static PubSecKeyOptions key(String algorithm, String text) {
    return new PubSecKeyOptions()
        .setAlgorithm(algorithm)
        .setBuffer(Buffer.buffer(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static PublicKey publicKey(String file) {
    Matcher pem = PEM.matcher(read(KEYS, file));
    if (!pem.find()) {
      throw new ConfigException(KEYS + ": " + file + " holds no PEM key");
    }
    byte[] bytes;
    try {
      bytes = Base64.getMimeDecoder().decode(pem.group(2));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(KEYS + ": " + file + " holds broken Base64");
    }
    return switch (pem.group(1)) {
      case "PUBLIC KEY" -> publicKey(file, bytes);
      case "CERTIFICATE" -> certified(file, bytes);
      default ->
          throw new ConfigException(
              KEYS
                  + ": "
                  + file
                  + " holds a "
                  + pem.group(1)
                  + ", but must hold a PUBLIC KEY or a CERTIFICATE");
    };
  }

  private static PublicKey publicKey(String file, byte[] bytes) {
    GeneralSecurityException last = null;
    for (String kind : List.of("RSA", "EC", "EdDSA")) {
      try {
        return KeyFactory.getInstance(kind).generatePublic(new X509EncodedKeySpec(bytes));
      } catch (GeneralSecurityException notOfThisKind) {
        last = notOfThisKind;
      }
    }
    throw new ConfigException(
        KEYS + ": " + file + " holds a key of a kind that is not known: " + last);
  }

  private static PublicKey certified(String file, byte[] bytes) {
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificate(new ByteArrayInputStream(bytes))
          .getPublicKey();
    } catch (GeneralSecurityException e) {
      throw new ConfigException(KEYS + ": " + file + " holds a broken certificate");
    }
  }

  private static List<String> algorithms(String file, Key key) {
    if (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() >= KeySet.MIN_RSA_BITS) {
      return KeySet.RSA;
    }
    if (key instanceof ECPublicKey curve) {
      String algorithm = CURVES.get(curve.getParams().getOrder().bitLength());
      if (algorithm != null) {
        return List.of(algorithm);
      }
    }
    if (key.getAlgorithm().equals("EdDSA")) {
      return List.of("EdDSA");
    }
    throw new ConfigException(
        KEYS
            + ": "
            + file
            + " holds no RSA key of at least "
            + KeySet.MIN_RSA_BITS
            + " bits, no key of P-256, P-384 or P-521, and none of EdDSA");
  }

  private static String read(String key, String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (CharacterCodingException e) {
      throw new ConfigException(
          key + ": " + file + " is not UTF-8; a file in UTF-16 has to be saved as UTF-8");
    } catch (IOException e) {
      throw new ConfigException(key + ": cannot read " + file);
    }
  }
}
