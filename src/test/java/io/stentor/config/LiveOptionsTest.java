package io.stentor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.Client;
import io.stentor.support.NodeInProcess;
import io.stentor.support.RawHttp;
import io.stentor.support.RawWebSocket;
import io.stentor.support.Scrape;
import io.stentor.support.Warnings;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose limits, and whose times for WebSockets and for stopping, change while it runs. */
class LiveOptionsTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private NodeInProcess node;

  @AfterEach
  void stop() {
    node.close();
  }

  private void start(JsonObject options) throws IOException {
    node = NodeInProcess.start(options);
  }

  private void reload(JsonObject options) throws IOException {
    node.change(options);
    node.reload();
  }

  private static JsonObject limits(String name, Object value) {
    return new JsonObject().put("limits", new JsonObject().put(name, value));
  }

  private static JsonObject webSocket(int pingSeconds) {
    return new JsonObject()
        .put("webSocket", new JsonObject().put("pingIntervalSeconds", pingSeconds));
  }

  private int rooms() {
    return RawHttp.get(node.port(), "/rooms").status();
  }

  private String room(String name) {
    return RawHttp.get(node.port(), "/rooms/" + name).body();
  }

  private int roomsFor(String address) {
    return RawHttp.exchange(
            node.port(),
            "GET /rooms HTTP/1.1",
            "Host: localhost",
            "Connection: close",
            "X-Forwarded-For: " + address + "\r\n\r\n")
        .status();
  }

  private double hits(String limit) {
    return Scrape.of(node.port()).get("stentor_limits_hit_total{limit=\"" + limit + "\"}");
  }

  @Test
  void a_lower_limit_refuses_who_comes_and_sends_nobody_away_and_a_higher_one_lets_in()
      throws IOException {
    start(new JsonObject());
    try (Client here = Client.connect(node.port(), "/rooms/tea")) {
      here.expectNothingBefore("before");
      reload(limits("connections", 1));
      await().atMost(SOON).until(() -> rooms() == 503);
      assertThat(here.publish("still here").next()).isEqualTo("still here");
      reload(limits("connections", 2));
      await().atMost(SOON).until(() -> rooms() == 200);
    }
  }

  @Test
  void the_rate_of_an_address_that_is_known_already_changes_and_a_dry_run_begins()
      throws IOException {
    start(new JsonObject());
    assertThat(roomsFor("203.0.113.1")).isEqualTo(200);
    reload(limits("messagesPerSecondPerAddress", 1));
    await().atMost(SOON).until(() -> roomsFor("203.0.113.1") == 429);
    JsonObject dry = limits("messagesPerSecondPerAddress", 1);
    dry.getJsonObject("limits").put("dryRun", true);
    reload(dry);
    await().atMost(SOON).until(this::isServedOften);
    double before = hits("messagesPerSecondPerAddress");
    assertThat(isServedOften()).isTrue();
    assertThat(hits("messagesPerSecondPerAddress")).isGreaterThan(before);
  }

  private boolean isServedOften() {
    for (int i = 0; i < 5; i++) {
      if (roomsFor("203.0.113.1") != 200) {
        return false;
      }
    }
    return true;
  }

  @Test
  void a_larger_message_size_applies_to_commands_on_a_new_connection() throws IOException {
    start(new JsonObject());
    reload(new JsonObject().put("roomDefaults", new JsonObject().put("maxMessageBytes", 200_000)));
    await().atMost(SOON).until(() -> room("tea").contains("\"maxMessageBytes\":200000"));
    try (Client client = Client.connect(node.port(), "/connection/websocket")) {
      client.publish("{\"id\":1,\"connect\":{}}").next();
      String data = "x".repeat(150_000);
      client.publish("{\"id\":2,\"publish\":{\"channel\":\"tea\",\"data\":\"" + data + "\"}}");
      assertThat(client.next()).isEqualTo("{\"id\":2,\"publish\":{}}");
    }
  }

  @Test
  void a_proxy_that_is_trusted_no_more_speaks_for_nobody() throws IOException {
    JsonObject one = limits("connectionsPerAddress", 1);
    start(one);
    assertThat(besidesAnother()).isEqualTo(200);
    one.getJsonObject("limits").put("trustedProxies", new JsonArray());
    reload(one);
    await().atMost(SOON).until(() -> besidesAnother() == 429);
  }

  /** What a client behind a proxy is answered while the proxy has another connection. */
  private int besidesAnother() {
    try (RawHttp other = new RawHttp(node.port())) {
      other.send("GET /rooms HTTP/1.1\r\nHost: localhost\r\n\r\n").answer();
      return roomsFor("203.0.113.1");
    }
  }

  @Test
  void who_comes_is_pinged_as_the_options_say_then() throws IOException {
    start(webSocket(0));
    try (RawWebSocket before = RawWebSocket.connect(node.port(), "/rooms/tea")) {
      assertThat(before.sendText("a").nextFrame().text()).isEqualTo("a");
      reload(webSocket(1));
      await().atMost(SOON).until(() -> told().contains("\"ping\":1"));
      try (RawWebSocket after = RawWebSocket.connect(node.port(), "/rooms/tea")) {
        assertThat(after.nextFrameOrPing().opcode()).isEqualTo(RawWebSocket.PING);
      }
      assertThat(before.sendText("b").nextFrameOrPing().text()).isEqualTo("b");
    }
  }

  /** What a client of the Centrifuge protocol is told. */
  private String told() {
    try (RawWebSocket client = RawWebSocket.connect(node.port(), "/connection/websocket")) {
      return client.sendText("{\"id\":1,\"connect\":{}}").nextFrame().text();
    }
  }

  @Test
  void the_durability_of_a_room_changes_with_its_next_message(@TempDir Path data)
      throws IOException {
    start(kept(data, "memory"));
    try (Client client = Client.connect(node.port(), "/rooms/tea")) {
      client.publish("1").expect("1");
      assertThat(metric("stentor_journal_rooms")).isZero();
      reload(kept(data, "synced"));
      awaitRooms(client, 1);
      double flushes = metric("stentor_journal_flush_seconds_count");
      client.publish("flushed").expect("flushed");
      assertThat(metric("stentor_journal_flush_seconds_count")).isGreaterThan(flushes);
      reload(kept(data, "memory"));
      awaitRooms(client, 0);
    }
  }

  private void awaitRooms(Client client, int rooms) {
    await()
        .atMost(SOON)
        .until(
            () -> {
              client.publish("x").expect("x");
              return metric("stentor_journal_rooms") == rooms;
            });
  }

  private double metric(String name) {
    return Scrape.of(node.port()).get(name);
  }

  private static JsonObject kept(Path data, String durability) {
    JsonObject history = new JsonObject().put("durability", durability);
    return new JsonObject()
        .put("dataDir", data.toString())
        .put("roomDefaults", new JsonObject().put("history", history));
  }

  @Test
  void what_listening_sockets_were_given_is_refused_with_all_that_came_with_it()
      throws IOException {
    start(new JsonObject());
    JsonObject changed = limits("headerBytes", 9000);
    changed.getJsonObject("limits").put("connections", 1);
    changed.put("drain", new JsonObject().put("leaveSeconds", 1));
    try (Warnings log = new Warnings();
        Client here = Client.connect(node.port(), "/rooms/tea")) {
      here.expectNothingBefore("before");
      reload(changed);
      await().atMost(SOON).until(() -> !log.lines().isEmpty());
      assertThat(log.lines())
          .containsExactly(
              "the configuration stays as it was: only a restart can change limits.headerBytes;"
                  + " nothing was changed");
      assertThat(rooms()).isEqualTo(200);
    }
  }
}
