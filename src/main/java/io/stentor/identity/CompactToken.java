package io.stentor.identity;

import io.stentor.json.Utf8;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A token as it was received, not verified yet (RFC 7519: three parts separated by dots).
 *
 * @param algorithm the algorithm in its header, a supported one
 * @param keyId the key id in its header; null if there is none
 */
record CompactToken(String text, String algorithm, @Nullable String keyId) {

  /** Longer tokens are refused. */
  static final int MAX_CHARACTERS = 16 * 1024;

  private static final String NO_TOKEN = "it is not three parts in Base64 with dots between";

  private static final Pattern FORM = Pattern.compile("[\\w-]+\\.[\\w-]+\\.[\\w-]+");

  /** RFC 9864: EdDSA with this curve and no other. */
  static final String ED25519 = "Ed25519";

  private static final List<String> ALGORITHMS =
      List.of(
          "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "EdDSA",
          ED25519);

  /**
   * Parses the parts and the header.
   *
   * @throws IllegalArgumentException with the reason, if they are invalid
   */
  static CompactToken of(String text) {
    if (text.length() > MAX_CHARACTERS) {
      throw new IllegalArgumentException("it has over " + MAX_CHARACTERS + " characters");
    }
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(NO_TOKEN);
    }
    Claims header = part(text, 0);
    if (header.has("crit")) {
      throw new IllegalArgumentException(
          "its header has a critical extension that is not supported");
    }
    String algorithm = header.text("alg");
    String keyId = header.has("kid") ? header.text("kid") : null;
    if (!ALGORITHMS.contains(algorithm)) {
      throw new IllegalArgumentException("its alg is none of " + String.join(", ", ALGORITHMS));
    }
    return new CompactToken(text, algorithm, keyId);
  }

  /** Returns whether it is signed with a shared secret. */
  boolean isSecret() {
    return algorithm.startsWith("HS");
  }

  /**
   * Returns the claims. Must be called only after the signature was verified.
   *
   * @throws IllegalArgumentException with the reason, if they are not a JSON object
   */
  Claims claims() {
    return part(text, 1);
  }

  private static Claims part(String text, int index) {
    byte[] json;
    try {
      json = Base64.getUrlDecoder().decode(text.split("\\.", -1)[index]);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(NO_TOKEN, e);
    }
    if (!Utf8.isValid(json)) {
      throw new IllegalArgumentException("it holds something that is not UTF-8");
    }
    return new Claims(json);
  }

  /** Returns a description without the token, which is a secret. */
  @Override
  public String toString() {
    return "a token by " + algorithm;
  }
}
