package io.stentor.identity;

import io.stentor.json.Utf8;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A token as it came (RFC 7519, three parts with dots between), of which nothing is believed yet.
 *
 * @param algorithm that its header names, one of those that are known here
 * @param keyId of the key that its header names; null where it names none
 */
record CompactToken(String text, String algorithm, @Nullable String keyId) {

  /** A longer token is not looked at. */
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
   * Reads the form and the header.
   *
   * @throws IllegalArgumentException where they are not what they should be, with the reason
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
      throw new IllegalArgumentException("its header asks for something that is not known here");
    }
    String algorithm = header.text("alg");
    String keyId = header.has("kid") ? header.text("kid") : null;
    if (!ALGORITHMS.contains(algorithm)) {
      throw new IllegalArgumentException("its alg is none of " + String.join(", ", ALGORITHMS));
    }
    return new CompactToken(text, algorithm, keyId);
  }

  /** Whether it is signed with a secret that both sides know. */
  boolean isSecret() {
    return algorithm.startsWith("HS");
  }

  /**
   * What it says; to be asked only once its signature is good.
   *
   * @throws IllegalArgumentException where that is no JSON object, with the reason
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

  /** Without the token, which is a secret. */
  @Override
  public String toString() {
    return "a token by " + algorithm;
  }
}
