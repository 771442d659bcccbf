package io.stentor.centrifuge.codec;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message of the protocol as Protobuf: names, numbers and types of the fields that are used. The
 * names are those of JSON. Immutable once this class is initialized; any thread.
 */
final class ProtobufSchema {

  /** The type of a field. */
  enum Kind {
    /** An integer, a boolean. */
    VARINT,
    /** A string. */
    TEXT,
    /** Any bytes; JSON if this server writes them. */
    BYTES,
    /** One object, or a list of them. */
    MESSAGE,
    /** Objects by name: a list of entries of a name, 1, and an object, 2. */
    MAP
  }

  /**
   * A field.
   *
   * @param type of the object or objects; null for other kinds
   */
  record Field(String name, int number, Kind kind, @Nullable ProtobufSchema type) {}

  static final ProtobufSchema EMPTY = new ProtobufSchema();
  static final ProtobufSchema PUSH = new ProtobufSchema();
  static final ProtobufSchema REPLY = new ProtobufSchema();
  static final ProtobufSchema COMMAND = new ProtobufSchema();
  static final ProtobufSchema POST =
      new ProtobufSchema().text(1, "node").text(2, "session").bytes(3, "data");

  /** Publications and members, which {@link ProtobufPublication} writes. */
  static final ProtobufSchema WRITTEN_APART = new ProtobufSchema();

  static {
    replies();
    commands();
  }

  private final Map<String, Field> byName = new HashMap<>();
  private final Map<Integer, Field> byNumber = new HashMap<>();

  private ProtobufSchema() {}

  private static void replies() {
    ProtobufSchema expiry = new ProtobufSchema().varint(1, "expires").varint(2, "ttl");
    ProtobufSchema info = new ProtobufSchema().message(1, "info", WRITTEN_APART);
    ProtobufSchema subscribe =
        new ProtobufSchema()
            .varint(1, "expires")
            .varint(2, "ttl")
            .varint(3, "recoverable")
            .text(6, "epoch")
            .message(7, "publications", WRITTEN_APART)
            .varint(8, "recovered")
            .varint(9, "offset")
            .varint(10, "positioned")
            .bytes(11, "data")
            .varint(12, "was_recovering")
            .varint(13, "delta");
    ProtobufSchema connect =
        new ProtobufSchema()
            .text(1, "client")
            .text(2, "version")
            .varint(3, "expires")
            .varint(4, "ttl")
            .map(6, "subs", subscribe)
            .varint(7, "ping")
            .varint(8, "pong")
            .text(9, "session")
            .text(10, "node");
    ProtobufSchema pushedConnect =
        new ProtobufSchema()
            .text(1, "client")
            .text(2, "version")
            .map(4, "subs", subscribe)
            .varint(5, "expires")
            .varint(6, "ttl")
            .varint(7, "ping")
            .varint(8, "pong")
            .text(9, "session")
            .text(10, "node");
    ProtobufSchema pushedSubscribe =
        new ProtobufSchema()
            .varint(1, "recoverable")
            .text(4, "epoch")
            .varint(5, "offset")
            .varint(6, "positioned")
            .bytes(7, "data");
    PUSH.text(2, "channel")
        .message(4, "pub", WRITTEN_APART)
        .message(5, "join", info)
        .message(6, "leave", info)
        .message(7, "unsubscribe", new ProtobufSchema().varint(2, "code").text(3, "reason"))
        .message(9, "subscribe", pushedSubscribe)
        .message(10, "connect", pushedConnect)
        .message(11, "disconnect", new ProtobufSchema().varint(1, "code").text(2, "reason"))
        .message(12, "refresh", expiry);
    REPLY
        .varint(1, "id")
        .message(
            2,
            "error",
            new ProtobufSchema().varint(1, "code").text(2, "message").varint(3, "temporary"))
        .message(4, "push", PUSH)
        .message(5, "connect", connect)
        .message(6, "subscribe", subscribe)
        .message(7, "unsubscribe", EMPTY)
        .message(8, "publish", EMPTY)
        .message(9, "presence", new ProtobufSchema().map(1, "presence", WRITTEN_APART))
        .message(
            10,
            "presence_stats",
            new ProtobufSchema().varint(1, "num_clients").varint(2, "num_users"))
        .message(
            11,
            "history",
            new ProtobufSchema()
                .message(1, "publications", WRITTEN_APART)
                .text(2, "epoch")
                .varint(3, "offset"))
        .message(13, "rpc", new ProtobufSchema().bytes(1, "data"))
        .message(
            14,
            "refresh",
            new ProtobufSchema().text(1, "client").varint(3, "expires").varint(4, "ttl"))
        .message(15, "sub_refresh", expiry);
  }

  private static void commands() {
    ProtobufSchema channel = new ProtobufSchema().text(1, "channel");
    ProtobufSchema token = new ProtobufSchema().text(1, "token");
    ProtobufSchema filter = new ProtobufSchema();
    filter
        .text(1, "op")
        .text(2, "key")
        .text(3, "cmp")
        .text(4, "val")
        .text(5, "vals")
        .message(6, "nodes", filter);
    ProtobufSchema subscribe =
        new ProtobufSchema()
            .text(1, "channel")
            .text(2, "token")
            .varint(3, "recover")
            .text(6, "epoch")
            .varint(7, "offset")
            .varint(11, "join_leave")
            .text(12, "delta")
            .message(13, "tf", filter)
            .varint(14, "flag")
            .varint(15, "type");
    COMMAND
        .varint(1, "id")
        .message(4, "connect", new ProtobufSchema().text(1, "token").map(3, "subs", subscribe))
        .message(5, "subscribe", subscribe)
        .message(6, "unsubscribe", channel)
        .message(
            7,
            "publish",
            new ProtobufSchema()
                .text(1, "channel")
                .bytes(2, "data")
                .varint(3, "type")
                .text(4, "key")
                .varint(5, "removed"))
        .message(8, "presence", channel)
        .message(9, "presence_stats", channel)
        .message(
            10,
            "history",
            new ProtobufSchema()
                .text(1, "channel")
                .varint(7, "limit")
                .message(8, "since", new ProtobufSchema().varint(1, "offset").text(2, "epoch"))
                .varint(9, "reverse"))
        .message(11, "ping", EMPTY)
        .message(12, "send", EMPTY)
        .message(13, "rpc", new ProtobufSchema().bytes(1, "data").text(2, "method"))
        .message(14, "refresh", token)
        .message(
            15,
            "sub_refresh",
            new ProtobufSchema()
                .text(1, "channel")
                .text(2, "token")
                .varint(3, "type")
                .message(4, "track", EMPTY)
                .text(5, "untrack"));
  }

  /** Returns a field; null if there is none of this name. */
  @Nullable Field field(String name) {
    return byName.get(name);
  }

  /** Returns a field; null if none of this number is used. */
  @Nullable Field field(int number) {
    return byNumber.get(number);
  }

  /** Returns the fields by name. */
  Map<String, Field> fields() {
    return byName;
  }

  private ProtobufSchema varint(int number, String name) {
    return with(new Field(name, number, Kind.VARINT, null));
  }

  private ProtobufSchema text(int number, String name) {
    return with(new Field(name, number, Kind.TEXT, null));
  }

  private ProtobufSchema bytes(int number, String name) {
    return with(new Field(name, number, Kind.BYTES, null));
  }

  private ProtobufSchema message(int number, String name, ProtobufSchema type) {
    return with(new Field(name, number, Kind.MESSAGE, type));
  }

  private ProtobufSchema map(int number, String name, ProtobufSchema type) {
    return with(new Field(name, number, Kind.MAP, type));
  }

  private ProtobufSchema with(Field field) {
    byName.put(field.name(), field);
    byNumber.put(field.number(), field);
    return this;
  }
}
