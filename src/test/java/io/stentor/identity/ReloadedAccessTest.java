package io.stentor.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.EventClient;
import io.stentor.support.NodeInProcess;
import io.stentor.support.RawHttp;
import io.stentor.support.RawWebSocket;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of connections that are open when the rules change. */
class ReloadedAccessTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String SECRET = "a secret of more than thirty-two bytes";
  private static final String CENTRIFUGE = "/connection/websocket";

  private NodeInProcess node;

  @AfterEach
  void stop() {
    node.close();
  }

  private void start(String options) throws IOException {
    node = NodeInProcess.start(json(options));
  }

  private void reload(String options) throws IOException {
    node.change(json(options));
    node.reload();
  }

  private static JsonObject json(String text) {
    return new JsonObject(text.replace('\'', '"'));
  }

  private RawWebSocket subscribed() {
    RawWebSocket client = RawWebSocket.connect(node.port(), CENTRIFUGE);
    client.sendText("{\"id\":1,\"connect\":{}}").nextFrame();
    client.sendText("{\"id\":2,\"subscribe\":{\"channel\":\"tea\",\"join_leave\":true}}");
    assertThat(skipTo(client, "\"id\":2")).contains("\"subscribe\"");
    return client;
  }

  private static String skipTo(RawWebSocket client, String part) {
    String text = client.nextFrame().text();
    while (!text.contains(part)) {
      text = client.nextFrame().text();
    }
    return text;
  }

  @Test
  void who_may_no_longer_listen_is_sent_away_on_every_transport() throws IOException {
    start("{}");
    try (RawWebSocket socket = RawWebSocket.connect(node.port(), "/rooms/tea");
        RawWebSocket other = RawWebSocket.connect(node.port(), "/rooms/coffee");
        EventClient events = EventClient.connect(node.port(), "/rooms/tea/events");
        RawHttp poll = new RawHttp(node.port());
        RawWebSocket client = subscribed()) {
      poll.send("GET /rooms/tea/messages?wait=60 HTTP/1.1\r\nHost: localhost\r\n\r\n");
      reload("{'rooms':[{'match':'tea','subscribe':'authenticated'}]}");
      assertThat(socket.expectClosed(3507)).startsWith("permission denied");
      assertThat(events.skipTo("close").data()).contains("3507");
      assertThat(poll.answer().status()).isEqualTo(401);
      assertThat(skipTo(client, "unsubscribe")).contains("\"code\":2000", "permission denied");
      client.sendText("{\"id\":3,\"subscribe\":{\"channel\":\"tea\"}}");
      assertThat(skipTo(client, "\"id\":3")).contains("103");
      assertThat(other.sendText("still here").nextFrame().text()).isEqualTo("still here");
    }
  }

  @Test
  void who_may_no_longer_see_the_members_is_told_of_none() throws IOException {
    start("{}");
    try (EventClient events = EventClient.connect(node.port(), "/rooms/tea/events?members=true");
        EventClient plain = EventClient.connect(node.port(), "/rooms/tea/events");
        RawWebSocket client = subscribed()) {
      reload("{'roomDefaults':{'readPresence':'server'}}");
      assertThat(events.skipTo("close").data()).contains("3507");
      assertThat(skipTo(client, "unsubscribe")).contains("\"code\":2500");
      client.sendText("{\"id\":3,\"subscribe\":{\"channel\":\"tea\",\"join_leave\":true}}");
      assertThat(skipTo(client, "\"id\":3")).contains("\"subscribe\"");
      client.sendText("{\"id\":4,\"publish\":{\"channel\":\"tea\",\"data\":\"on\"}}");
      assertThat(plain.skipTo("message").data()).contains("on");
    }
  }

  @Test
  void an_anonymous_client_of_every_protocol_goes_when_none_is_served_any_more()
      throws IOException {
    start("{}");
    try (RawWebSocket socket = RawWebSocket.connect(node.port(), "/rooms/tea");
        EventClient events = EventClient.connect(node.port(), "/rooms/tea/events");
        RawWebSocket client = subscribed()) {
      reload("{'identity':{'anonymous':false}}");
      socket.expectClosed(3507);
      assertThat(events.skipTo("close").data()).contains("3507");
      client.expectClosed(3507);
    }
  }

  @Test
  void tokens_that_ended_while_everything_was_allowed_end_their_connections_afterwards()
      throws IOException {
    String tokens = "'tokens':{'hmacSecret':'" + SECRET + "','leewaySeconds':0}";
    start("{'identity':{'insecure':true," + tokens + "}}");
    long end = System.currentTimeMillis() / 1000 + 2;
    String token =
        Signer.secret("HS256", SECRET).sign(new JsonObject().put("sub", "ann").put("exp", end));
    try (RawWebSocket socket =
        RawWebSocket.connect(node.port(), "/rooms/tea", "Authorization: Bearer " + token)) {
      await().atMost(SOON).until(() -> System.currentTimeMillis() / 1000 > end + 1);
      assertThat(socket.sendText("still here").nextFrame().text()).isEqualTo("still here");
      reload("{'identity':{" + tokens + "}}");
      assertThat(socket.expectClosed(3005)).isEqualTo("connection expired");
    }
  }
}
