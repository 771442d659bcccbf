package io.stentor.identity;

import io.stentor.config.IdentityOptions.ApiKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The API keys of servers. Only their hashes are kept; a key is long and random, so a hash without
 * salt is enough. Any thread.
 */
public final class ApiKeys {

  private static final int KEY_BYTES = 32;

  /** Longer keys are refused. */
  private static final int MAX_KEY_CHARACTERS = 1024;

  private record Known(Identity.Server server, Hash hash) {}

  /** A hash, compared in constant time. */
  private static final class Hash {
    private final byte[] bytes;

    Hash(byte[] bytes) {
      this.bytes = bytes;
    }

    boolean is(Hash other) {
      return MessageDigest.isEqual(bytes, other.bytes);
    }
  }

  private final List<Known> keys = new ArrayList<>();

  /** Creates the set of the configured keys. */
  public ApiKeys(List<ApiKey> configured) {
    for (ApiKey key : configured) {
      Identity.Server server = new Identity.Server(key);
      keys.add(new Known(server, new Hash(HexFormat.of().parseHex(key.sha256()))));
    }
  }

  /**
   * Returns the server to which a key belongs. Takes as long for a wrong key as for a right one.
   *
   * @return null if the key is unknown
   */
  public Identity.@Nullable Server server(String presented) {
    if (keys.isEmpty() || presented.length() > MAX_KEY_CHARACTERS) {
      return null;
    }
    Hash hash = new Hash(sha256(presented));
    Identity.Server found = null;
    for (Known key : keys) {
      if (key.hash.is(hash)) {
        found = key.server;
      }
    }
    return found;
  }

  /** Generates a key of 256 random bits, in characters that need no escaping. */
  public static String generate() {
    byte[] random = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  /** Returns the hash of a key, in the form used in the configuration. */
  public static String hash(String key) {
    return HexFormat.of().formatHex(sha256(key));
  }

  private static byte[] sha256(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
