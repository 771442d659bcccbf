package io.stentor.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.identity.ApiKeys;
import io.stentor.identity.Signer;
import io.stentor.support.Api;
import io.stentor.support.LineStream;
import io.stentor.support.NodeInProcess;
import io.stentor.support.RawWebSocket;
import io.stentor.support.Scrape;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The limits on rooms, on the ways into a room that no request names alone: with connect, by a
 * token, by a server. {@link MessageLimitsTest} goes the others.
 */
class RoomLimitsTest {
  private static final String SECRET = "a secret that nobody can guess";
  private static final String KEY = ApiKeys.generate();

  /** More rooms than either limit allows; the first of them is held. */
  private static final String SUBS = "{\"subs\":{\"held\":{},\"one\":{},\"two\":{},\"three\":{}}}";

  private static final String ONE = "{\"subs\":{\"one\":{\"recover\":true,\"epoch\":\"x\"}}}";

  private NodeInProcess node;

  private void start(String limit, int value) throws IOException {
    JsonObject identity =
        new JsonObject()
            .put("tokens", new JsonObject().put("hmacSecret", SECRET))
            .put(
                "apiKeys",
                new JsonArray()
                    .add(new JsonObject().put("name", "shop").put("sha256", ApiKeys.hash(KEY))));
    node =
        NodeInProcess.start(
            new JsonObject()
                .put("identity", identity)
                .put("limits", new JsonObject().put(limit, value)));
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private static String token(String... rooms) {
    JsonObject subs = new JsonObject();
    for (String room : rooms) {
      subs.put(room, new JsonObject());
    }
    JsonObject claims = new JsonObject().put("sub", "ann").put("subs", subs);
    claims.put("exp", Instant.now().getEpochSecond() + 600);
    return Signer.secret("HS256", SECRET).sign(claims);
  }

  private static String connect(String token) {
    return "{\"id\":1,\"connect\":{\"token\":\"" + token + "\"}}";
  }

  private static String query(String path, String connect) {
    return path + "?cf_connect=" + URLEncoder.encode(connect, StandardCharsets.UTF_8);
  }

  private RawWebSocket socket(String first) {
    RawWebSocket client = RawWebSocket.connect(node.port(), "/connection/websocket");
    client.sendText(first);
    return client;
  }

  private double figure(String name) {
    return Scrape.of(node.port()).get(name);
  }

  @Test
  void no_way_of_connecting_enters_more_rooms_than_the_node_may_have() throws IOException {
    start("rooms", 1);
    try (RawWebSocket first = RawWebSocket.connect(node.port(), "/rooms/held");
        RawWebSocket client = socket(connect(token("held")));
        RawWebSocket refused = socket(connect(token("one")));
        RawWebSocket listening =
            RawWebSocket.connect(node.port(), query("/connection/uni_websocket", ONE));
        LineStream events = LineStream.ask(node.port(), query("/connection/uni_sse", ONE));
        LineStream posted = LineStream.post(node.port(), "/connection/uni_sse", SUBS);
        LineStream lines = LineStream.post(node.port(), "/connection/uni_http_stream", SUBS);
        LineStream stream =
            LineStream.post(node.port(), "/connection/http_stream", connect(token("one")))) {
      assertThat(client.nextFrame().text()).contains("\"subs\":{\"held\":{");
      assertTemporary(refused.nextFrame().text());
      assertThat(listening.expectClosed(3013)).contains("rooms");
      events.expectDisconnect(3013);
      posted.expectDisconnect(3013);
      lines.expectDisconnect(3013);
      assertTemporary(stream.next());
      String answer = Api.at(node.port(), KEY).call("subscribe", order("one")).body();
      assertThat(answer).contains("\"code\":106", "1 rooms");
      assertThat(Api.at(node.port(), KEY).call("subscribe", order("held")).body())
          .isEqualTo("{\"result\":{}}");
      assertThat(first.sendText("x").nextFrame().text()).isEqualTo("x");
    }
    assertThat(figure("stentor_limits_hit_total{limit=\"rooms\"}")).isGreaterThanOrEqualTo(7);
  }

  private static String order(String room) {
    return "{\"user\":\"ann\",\"channel\":\"" + room + "\"}";
  }

  private static void assertTemporary(String refusal) {
    assertThat(refusal).contains("\"code\":106", "1 rooms", "\"temporary\":true");
  }

  @Test
  void no_way_of_connecting_enters_more_rooms_than_a_connection_may_have() throws IOException {
    start("roomsPerConnection", 1);
    try (RawWebSocket client = socket(connect(token("held")));
        RawWebSocket refused = socket(connect(token("held", "one")));
        RawWebSocket listening = RawWebSocket.connect(node.port(), "/connection/uni_websocket");
        LineStream events = LineStream.ask(node.port(), query("/connection/uni_sse", SUBS));
        LineStream posted = LineStream.post(node.port(), "/connection/uni_sse", SUBS);
        LineStream lines = LineStream.post(node.port(), "/connection/uni_http_stream", SUBS)) {
      assertThat(client.nextFrame().text()).contains("\"subs\":{\"held\":{");
      assertThat(refused.nextFrame().text()).contains("\"code\":106", "at most 1 subscriptions");
      listening.sendText(SUBS).expectClosed(3505);
      events.expectDisconnect(3505);
      posted.expectDisconnect(3505);
      lines.expectDisconnect(3505);
      String answer = Api.at(node.port(), KEY).call("subscribe", order("one")).body();
      assertThat(answer).contains("\"code\":106", "at most 1 subscriptions");
    }
    assertThat(figure("stentor_limits_hit_total{limit=\"roomsPerConnection\"}")).isEqualTo(6);
    assertThat(figure("stentor_rooms")).isLessThanOrEqualTo(1);
  }
}
