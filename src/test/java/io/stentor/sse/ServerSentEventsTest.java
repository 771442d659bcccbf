package io.stentor.sse;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.stentor.message.Attributes;
import io.stentor.message.CloseReason;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.Publication.Kind;
import io.stentor.message.RoomName;
import io.stentor.room.Cursor.Notice;
import io.stentor.support.EventParser;
import io.stentor.support.EventParser.Event;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerSentEventsTest {
  private static final ServerSentEvents CHUNKED = ServerSentEvents.CHUNKED;
  private static final ServerSentEvents UNFRAMED = ServerSentEvents.UNFRAMED;

  private static String written(Consumer<ByteBuf> writer) {
    ByteBuf out = Unpooled.buffer();
    writer.accept(out);
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String written(ServerSentEvents format, String text, long epoch, long offset) {
    Publication publication = Publication.text(text, 0);
    return written(out -> format.encode(RoomName.LOBBY, publication, epoch, offset, out));
  }

  /** The one event of a stream. */
  private static Event parsed(String stream) {
    EventParser parser = new EventParser().feed(stream);
    Event event = parser.poll();
    assertThat(event).as(stream).isNotNull();
    assertThat(parser.poll()).isNull();
    return event;
  }

  /** The content of the one chunk. */
  private static String unchunked(String chunk) {
    int line = chunk.indexOf("\r\n");
    byte[] rest = chunk.substring(line + 2).getBytes(StandardCharsets.UTF_8);
    int size = Integer.parseInt(chunk.substring(0, line), 16);
    assertThat(rest).hasSize(size + 2).endsWith('\r', '\n');
    return new String(rest, 0, size, StandardCharsets.UTF_8);
  }

  @Test
  void an_event_is_an_id_and_the_data() {
    assertThat(written(UNFRAMED, "hello", 36, 42)).isEqualTo("id: 10:42\ndata: hello\n\n");
  }

  @Test
  void a_chunk_is_the_size_of_the_event_the_event_and_a_line_end() {
    assertThat(written(CHUNKED, "hello", 36, 42)).isEqualTo("17\r\nid: 10:42\ndata: hello\n\n\r\n");
  }

  @Test
  void without_a_log_there_is_no_id() {
    assertThat(written(UNFRAMED, "hello", 0, 0)).isEqualTo("data: hello\n\n");
  }

  @ParameterizedTest
  @CsvSource({
    "a\\nb, a|b",
    "a\\rb, a|b",
    "a\\r\\nb, a|b",
    "a\\n\\rb, a||b",
    "a\\n, a|",
    "\\ra, |a",
    "\\r\\n\\r\\n, ||"
  })
  void each_line_break_begins_a_line_of_data(String text, String lines) {
    String unescaped = text.replace("\\n", "\n").replace("\\r", "\r");
    String expected = "data: " + String.join("\ndata: ", List.of(lines.split("\\|", -1))) + "\n\n";
    assertThat(written(UNFRAMED, unescaped, 0, 0)).isEqualTo(expected);
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<Character> telling =
        Arbitraries.of('\n', '\r', ' ', ':', 'a', '\0', '\uFEFF', '\u2028', '\u0085', 'é', '聊');
    return Arbitraries.oneOf(
            telling.list().map(ServerSentEventsTest::joined), Arbitraries.strings())
        .filter(text -> StandardCharsets.UTF_8.newEncoder().canEncode(text));
  }

  private static String joined(List<Character> characters) {
    StringBuilder text = new StringBuilder();
    characters.forEach(text::append);
    return text.toString();
  }

  @Property
  void any_text_comes_out_of_a_parser_as_it_went_in_but_for_the_kind_of_its_line_breaks(
      @ForAll("texts") String text) {
    String event = written(UNFRAMED, text, 1, 7);
    String expected = text.replace("\r\n", "\n").replace('\r', '\n');
    assertThat(parsed(event)).isEqualTo(new Event("message", expected, "1:7"));
    assertThat(unchunked(written(CHUNKED, text, 1, 7))).isEqualTo(event);
  }

  @Property
  void a_json_string_comes_out_as_its_value_and_other_json_as_its_source(
      @ForAll("texts") String text) {
    String expected = text.replace("\r\n", "\n").replace('\r', '\n');
    assertThat(parsed(json(Json.encode(text))).data()).isEqualTo(expected);
    String object = new JsonObject().put("a", text).encode();
    assertThat(parsed(json(object)).data()).isEqualTo(object);
  }

  private static String json(String source) {
    byte[] data = source.getBytes(StandardCharsets.UTF_8);
    Publication publication = Publication.stored(Kind.JSON, data, 0, null, null, Attributes.NONE);
    return written(out -> UNFRAMED.encode(RoomName.LOBBY, publication, 1, 7, out));
  }

  @Property
  void an_event_of_one_line_is_not_larger_than_announced(@ForAll("texts") String text) {
    Publication publication = Publication.text(text.replaceAll("[\r\n]", ""), 0);
    ByteBuf out = Unpooled.buffer();
    CHUNKED.encode(RoomName.LOBBY, publication, Position.EPOCH_LIMIT - 1, Long.MAX_VALUE, out);
    assertThat(out.readableBytes())
        .isLessThanOrEqualTo(CHUNKED.sizeLimit(RoomName.LOBBY, publication));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "JOINED|0|{\"position\":\"10:42\"}",
        "RECOVERED|0|{\"position\":\"10:42\",\"recovered\":true}",
        "LOST|0|{\"position\":\"10:42\",\"recovered\":false}",
        "SKIPPED|18|{\"position\":\"10:42\",\"skipped\":18}",
      })
  void a_notice_is_an_event_of_its_own_with_the_position_as_its_id(
      Notice.Kind kind, long skipped, String data) {
    Notice notice = new Notice(new Position(36, 42), kind, skipped);
    String event = written(out -> assertThat(UNFRAMED.encode(notice, out)).isTrue());
    assertThat(parsed(event)).isEqualTo(new Event("position", data, "10:42"));
    assertThat(unchunked(written(out -> CHUNKED.encode(notice, out)))).isEqualTo(event);
  }

  @Test
  void the_last_event_says_why_and_when_to_come_back() {
    String event = written(out -> UNFRAMED.encodeClose(CloseReason.SHUTDOWN, 1500, out));
    String data = "{\"code\":3001,\"reason\":\"shutdown\"}";
    assertThat(event).isEqualTo("event: close\nretry: 1500\ndata: " + data + "\n\n");
    String chunks = written(out -> CHUNKED.encodeClose(CloseReason.SHUTDOWN, 1500, out));
    assertThat(unchunked(chunks)).isEqualTo(event);
  }

  @Test
  void a_close_without_a_wait_leaves_the_client_its_own() {
    String event = written(out -> UNFRAMED.encodeClose(CloseReason.SLOW, 0, out));
    assertThat(event).isEqualTo("event: close\ndata: {\"code\":3008,\"reason\":\"slow\"}\n\n");
  }

  @Test
  void comments_and_waits_are_single_lines_that_end_no_block() {
    String both =
        written(
            out -> {
              UNFRAMED.encodeComment(out);
              UNFRAMED.encodeRetry(1234, out);
            });
    EventParser parser = new EventParser().feed(both);
    assertThat(parser.poll()).isNull();
    assertThat(parser.comments()).isEqualTo(1);
    assertThat(parser.retryMillis()).isEqualTo(1234);
    assertThat(both).isEqualTo(":\nretry: 1234\n");
    assertThat(unchunked(written(CHUNKED::encodeComment))).isEqualTo(":\n");
  }
}
