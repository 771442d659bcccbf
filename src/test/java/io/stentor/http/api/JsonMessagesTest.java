package io.stentor.http.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.stentor.http.api.JsonMessages.Lines;
import io.stentor.json.JsonText;
import io.stentor.message.Attributes;
import io.stentor.message.Member;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.Publication.Kind;
import io.stentor.room.Cursor.Notice;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonMessagesTest {
  private static final long NOON = 1_900_000_000_000L;

  private static Publication publication(Kind kind, String content, @Nullable String user) {
    Member from = user == null ? null : Member.of("c", user);
    return Publication.stored(
        kind, content.getBytes(StandardCharsets.UTF_8), NOON, null, from, Attributes.NONE);
  }

  private static String line(Publication publication, long epoch, long offset) {
    ByteBuf out = Unpooled.buffer();
    JsonMessages.FORMAT.encode(publication, epoch, offset, out);
    assertThat(out.readableBytes()).isLessThanOrEqualTo(JsonMessages.FORMAT.sizeLimit(publication));
    return out.toString(StandardCharsets.UTF_8);
  }

  private static ByteBuf lines(int count) {
    ByteBuf out = Unpooled.buffer().writeByte('x').skipBytes(1);
    for (int i = 0; i < count; i++) {
      JsonMessages.FORMAT.encode(publication(Kind.TEXT, "m" + i, null), 36, 41 + i, out);
    }
    return out;
  }

  @Test
  void a_text_is_a_json_string_in_a_line_of_its_own() {
    assertThat(line(publication(Kind.TEXT, "hi", null), 36, 42))
        .isEqualTo("{\"offset\":42,\"text\":\"hi\",\"time\":\"2030-03-17T17:46:40.000Z\"},\n");
  }

  @Test
  void json_stays_as_it_was_written() {
    assertThat(line(publication(Kind.JSON, "{\"b\": 1.50, \"a\":[]}", "Ann"), 36, 7))
        .isEqualTo(
            "{\"offset\":7,\"data\":{\"b\": 1.50, \"a\":[]},"
                + "\"time\":\"2030-03-17T17:46:40.000Z\",\"from\":\"Ann\"},\n");
  }

  @Test
  void the_event_and_the_tags_are_shown_but_not_the_excluded_connection() {
    Attributes attributes =
        Attributes.NONE
            .withEvent("order \"paid\"")
            .withTags(Map.of("b", "", "a\\", "é"))
            .withExclude("c1");
    assertThat(line(publication(Kind.TEXT, "hi", "Ann").with(attributes), 36, 42))
        .isEqualTo(
            "{\"offset\":42,\"text\":\"hi\",\"time\":\"2030-03-17T17:46:40.000Z\",\"from\":\"Ann\","
                + "\"event\":\"order \\\"paid\\\"\",\"tags\":{\"a\\\\\":\"é\",\"b\":\"\"}},\n");
    Attributes excluding = Attributes.NONE.withExclude("c1").withVersion(7, "");
    assertThat(line(publication(Kind.TEXT, "hi", null).with(excluding), 36, 42))
        .isEqualTo("{\"offset\":42,\"text\":\"hi\",\"time\":\"2030-03-17T17:46:40.000Z\"},\n");
  }

  @Test
  void without_a_log_there_is_no_offset() {
    assertThat(line(publication(Kind.TEXT, "hi", null), 0, 0)).startsWith("{\"text\":\"hi\",");
  }

  @Test
  void nobody_in_particular_is_not_named() {
    assertThat(line(publication(Kind.TEXT, "hi", ""), 36, 1)).doesNotContain("from");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\"\\/",
        "a\nb\r\t\b\f",
        "\u0000\u0001\u001f\u007f",
        "é 房间 😀\u2028",
        "\"",
        "x\""
      })
  void any_text_comes_back_from_its_json(String text) {
    String line = line(publication(Kind.TEXT, text, text + "!"), Long.MAX_VALUE, Long.MAX_VALUE);
    assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
    JsonObject json = new JsonObject(line.substring(0, line.length() - 2));
    assertThat(json.getString("text")).isEqualTo(text);
    assertThat(json.getString("from")).isEqualTo(text + "!");
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    ByteBuf alone = Unpooled.buffer();
    JsonText.write(utf8, alone);
    assertThat(JsonText.size(utf8)).isEqualTo(alone.readableBytes());
    assertThat(Json.decodeValue(alone.toString(StandardCharsets.UTF_8))).isEqualTo(text);
  }

  @Test
  void the_first_offset_is_read_from_the_lines() {
    assertThat(JsonMessages.firstOffset(lines(3))).isEqualTo(41);
  }

  @Test
  void lines_are_cut_at_either_limit_but_never_within_one() {
    ByteBuf five = lines(5);
    int one = five.readableBytes() / 5;
    assertThat(Lines.of(five, 10, 10_000)).isEqualTo(new Lines(5, 5 * one, false));
    assertThat(Lines.of(five, 5, 10_000)).isEqualTo(new Lines(5, 5 * one, false));
    assertThat(Lines.of(five, 2, 10_000)).isEqualTo(new Lines(2, 2 * one, true));
    assertThat(Lines.of(five, 10, 3 * one)).isEqualTo(new Lines(3, 3 * one, true));
    assertThat(Lines.of(five, 10, 3 * one - 1)).isEqualTo(new Lines(2, 2 * one, true));
  }

  @Test
  void a_line_over_the_limit_of_bytes_is_given_all_the_same() {
    ByteBuf two = lines(2);
    assertThat(Lines.of(two, 10, 1)).isEqualTo(new Lines(1, two.readableBytes() / 2, true));
  }

  @Test
  void a_notice_cannot_be_told() {
    ByteBuf out = Unpooled.buffer();
    Notice notice = new Notice(new Position(1, 1), Notice.Kind.LOST, 0);
    assertThat(JsonMessages.FORMAT.encode(notice, out)).isFalse();
    assertThat(out.isReadable()).isFalse();
  }
}
