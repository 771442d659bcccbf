package io.stentor.centrifuge.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.stentor.json.JsonSource;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.support.FossilPatch;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Texts, JSON and binary messages in one room, put together as clients do: what was sent last, and
 * the patch.
 */
class DeltasOfAnyKindTest {
  private static final RoomName ROOM = new RoomName("r");
  private static final ClientFormat JSON = JsonFormat.of(Framing.LINES, false, false).withDeltas();
  private static final ClientFormat PROTOBUF =
      ProtobufFormat.of(Framing.NONE, false, false).withDeltas();
  private static final String[] PARTS = {
    "",
    "\\u0000",
    "\\ud83d\\ude00",
    "😀é",
    "\\\"",
    "\\n",
    "abcdefgh",
    "一二三",
    "\u2028",
    "<>&",
    "\u007f"
  };

  private static Publication publication(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(40); i > 0; i--) {
      text.append(PARTS[random.nextInt(random.nextBoolean() ? 3 : PARTS.length)]);
    }
    if (random.nextInt(4) == 0) {
      byte[] data = text.toString().getBytes(UTF_8);
      for (int i = random.nextInt(3); i > 0 && data.length > 0; i--) {
        data[random.nextInt(data.length)] = (byte) random.nextInt();
      }
      return Publication.binary(data, 1, null, null);
    }
    return random.nextBoolean()
        ? Publication.text(text.toString().replace("\\u0000", "\u0001"), 1)
        : Publication.json(JsonSource.ofText(" \n\"" + text + "\""), 1, null, null);
  }

  /** What a client without deltas is sent as content. */
  private static byte[] content(Publication publication, boolean json) {
    return switch (publication.kind()) {
      case JSON -> publication.data();
      case TEXT -> JsonPublication.content(publication);
      case BINARY ->
          json
              ? ('"' + Base64.getEncoder().encodeToString(publication.data()) + '"').getBytes(UTF_8)
              : publication.data();
    };
  }

  /** Returns whether it was written as a delta. */
  private static boolean write(ClientFormat format, Publication[] both, ByteBuf out) {
    if (format.encodeDelta(ROOM, both[0], both[1], 1, 7, out)) {
      return true;
    }
    assertThat(out.readableBytes()).isZero();
    format.encode(ROOM, both[1], 1, 7, out);
    assertThat(out.readableBytes()).isLessThanOrEqualTo(format.sizeLimit(ROOM, both[1]));
    return false;
  }

  @Property
  void any_message_after_any_other(@ForAll long seed) throws InvalidProtocolBufferException {
    Random random = new Random(seed);
    Publication[] both = {publication(random), publication(random)};
    if (random.nextBoolean()) {
      both[1] = both[0];
    }
    ByteBuf out = Unpooled.buffer();
    boolean delta = write(JSON, both, out);
    JsonObject pub = new JsonObject(out.toString(UTF_8)).getJsonObject("push").getJsonObject("pub");
    assertThat(pub.getBoolean("delta", false)).isEqualTo(delta);
    byte[] data = pub.getString("data").getBytes(UTF_8);
    assertThat(delta ? FossilPatch.apply(content(both[0], true), data) : data)
        .isEqualTo(content(both[1], true));

    out.clear();
    delta = write(PROTOBUF, both, out);
    UnknownFieldSet fields = field(field(parsed(ByteBufUtil.getBytes(out)), 4), 4);
    assertThat(fields.hasField(8)).isEqualTo(delta);
    data = fields.hasField(4) ? bytes(fields, 4) : new byte[0];
    assertThat(delta ? FossilPatch.apply(content(both[0], false), data) : data)
        .isEqualTo(content(both[1], false));
  }

  /** Reads a message after its length, which is a varint. */
  private static UnknownFieldSet parsed(byte[] delimited) throws InvalidProtocolBufferException {
    int from = 1;
    while (delimited[from - 1] < 0) {
      from++;
    }
    return UnknownFieldSet.parseFrom(Arrays.copyOfRange(delimited, from, delimited.length));
  }

  private static UnknownFieldSet field(UnknownFieldSet of, int number)
      throws InvalidProtocolBufferException {
    return UnknownFieldSet.parseFrom(bytes(of, number));
  }

  private static byte[] bytes(UnknownFieldSet of, int number) {
    return of.getField(number).getLengthDelimitedList().get(0).toByteArray();
  }
}
