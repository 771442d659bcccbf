package io.stentor.message;

import io.stentor.json.JsonSource;
import io.stentor.json.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One message in a room: its content, the type of the content, and its {@link Attributes}. The
 * content was validated on creation: text is UTF-8, and JSON is a {@link JsonSource}. The byte
 * array is shared and must not be modified. Any thread.
 */
public final class Publication {

  /** The type of the content. */
  public enum Kind {
    /** Valid UTF-8 text. */
    TEXT(0),
    /** Valid JSON in UTF-8. */
    JSON(1),
    /** Any bytes. */
    BINARY(2);

    private static final Kind[] BY_CODE = {TEXT, JSON, BINARY};

    private final byte code;

    Kind(int code) {
      this.code = (byte) code;
    }

    /**
     * Returns the kind with this code in the wire and log formats.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Kind of(byte code) {
      if (code < 0 || code >= BY_CODE.length) {
        throw new IllegalArgumentException("no kind of message has the code " + code);
      }
      return BY_CODE[code];
    }

    /** Returns the code of this kind in the wire and log formats. */
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
  private final Attributes attributes;
  private final int weight;

  private Publication(
      Kind kind,
      byte[] data,
      long timeMillis,
      @Nullable String idempotencyKey,
      @Nullable Member from,
      Attributes attributes) {
    this.kind = kind;
    this.data = data;
    this.timeMillis = timeMillis;
    this.idempotencyKey = idempotencyKey;
    this.from = from;
    this.attributes = attributes;
    this.weight = data.length + (from == null ? 0 : from.bytes()) + attributes.bytes();
  }

  /**
   * Creates a text publication.
   *
   * @param utf8 the content; this method takes ownership
   * @param timeMillis when the server received it, in milliseconds since 1970
   * @param idempotencyKey the publisher's key, so that a retry is published only once; null if
   *     there is none
   * @param from the publisher; null if unknown or not disclosed
   * @throws IllegalArgumentException if the bytes are not UTF-8 or the key is invalid; the message
   *     is one sentence
   */
  public static Publication text(
      byte[] utf8, long timeMillis, @Nullable String idempotencyKey, @Nullable Member from) {
    if (!Utf8.isValid(utf8)) {
      throw new IllegalArgumentException("a text has to be UTF-8");
    }
    return create(Kind.TEXT, utf8, timeMillis, idempotencyKey, from);
  }

  /** Creates a text publication without an idempotency key or a publisher. */
  public static Publication text(String text, long timeMillis) {
    return text(Utf8.of(text), timeMillis, null, null);
  }

  /**
   * Creates a JSON publication. The parameters are those of {@link #text(byte[], long, String,
   * Member)}.
   *
   * @throws IllegalArgumentException if the key is invalid; the message is one sentence
   */
  public static Publication json(
      JsonSource source, long timeMillis, @Nullable String idempotencyKey, @Nullable Member from) {
    return create(Kind.JSON, source.bytes(), timeMillis, idempotencyKey, from);
  }

  /**
   * Creates a binary publication. The parameters are those of {@link #text(byte[], long, String,
   * Member)}.
   *
   * @throws IllegalArgumentException if the key is invalid; the message is one sentence
   */
  public static Publication binary(
      byte[] data, long timeMillis, @Nullable String idempotencyKey, @Nullable Member from) {
    return create(Kind.BINARY, data, timeMillis, idempotencyKey, from);
  }

  private static Publication create(
      Kind kind,
      byte[] data,
      long timeMillis,
      @Nullable String idempotencyKey,
      @Nullable Member from) {
    return stored(kind, data, timeMillis, keyOrNull(idempotencyKey), from, Attributes.NONE);
  }

  /**
   * Creates a publication from a form that a node wrote for a log or for another node. Only for
   * decoders of such forms: nothing is validated again.
   */
  public static Publication stored(
      Kind kind,
      byte[] data,
      long timeMillis,
      @Nullable String idempotencyKey,
      @Nullable Member from,
      Attributes attributes) {
    return new Publication(kind, data, timeMillis, idempotencyKey, from, attributes);
  }

  /** Returns a copy with these attributes. */
  public Publication with(Attributes others) {
    return new Publication(kind, data, timeMillis, idempotencyKey, from, others);
  }

  private static @Nullable String keyOrNull(@Nullable String key) {
    return key == null ? null : checkedKey(key);
  }

  /**
   * Checks a publisher's idempotency key and returns it.
   *
   * @throws IllegalArgumentException if the key is invalid; the message is one sentence that states
   *     the rule
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

  /** Returns the content itself, not a copy. Must not be modified. */
  public byte[] data() {
    return data;
  }

  /** Returns the size of the content, in bytes. */
  public int bytes() {
    return data.length;
  }

  /**
   * Returns the size that counts towards memory limits, in bytes: the content, the publisher's data
   * and the attributes.
   */
  public int weight() {
    return weight;
  }

  public long timeMillis() {
    return timeMillis;
  }

  public @Nullable String idempotencyKey() {
    return idempotencyKey;
  }

  /** Returns the publisher; null if unknown or not disclosed. */
  public @Nullable Member from() {
    return from;
  }

  public Attributes attributes() {
    return attributes;
  }

  /**
   * Returns whether the other publication has the same kind and content, regardless of publisher
   * and time.
   */
  public boolean saysTheSame(Publication other) {
    return kind == other.kind && Arrays.equals(data, other.data);
  }

  /** Returns a copy with another text. In a JSON publication it becomes a JSON string. */
  public Publication with(String text) {
    byte[] changed = kind == Kind.JSON ? JsonSource.ofText(text).bytes() : Utf8.of(text);
    return new Publication(kind, changed, timeMillis, idempotencyKey, from, attributes);
  }

  /** Returns a text publication if this is a JSON string, otherwise this publication unchanged. */
  public Publication asText() {
    if (kind == Kind.JSON && data.length > 0 && data[0] == '"') {
      byte[] value = Utf8.of(JsonSource.string(data));
      return new Publication(Kind.TEXT, value, timeMillis, idempotencyKey, from, attributes);
    }
    return this;
  }

  /** Returns the content of a text or JSON publication as a string. */
  public String text() {
    return new String(data, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return kind + "(" + data.length + " bytes)";
  }
}
