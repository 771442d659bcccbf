package io.stentor.message;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a publication has besides its content, time, publisher and idempotency key. Immutable; any
 * thread. Attributes of a newer version of Stentor, which this one does not know, are kept and
 * passed on.
 */
public final class Attributes {

  /*
   * Encoded, each attribute is: number 1 | length 4 | value. A string is UTF-8. A tag is one
   * attribute: the length of its name in 2 bytes, the name, the value. A new attribute gets a new
   * number; a number is never used again.
   */

  /** Maximum length of an event's name, in characters. */
  public static final int MAX_EVENT_CHARACTERS = 200;

  /** Maximum number of tags. */
  public static final int MAX_TAGS = 16;

  /** Maximum length of a tag's name, in bytes of UTF-8. */
  public static final int MAX_TAG_NAME_BYTES = 64;

  /** Maximum length of a tag's value, in bytes of UTF-8. */
  public static final int MAX_TAG_VALUE_BYTES = 256;

  /** Maximum length of a connection's ID and of a version epoch, in characters. */
  public static final int MAX_ID_CHARACTERS = 128;

  private static final byte EVENT = 1;
  private static final byte TAG = 2;
  private static final byte EXCLUDE = 3;
  private static final byte VERSION = 4;
  private static final byte VERSION_EPOCH = 5;
  private static final int HEADER_BYTES = 1 + Integer.BYTES;

  /** No attributes. */
  public static final Attributes NONE = new Fields().build();

  private final @Nullable String event;
  private final SortedMap<String, String> tags;
  private final @Nullable String exclude;
  private final long version;
  private final String versionEpoch;
  private final byte[] unknown;
  private final byte[] encoded;

  private Attributes(Fields from) {
    this.event = from.event;
    this.tags = Collections.unmodifiableSortedMap(from.tags);
    this.exclude = from.exclude;
    this.version = from.version;
    this.versionEpoch = from.versionEpoch;
    this.unknown = from.unknown;
    this.encoded = encode();
  }

  private static final class Fields {
    private @Nullable String event;
    private SortedMap<String, String> tags = new TreeMap<>();
    private @Nullable String exclude;
    private long version;
    private String versionEpoch = "";
    private byte[] unknown = {};

    Attributes build() {
      return new Attributes(this);
    }
  }

  private Fields fields() {
    Fields fields = new Fields();
    fields.event = event;
    fields.tags = tags;
    fields.exclude = exclude;
    fields.version = version;
    fields.versionEpoch = versionEpoch;
    fields.unknown = unknown;
    return fields;
  }

  /**
   * Returns these attributes with another event.
   *
   * @throws IllegalArgumentException if the name is invalid; the message is one sentence that
   *     states the rule
   */
  public Attributes withEvent(String name) {
    int length = name.codePointCount(0, name.length());
    check(
        length > 0 && length <= MAX_EVENT_CHARACTERS && isPrintable(name),
        "the name of an event has 1 to %d characters and no control characters",
        MAX_EVENT_CHARACTERS);
    Fields fields = fields();
    fields.event = name;
    return fields.build();
  }

  /**
   * Returns these attributes with other tags.
   *
   * @throws IllegalArgumentException if there are too many or one is invalid; the message is one
   *     sentence that states the rule
   */
  public Attributes withTags(Map<String, String> others) {
    check(others.size() <= MAX_TAGS, "a message has at most %d tags", MAX_TAGS);
    for (Map.Entry<String, String> tag : others.entrySet()) {
      check(
          !tag.getKey().isEmpty() && isText(tag.getKey(), MAX_TAG_NAME_BYTES),
          "the name of a tag has 1 to %d bytes and no control characters",
          MAX_TAG_NAME_BYTES);
      check(
          isText(tag.getValue(), MAX_TAG_VALUE_BYTES),
          "the value of a tag has at most %d bytes and no control characters",
          MAX_TAG_VALUE_BYTES);
    }
    Fields fields = fields();
    fields.tags = new TreeMap<>(others);
    return fields.build();
  }

  /**
   * Returns these attributes with an excluded connection, which is not sent the publication.
   *
   * @throws IllegalArgumentException if this cannot be the ID of a connection; the message is one
   *     sentence that states the rule
   */
  public Attributes withExclude(String connection) {
    check(
        isId(connection),
        "the ID of a connection has 1 to %d visible characters",
        MAX_ID_CHARACTERS);
    Fields fields = fields();
    fields.exclude = connection;
    return fields.build();
  }

  /**
   * Returns these attributes with another version.
   *
   * @param number 0 for none; compared as an unsigned number
   * @param ofEpoch versions of different epochs are not compared; empty by default
   * @throws IllegalArgumentException if the epoch is invalid; the message is one sentence that
   *     states the rule
   */
  public Attributes withVersion(long number, String ofEpoch) {
    check(
        ofEpoch.isEmpty() || isId(ofEpoch),
        "a version epoch has at most %d visible characters",
        MAX_ID_CHARACTERS);
    Fields fields = fields();
    fields.version = number;
    fields.versionEpoch = ofEpoch;
    return fields.build();
  }

  private static void check(boolean isValid, String rule, int limit) {
    if (!isValid) {
      throw new IllegalArgumentException(rule.formatted(limit));
    }
  }

  private static boolean isId(String text) {
    return !text.isEmpty() && text.length() <= MAX_ID_CHARACTERS && isPrintable(text);
  }

  private static boolean isText(String text, int maxBytes) {
    return isPrintable(text) && utf8(text).length <= maxBytes;
  }

  private static boolean isPrintable(String text) {
    return text.codePoints()
        .noneMatch(
            one -> Character.isISOControl(one) || Character.getType(one) == Character.SURROGATE);
  }

  /** Returns the name of the event; null if there is none. */
  public @Nullable String event() {
    return event;
  }

  /** Returns what subscribers can filter by, in the order of the names. */
  public SortedMap<String, String> tags() {
    return tags;
  }

  /** Returns the ID of the connection that is not sent the publication; null for none. */
  public @Nullable String exclude() {
    return exclude;
  }

  /** Returns the version of what the content describes, an unsigned number; 0 for none. */
  public long version() {
    return version;
  }

  /** Returns the epoch of the version; empty by default. */
  public String versionEpoch() {
    return versionEpoch;
  }

  /** Returns the size of the attributes that counts towards memory limits, in bytes. */
  public int bytes() {
    return encoded.length;
  }

  /**
   * Returns the form that is stored and sent to other nodes; empty if there are no attributes. Must
   * not be modified.
   */
  public byte[] encoded() {
    return encoded;
  }

  private byte[] encode() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (event != null) {
      encode(EVENT, utf8(event), out);
    }
    tags.forEach(
        (name, value) -> {
          byte[] first = utf8(name);
          byte[] second = utf8(value);
          ByteBuffer tag = ByteBuffer.allocate(Short.BYTES + first.length + second.length);
          encode(TAG, tag.putShort((short) first.length).put(first).put(second).array(), out);
        });
    if (exclude != null) {
      encode(EXCLUDE, utf8(exclude), out);
    }
    if (version != 0) {
      encode(VERSION, ByteBuffer.allocate(Long.BYTES).putLong(version).array(), out);
    }
    if (!versionEpoch.isEmpty()) {
      encode(VERSION_EPOCH, utf8(versionEpoch), out);
    }
    out.writeBytes(unknown);
    return out.toByteArray();
  }

  private static void encode(byte number, byte[] value, ByteArrayOutputStream out) {
    out.writeBytes(ByteBuffer.allocate(HEADER_BYTES).put(number).putInt(value.length).array());
    out.writeBytes(value);
  }

  /**
   * Reads what {@link #encoded} returned on a node of any version. Only for decoders of forms that
   * nodes wrote: names and values are not validated again.
   *
   * @throws IllegalArgumentException if the bytes are damaged
   */
  public static Attributes decoded(byte[] encoded) {
    if (encoded.length == 0) {
      return NONE;
    }
    Fields fields = new Fields();
    ByteArrayOutputStream unknown = new ByteArrayOutputStream();
    ByteBuffer in = ByteBuffer.wrap(encoded);
    try {
      while (in.hasRemaining()) {
        byte number = in.get();
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
          throw new BufferUnderflowException();
        }
        byte[] value = new byte[length];
        in.get(value);
        decode(number, value, fields, unknown);
      }
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("the attributes of a message are damaged", e);
    }
    fields.unknown = unknown.toByteArray();
    return fields.build();
  }

  private static void decode(
      byte number, byte[] value, Fields fields, ByteArrayOutputStream unknown) {
    switch (number) {
      case EVENT -> fields.event = text(value, 0, value.length);
      case TAG -> {
        int end = Short.BYTES + ByteBuffer.wrap(value).getShort();
        fields.tags.put(
            text(value, Short.BYTES, end - Short.BYTES), text(value, end, value.length - end));
      }
      case EXCLUDE -> fields.exclude = text(value, 0, value.length);
      case VERSION -> fields.version = ByteBuffer.wrap(value).getLong();
      case VERSION_EPOCH -> fields.versionEpoch = text(value, 0, value.length);
      default -> encode(number, value, unknown);
    }
  }

  private static String text(byte[] bytes, int from, int length) {
    return new String(bytes, from, length, StandardCharsets.UTF_8);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Attributes attributes && Arrays.equals(encoded, attributes.encoded);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoded);
  }

  @Override
  public String toString() {
    return "Attributes(event %s, tags %s, exclude %s, version %s %s)"
        .formatted(event, tags, exclude, Long.toUnsignedString(version), versionEpoch);
  }
}
