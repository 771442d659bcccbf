package io.stentor.message;

import io.stentor.json.JsonSource;
import io.stentor.json.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One message as a room carries it: bytes and what they are. The bytes were checked when it was
 * made: a text is UTF-8, JSON is a {@link JsonSource}. They are shared by everyone who delivers
 * them and must not be changed. Any thread.
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

  private Publication(
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
   * A text.
   *
   * @param utf8 taken over
   * @param timeMillis when the server took it, in milliseconds since 1970
   * @param idempotencyKey what the publisher calls it, so that a retry appears once; null where it
   *     gave no key
   * @param from who published it; null where that is not known or nobody's business
   * @throws IllegalArgumentException with one sentence where this is not UTF-8 or no key
   */
  public static Publication text(
      byte[] utf8, long timeMillis, @Nullable String idempotencyKey, @Nullable Member from) {
    if (!Utf8.isValid(utf8)) {
      throw new IllegalArgumentException("a text has to be UTF-8");
    }
    return stored(Kind.TEXT, utf8, timeMillis, keyOrNull(idempotencyKey), from);
  }

  /** A text without an idempotency key, of nobody in particular. */
  public static Publication text(String text, long timeMillis) {
    return text(Utf8.of(text), timeMillis, null, null);
  }

  /**
   * JSON; parameters as for {@link #text(byte[], long, String, Member)}.
   *
   * @throws IllegalArgumentException with one sentence where the key is none
   */
  public static Publication json(
      JsonSource source, long timeMillis, @Nullable String idempotencyKey, @Nullable Member from) {
    return stored(Kind.JSON, source.bytes(), timeMillis, keyOrNull(idempotencyKey), from);
  }

  /**
   * A publication as a node has written it down, for a log or for another node. Only for what reads
   * such forms: nothing is checked again.
   */
  public static Publication stored(
      Kind kind,
      byte[] data,
      long timeMillis,
      @Nullable String idempotencyKey,
      @Nullable Member from) {
    return new Publication(kind, data, timeMillis, idempotencyKey, from);
  }

  private static @Nullable String keyOrNull(@Nullable String key) {
    return key == null ? null : checkedKey(key);
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

  /** This publication with another text: JSON gets it as a JSON string. */
  public Publication with(String text) {
    byte[] changed = kind == Kind.JSON ? JsonSource.ofText(text).bytes() : Utf8.of(text);
    return new Publication(kind, changed, timeMillis, idempotencyKey, from);
  }

  /** The same as text where it is a JSON string; other JSON, and text, as it is. */
  public Publication asText() {
    if (kind == Kind.JSON && data.length > 0 && data[0] == '"') {
      byte[] value = Utf8.of(JsonSource.string(data));
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
