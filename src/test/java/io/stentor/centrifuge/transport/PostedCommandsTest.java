package io.stentor.centrifuge.transport;

import static io.stentor.support.PostingClient.body;
import static io.stentor.support.PostingClient.command;
import static io.stentor.support.PostingClient.post;
import static io.stentor.support.PostingClient.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.LineStream;
import io.stentor.support.NodeInProcess;
import io.stentor.support.PostingClient;
import io.stentor.support.RawHttp;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands that are posted, on raw sockets. */
class PostedCommandsTest {
  private static final String LINES = "/connection/http_stream";
  private static final String CONNECT = "{\"id\":1,\"connect\":{}}";
  private static NodeInProcess node;

  @BeforeAll
  static void start() throws IOException {
    JsonObject noPings = new JsonObject().put("pingIntervalSeconds", 0);
    node = NodeInProcess.start(new JsonObject().put("webSocket", noPings));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static PostingClient connected(String path) {
    return new PostingClient(node.port(), path);
  }

  private static String room(String name) {
    return "{\"channel\":\"" + name + "\"}";
  }

  @Test
  void what_is_posted_while_other_posts_are_under_way_is_done_in_the_order_of_arrival() {
    int count = 300;
    try (PostingClient client = connected(LINES);
        RawHttp http = new RawHttp(node.port())) {
      client.subscribe(2, "order:a");
      StringBuilder all = new StringBuilder();
      for (int i = 1; i <= count; i++) {
        String post = body(client.session(), client.node(), publish(i + 2, "order:a", "" + i));
        all.append(LineStream.request("POST", "/emulation", post));
      }
      http.send(all.toString());
      List<Integer> offsets = new ArrayList<>();
      List<Integer> said = new ArrayList<>();
      while (offsets.size() < count) {
        JsonObject pub = new JsonObject(client.next()).getJsonObject("push", new JsonObject());
        if (pub.containsKey("pub")) {
          offsets.add(pub.getJsonObject("pub").getInteger("offset"));
          said.add(pub.getJsonObject("pub").getInteger("data"));
        }
      }
      assertThat(said).isEqualTo(offsets).isSorted().hasSize(count);
    }
  }

  @Test
  void a_command_that_ends_the_connection_ends_the_stream_and_later_ones_do_nothing() {
    try (PostingClient client = connected(LINES)) {
      client.send("{\"send\":{\"data\":1}}", publish(3, "later:a", "1"));
      client.stream().expectDisconnect(3508);
      client.send(publish(4, "later:a", "1"));
      assertThat(RawHttp.get(node.port(), "/rooms/later:a/messages").body())
          .contains("\"offset\":0");
    }
  }

  @Test
  void a_node_that_does_not_exist_is_a_404_and_a_session_that_does_not_exist_is_not() {
    try (PostingClient client = connected(LINES);
        PostingClient other = connected(LINES)) {
      String publish = publish(2, "guess:a", "1");
      String nobody = "000000-0000000000000000";
      for (String gone : List.of(nobody, "x", "*", client.node().toUpperCase(Locale.ROOT))) {
        RawHttp.Answer answer = post(node.port(), body(client.session(), gone, publish));
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body()).contains("connect again");
      }
      for (String guess : List.of("x", client.session().substring(1), client.session() + "A")) {
        assertThat(post(node.port(), body(guess, client.node(), publish)).status()).isEqualTo(204);
      }
      other.send(command(2, "presence_stats", room("guess:a")));
      assertThat(other.next()).startsWith("{\"id\":2,\"presence_stats\"");
      client.send(command(9, "presence_stats", room("guess:a")));
      assertThat(client.next()).startsWith("{\"id\":9,\"presence_stats\"");
      assertThat(RawHttp.get(node.port(), "/rooms/guess:a/messages").body())
          .contains("\"offset\":0");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|session is missing",
        "{\"session\":\"a\"}|node is missing",
        "{\"session\":\"a\",\"node\":\"b\",\"data\":\"\"}|data is missing",
        "{\"session\":\"a\",\"node\":\"b\",\"data\":{}}|a value has the wrong type",
        "{\"session\":1,\"node\":\"b\",\"data\":\"{}\"}|a value has the wrong type",
        "[]|a JSON object was expected",
        "''|a JSON object was expected",
        "{|this is no JSON",
      })
  void a_post_that_is_none_is_refused(String body, String why) {
    RawHttp.Answer answer = post(node.port(), body);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("with three strings").contains(why);
  }

  @Test
  void what_is_too_long_is_refused_and_the_session_goes_on() {
    try (PostingClient client = connected(LINES)) {
      String filler = "x".repeat(65_537);
      String escaped = "\u0001".repeat(30_000);
      for (String data : List.of(filler, filler + filler, escaped)) {
        RawHttp.Answer answer = post(node.port(), body(client.session(), client.node(), data));
        assertThat(answer.status()).isEqualTo(413);
      }
      client.send(command(2, "presence_stats", room("a")));
      assertThat(client.next()).startsWith("{\"id\":2,");
    }
    String tooLong = LineStream.request("POST", LINES, CONNECT + " ".repeat(70_000));
    assertThat(PostingClient.exchange(node.port(), tooLong).status()).isEqualTo(413);
  }
}
