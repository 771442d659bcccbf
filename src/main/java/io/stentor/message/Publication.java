package io.stentor.message;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One message as a room carries it: opaque bytes and what they are. The bytes are shared by
 * everyone who delivers them and must not be changed. Any thread.
 */
public final class Publication {

  /** What the bytes are. */
  public enum Kind {
    /** Valid UTF-8 text. */
    TEXT(0),
    /** Valid JSON in UTF-8. */
    JSON(1);

    private final byte code;

    Kind(int code) {
      this.code = (byte) code;
    }

    /** The kind of a code in the wire and log forms. */
    public static Kind of(byte code) {
      return code == JSON.code ? JSON : TEXT;
    }

    /** The code of this kind in the wire and log forms. */
    public byte code() {
      return code;
    }
  }

  private static final Pattern KEY = Pattern.compile("[!-~]{1,255}");

  private final Kind kind;
  private final byte[] data;
  private final long timeMillis;
  private final @Nullable String idempotencyKey;
  private final @Nullable Member from;

  /**
   * A publication that takes over {@code data}.
   *
   * @param timeMillis when the server took it, in milliseconds since 1970
   * @param idempotencyKey what the publisher calls it, so that a retry appears once; null where it
   *     gave no key
   * @param from who published it; null where that is not known or nobody's business
   */
  public Publication(
      Kind kind,
      byte[] data,
      long timeMillis,
      @Nullable String idempotencyKey,
      @Nullable Member from) {
    this.kind = kind;
    this.data = data;
    this.timeMillis = timeMillis;
    this.idempotencyKey = idempotencyKey;
    this.from = from;
  }

  /**
   * Checks an idempotency key that a publisher gives.
   *
   * @throws IllegalArgumentException with one sentence that says what is allowed
   */
  public static String checkedKey(String key) {
    if (!KEY.matcher(key).matches()) {
      throw new IllegalArgumentException(
          "an idempotency key has 1 to 255 visible ASCII characters");
    }
    return key;
  }

  /** A text without an idempotency key. */
  public static Publication text(String text, long timeMillis) {
    return new Publication(
        Kind.TEXT, text.getBytes(StandardCharsets.UTF_8), timeMillis, null, null);
  }

  public Kind kind() {
    return kind;
  }

  /** The bytes themselves, not a copy: read only. */
  public byte[] data() {
    return data;
  }

  /** Size of the bytes. */
  public int bytes() {
    return data.length;
  }

  /** What it counts for where memory is limited: its own bytes, and who said it. */
  public int weight() {
    return data.length + (from == null ? 0 : from.bytes());
  }

  public long timeMillis() {
    return timeMillis;
  }

  public @Nullable String idempotencyKey() {
    return idempotencyKey;
  }

  /** Who published it; null where that is not known. */
  public @Nullable Member from() {
    return from;
  }

  /** Whether the other one says the same, whoever says it and when. */
  public boolean saysTheSame(Publication other) {
    return kind == other.kind && Arrays.equals(data, other.data);
  }

  /** This publication with other bytes, which it takes over. */
  public Publication with(byte[] changed) {
    return new Publication(kind, changed, timeMillis, idempotencyKey, from);
  }

  /** The same as text where it is a JSON string; other JSON, and text, as it is. */
  public Publication asText() {
    if (kind == Kind.JSON && data.length > 0 && data[0] == '"') {
      byte[] value = JsonSource.string(data).getBytes(StandardCharsets.UTF_8);
      return new Publication(Kind.TEXT, value, timeMillis, idempotencyKey, from);
    }
    return this;
  }

  /** The bytes as a string; for tests and logs. */
  public String text() {
    return new String(data, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return kind + "(" + data.length + " bytes)";
  }
}
