package io.stentor.centrifuge.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.stentor.centrifuge.codec.CommandError.Disconnect;
import io.stentor.centrifuge.codec.CommandError.ErrorCode;
import io.stentor.centrifuge.codec.ObjectWriter.Content;
import io.stentor.json.Fields;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonSource;
import io.stentor.message.CloseReason;
import io.stentor.message.Member;
import io.stentor.message.Publication;
import io.stentor.message.RandomAttributes;
import io.stentor.message.RoomName;
import io.stentor.support.CentrifugeProtobuf;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What is written and read, compared with Google's library, and byte for byte. */
class ProtobufFormatTest {
  private static final HexFormat HEX = HexFormat.ofDelimiter(" ");
  private static final ProtobufFormat FORMAT = ProtobufFormat.of(Framing.NONE, false, false);
  private static final ProtobufFormat BARE = ProtobufFormat.of(Framing.NONE, true, false);

  private static String hex(ByteBuf buffer) {
    String hex = HEX.formatHex(ByteBufUtil.getBytes(buffer));
    buffer.release();
    return hex;
  }

  private static byte[] bytes(String hex) {
    return HEX.parseHex(hex);
  }

  private static String pushed(ClientFormat format, String room, Publication one, long offset) {
    ByteBuf out = Unpooled.buffer();
    format.encode(new RoomName(room), one, offset == 0 ? 0 : 1, offset, out);
    return hex(out);
  }

  @Example
  void replies_and_pushes_are_these_bytes() {
    Content connect = out -> out.text("client", "a").number("ping", 25).flag("pong", true);
    assertThat(hex(FORMAT.reply(out -> out.integer("id", 1).object("connect", connect))))
        .isEqualTo("0b 08 01 2a 07 0a 01 61 38 19 40 01");
    assertThat(hex(FORMAT.reply(out -> out.integer("id", 2).object("subscribe", Content.EMPTY))))
        .isEqualTo("04 08 02 32 00");
    CommandError error = new CommandError(ErrorCode.PERMISSION_DENIED);
    assertThat(hex(FORMAT.reply(out -> out.integer("id", 3).object("error", error.content()))))
        .isEqualTo("19 08 03 12 15 08 67 12 11 70 65 72 6d 69 73 73 69 6f 6e 20 64 65 6e 69 65 64");
    Content end = out -> out.integer("code", 2500).text("reason", "x");
    assertThat(hex(FORMAT.push(out -> out.text("channel", "a").object("unsubscribe", end))))
        .isEqualTo("0d 22 0b 12 01 61 3a 06 10 c4 13 1a 01 78");
    assertThat(hex(FORMAT.reply(Content.EMPTY))).isEqualTo("00");
    assertThat(hex(BARE.reply(Content.EMPTY))).isEqualTo("00");
    assertThat(hex(FORMAT.disconnect(new CloseReason(3001, "shutdown"))))
        .isEqualTo("11 22 0f 5a 0d 08 b9 17 12 08 73 68 75 74 64 6f 77 6e");
  }

  @Example
  void a_publication_is_these_bytes_in_a_reply_and_without_one() {
    Publication one = Publication.json(JsonSource.of("{}".getBytes(UTF_8)), 0, null, null);
    assertThat(pushed(FORMAT, "c", one, 1)).isEqualTo("0d 22 0b 12 01 63 22 06 22 02 7b 7d 30 01");
    assertThat(pushed(BARE, "c", one, 1)).isEqualTo("0b 12 01 63 22 06 22 02 7b 7d 30 01");
    assertThat(pushed(FORMAT, "c", Publication.text("hi", 0), 0))
        .isEqualTo("0d 22 0b 12 01 63 22 06 22 04 22 68 69 22");
    Publication binary = Publication.binary(new byte[] {0, (byte) 0xff}, 0, null, null);
    assertThat(pushed(FORMAT, "c", binary, 0)).isEqualTo("0b 22 09 12 01 63 22 04 22 02 00 ff");
  }

  @Example
  void frames_of_each_transport_are_around_the_same_bytes() {
    Publication one = Publication.text("x".repeat(200), 0);
    String push = pushed(FORMAT, "c", one, 1);
    String length = HEX.formatHex(new byte[] {(byte) (push.length() / 3 + 1)});
    assertThat(pushed(ProtobufFormat.of(Framing.BINARY_WEB_SOCKET, false, false), "c", one, 1))
        .isEqualTo("82 7e 00 " + length + " " + push);
    String chunk = HEX.formatHex("0%x\r\n".formatted(push.length() / 3 + 1).getBytes(UTF_8));
    assertThat(pushed(ProtobufFormat.of(Framing.CHUNKS, false, false), "c", one, 1))
        .isEqualTo(chunk + " " + push + " 0d 0a");
  }

  @Property
  void every_publication_is_read_by_googles_library_as_json_has_it(@ForAll long seed) {
    Random random = new Random(seed);
    boolean timed = random.nextBoolean();
    boolean bare = random.nextBoolean();
    Publication one = publication(random);
    RoomName room = new RoomName("room" + "é".repeat(random.nextInt(3)));
    long offset = random.nextBoolean() ? 0 : random.nextLong() >>> (1 + random.nextInt(60));
    ProtobufFormat format = ProtobufFormat.of(Framing.BINARY_WEB_SOCKET, bare, timed);
    ByteBuf out = Unpooled.buffer();
    format.encode(room, one, 1, offset, out);
    assertThat(out.readableBytes()).isLessThanOrEqualTo(format.sizeLimit(room, one));
    assertThat(out.readByte()).isEqualTo((byte) 0x82);
    int length = out.readByte() & 0x7f;
    length = length < 126 ? length : length == 126 ? out.readUnsignedShort() : (int) out.readLong();
    byte[] frame = new byte[length];
    out.readBytes(frame);
    assertThat(out.isReadable()).isFalse();
    List<byte[]> messages = CentrifugeProtobuf.split(frame);
    assertThat(messages).hasSize(1);
    String read = CentrifugeProtobuf.json(bare ? "Push" : "Reply", messages.get(0));
    ByteBuf json = Unpooled.buffer();
    JsonFormat.of(Framing.LINES, bare, timed).encode(room, one, 1, offset, json);
    String expected = json.toString(UTF_8).stripTrailing();
    if (one.kind() == Publication.Kind.BINARY) {
      String[] path = bare ? new String[] {"pub", "data"} : new String[] {"push", "pub", "data"};
      assertThat(CentrifugeProtobuf.bytes(bare ? "Push" : "Reply", messages.get(0), path))
          .isEqualTo(one.data());
    } else {
      assertThat(read).isEqualTo(expected);
    }
  }

  private static Publication publication(Random random) {
    String text = "é\n\"b\"\u0000😀".substring(0, random.nextInt(6)).repeat(random.nextInt(40));
    Member from =
        switch (random.nextInt(3)) {
          case 0 -> null;
          case 1 -> Member.of("id", "");
          default -> new Member("id", "Ann 你", "{\"n\":1}", "[\"é\"]");
        };
    Publication one =
        switch (random.nextInt(3)) {
          case 0 -> Publication.text(text.getBytes(UTF_8), random.nextInt(), null, from);
          case 1 -> Publication.json(JsonSource.ofText(text), random.nextInt(), null, from);
          default -> Publication.binary(randomBytes(random), random.nextInt(), null, from);
        };
    return one.with(RandomAttributes.of(random));
  }

  private static byte[] randomBytes(Random random) {
    byte[] bytes = new byte[random.nextInt(300)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static List<byte[]> commands(byte[] message) {
    List<byte[]> commands = new ArrayList<>();
    assertThat(FORMAT.split(message, commands::add))
        .isEqualTo(commands.size())
        .isEqualTo(FORMAT.count(message));
    return commands;
  }

  @Example
  void commands_are_read_from_these_bytes() {
    List<byte[]> two = commands(bytes("04 08 01 22 00 07 08 02 2a 03 0a 01 61"));
    assertThat(two).hasSize(2);
    Fields connect = FORMAT.fields(two.get(0));
    assertThat(connect.unsigned("id")).isEqualTo(1);
    assertThat(connect.object("connect")).isNotNull();
    assertThat(connect.object("subscribe")).isNull();
    Fields subscribe = FORMAT.fields(two.get(1)).object("subscribe");
    assertThat(subscribe.text("channel")).isEqualTo("a");
    Fields history =
        FORMAT
            .fields(
                commands(bytes("12 08 04 52 0e 0a 01 61 38 ff ff ff ff ff ff ff ff ff 01")).get(0))
            .object("history");
    assertThat(history.number("limit")).isEqualTo(-1);
    assertThat(commands(bytes("00"))).containsExactly(new byte[0]);
    assertThat(FORMAT.fields(new byte[0]).names()).isEmpty();
    Fields post = ProtobufFormat.post(bytes("0a 01 6e 12 01 73 1a 01 00"));
    assertThat(post.text("node") + post.text("session")).isEqualTo("ns");
    assertThat(post.slice("data")).containsExactly(0);
  }

  @Property
  void every_command_is_read_as_json_has_it(@ForAll long seed) {
    Random random = new Random(seed);
    String json = command(random);
    byte[] message = CentrifugeProtobuf.message("Command", json);
    same(JsonFields.of(json.getBytes(UTF_8)), FORMAT.fields(disturbed(message, random)));
  }

  /** Adds what a reader has to skip or to accept, which does not change the meaning. */
  private static byte[] disturbed(byte[] message, Random random) {
    ByteBuf out = Unpooled.buffer();
    String[] pieces = {
      "a8 01 07", // number 21, a varint
      "b1 01 01 02 03 04 05 06 07 08", // number 22, 64 bits
      "ba 01 02 00 ff", // number 23, bytes
      "bd 01 01 02 03 04", // number 23, 32 bits
      "bb 01 08 01 c3 01 08 02 c4 01 bc 01", // number 23, a group with a group
      "0a 01 07", // the id with another wire type
    };
    ByteBuf rest = Unpooled.wrappedBuffer(message);
    while (rest.isReadable()) {
      for (int i = random.nextInt(3); i > 0; i--) {
        out.writeBytes(bytes(pieces[random.nextInt(pieces.length)]));
      }
      int at = rest.readerIndex();
      ProtobufInput in = new ProtobufInput(message, at, message.length);
      int tag = in.tag();
      in.skipValue(tag);
      out.writeBytes(rest, in.position() - at);
    }
    return ByteBufUtil.getBytes(out);
  }

  private static String command(Random random) {
    String text = "é\\n\\\"你\\ud83d\\ude00 abc".substring(0, random.nextInt(2) == 0 ? 0 : 6);
    String channel = "\"channel\":\"c" + "x".repeat(random.nextInt(200)) + "\"";
    long offset = random.nextLong() >>> (1 + random.nextInt(60));
    String filter =
        "{\"op\":\"or\",\"nodes\":[{\"key\":\"k\",\"cmp\":\"in\",\"vals\":[\"\",\"v\"]}]}";
    String body =
        switch (random.nextInt(6)) {
          case 0 ->
              "\"connect\":{\"token\":\""
                  + text
                  + "\",\"subs\":{\"tf\":{\"recover\":true,"
                  + "\"offset\":"
                  + offset
                  + ",\"epoch\":\"e\"},\""
                  + "y".repeat(random.nextInt(90))
                  + "\":{}}}";
          case 1 ->
              "\"subscribe\":{"
                  + channel
                  + ",\"flag\":3,\"recover\":"
                  + random.nextBoolean()
                  + ",\"tf\":"
                  + filter
                  + ",\"offset\":"
                  + offset
                  + "}";
          case 2 -> "\"publish\":{" + channel + ",\"data\":{\"a\":\"" + text + "\"}}";
          case 3 ->
              "\"history\":{"
                  + channel
                  + ",\"limit\":"
                  + (random.nextInt(5) - 2)
                  + ",\"since\":{\"offset\":"
                  + offset
                  + "},\"reverse\":true}";
          case 4 -> "\"sub_refresh\":{" + channel + ",\"token\":\"t\",\"track\":[{}]}";
          default -> "\"rpc\":{\"method\":\"" + text + "\"}";
        };
    return "{\"id\":" + random.nextInt(Integer.MAX_VALUE) + "," + body + "}";
  }

  private static final List<String> OBJECTS =
      List.of("connect", "subscribe", "publish", "history", "sub_refresh", "rpc", "since", "tf");

  private static void same(Fields json, Fields protobuf) {
    assertThat(protobuf.unsigned("id")).isEqualTo(json.unsigned("id"));
    sameMembers(json, protobuf);
  }

  private static void sameMembers(Fields json, Fields protobuf) {
    for (String name : List.of("channel", "token", "epoch", "method", "op", "key", "cmp")) {
      assertThat(protobuf.text(name)).as(name).isEqualTo(json.text(name));
    }
    for (String name : List.of("offset", "limit", "flag")) {
      assertThat(protobuf.number(name)).as(name).isEqualTo(json.number(name));
    }
    for (String name : List.of("recover", "reverse")) {
      assertThat(protobuf.flag(name)).as(name).isEqualTo(json.flag(name));
    }
    assertThat(protobuf.has("track")).isEqualTo(json.has("track"));
    assertThat(protobuf.texts("vals")).isEqualTo(json.texts("vals"));
    assertThat(protobuf.has("data")).isEqualTo(json.has("data"));
    if (json.has("data")) {
      assertThat(protobuf.slice("data")).isEqualTo(json.slice("data"));
    }
    for (String name : OBJECTS) {
      sameObjects(json.object(name), protobuf.object(name));
    }
    sameMaps(json.object("subs"), protobuf.object("subs"));
    List<? extends Fields> nodes = json.objects("nodes");
    assertThat(protobuf.objects("nodes")).hasSameSizeAs(nodes);
    for (int i = 0; i < nodes.size(); i++) {
      sameMembers(nodes.get(i), protobuf.objects("nodes").get(i));
    }
  }

  private static void sameObjects(Fields json, Fields protobuf) {
    assertThat(protobuf == null).isEqualTo(json == null);
    if (json != null) {
      sameMembers(json, protobuf);
    }
  }

  private static void sameMaps(Fields json, Fields protobuf) {
    assertThat(protobuf == null).isEqualTo(json == null);
    if (json != null) {
      assertThat(protobuf.names()).containsExactlyInAnyOrderElementsOf(json.names());
      json.names().forEach(name -> sameObjects(json.object(name), protobuf.object(name)));
    }
  }

  @Example
  void the_parts_of_an_object_are_merged_and_the_last_value_counts() {
    // id 1, id 2, subscribe {channel "a"}, subscribe {channel "b", recover}, subscribe {offset 5}.
    Fields fields =
        FORMAT.fields(bytes("08 01 08 02 2a 03 0a 01 61 2a 05 0a 01 62 18 01 2a 02 38 05"));
    Fields subscribe = fields.object("subscribe");
    assertThat(fields.number("id")).isEqualTo(2);
    assertThat(subscribe.text("channel")).isEqualTo("b");
    assertThat(subscribe.flag("recover")).isTrue();
    assertThat(subscribe.number("offset")).isEqualTo(5);
  }

  @Example
  void what_is_malformed_is_refused() {
    for (String malformed :
        List.of(
            "00", // number 0
            "08", // no value
            "08 ff ff ff ff ff ff ff ff ff ff 01", // 11 bytes
            "2a 05 0a 01 61", // announces more than there is
            "2a ff ff ff ff 0f", // 4 GiB
            "2a ff ff ff ff ff ff ff ff ff 01", // a negative length
            "0f", // wire type 7
            "0e", // wire type 6
            "a9 01 01 02 03", // 64 bits cut off
            "a4 01", // the end of no group
            "a3 01 08 01", // a group without an end
            "a3 01 ac 01", // a group with the end of another
            "a3 01 ".repeat(40) + "a4 01 ".repeat(40))) {
      byte[] message = HexFormat.of().parseHex(malformed.replace(" ", ""));
      assertThatThrownBy(() -> FORMAT.fields(message)).as(malformed).isInstanceOf(Disconnect.class);
    }
    Fields negative = FORMAT.fields(bytes("2a 0b 38 ff ff ff ff ff ff ff ff ff 01"));
    assertThatThrownBy(() -> negative.object("subscribe").unsigned("offset"))
        .isInstanceOf(Disconnect.class);
    Fields text = FORMAT.fields(bytes("2a 03 0a 01 ff"));
    assertThatThrownBy(() -> text.object("subscribe").text("channel"))
        .isInstanceOf(Disconnect.class);
  }

  @Example
  void what_was_complete_before_a_cut_counts() {
    List<byte[]> two = commands(bytes("04 08 01 22 00 07 08 02"));
    assertThat(two).hasSize(2);
    assertThat(FORMAT.fields(two.get(0)).number("id")).isEqualTo(1);
    assertThatThrownBy(() -> FORMAT.fields(two.get(1))).isInstanceOf(Disconnect.class);
    assertThat(commands(bytes("ff ff ff ff ff ff ff ff ff ff ff"))).hasSize(1);
    assertThat(commands(new byte[0])).isEmpty();
  }

  @Property(tries = 20_000)
  void any_bytes_are_refused_where_googles_library_refuses_them(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] message = CentrifugeProtobuf.message("Command", command(random));
    for (int edits = random.nextInt(4); edits > 0; edits--) {
      message[random.nextInt(message.length)] =
          (byte) (random.nextInt(3) == 0 ? -1 : random.nextInt());
    }
    byte[] cut =
        java.util.Arrays.copyOf(
            message, random.nextInt(4) == 0 ? random.nextInt(message.length) : message.length);
    boolean valid = true;
    try {
      UnknownFieldSet.parseFrom(cut);
    } catch (InvalidProtocolBufferException e) {
      valid = false;
    }
    try {
      Fields fields = FORMAT.fields(cut);
      assertThat(valid).as(HEX.formatHex(cut)).isTrue();
      readAll(fields);
    } catch (Disconnect e) {
      assertThat(e.reason().code()).isEqualTo(Disconnect.BAD_REQUEST);
    }
    commands(cut);
  }

  private static void readAll(Fields fields) {
    for (String name : fields.names()) {
      Fields object = OBJECTS.contains(name) ? fields.object(name) : null;
      if (object != null) {
        object.text("channel");
        object.unsigned("offset");
        readAll(object);
      }
    }
  }
}
