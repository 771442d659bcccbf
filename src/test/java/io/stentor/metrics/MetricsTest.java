package io.stentor.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.Client;
import io.stentor.support.EventClient;
import io.stentor.support.HttpRoom;
import io.stentor.support.NodeInProcess;
import io.stentor.support.Ports;
import io.stentor.support.RawHttp;
import io.stentor.support.Scrape;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each metric of a real node moves when its thing happens. */
class MetricsTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static NodeInProcess node;
  private Scrape before;

  @BeforeAll
  static void start() throws IOException {
    node = NodeInProcess.start(new JsonObject());
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @BeforeEach
  void look() {
    before = Scrape.of(node.port());
  }

  @Test
  void a_websocket_that_comes_and_goes() {
    // The rooms of another test count for up to a second after it.
    await().atMost(SOON).until(() -> now("stentor_rooms") == 0);
    look();
    try (Client client = Client.connect(node.port(), "/rooms/come")) {
      moves("stentor_connections{transport=\"websocket\"}", 1);
      moves("stentor_connections_opened_total{transport=\"websocket\"}", 1);
      moves("stentor_rooms", 1);
      client.leave();
    }
    moves("stentor_connections{transport=\"websocket\"}", 0);
  }

  @Test
  void an_event_stream() {
    try (EventClient client = EventClient.connect(node.port(), "/rooms/stream/events")) {
      assertThat(client.joined()).isNotEmpty();
      moves("stentor_connections{transport=\"sse\"}", 1);
      moves("stentor_connections_opened_total{transport=\"sse\"}", 1);
    }
    moves("stentor_connections{transport=\"sse\"}", 0);
  }

  @Test
  void a_long_poll() {
    try (RawHttp poll = new RawHttp(node.port())) {
      poll.send("GET /rooms/poll/messages?wait=30 HTTP/1.1\r\nHost: localhost\r\n\r\n");
      moves("stentor_connections{transport=\"poll\"}", 1);
    }
    moves("stentor_connections{transport=\"poll\"}", 0);
    moves("stentor_connections_opened_total{transport=\"poll\"}", 1);
  }

  @Test
  void a_message_to_two() {
    try (Client one = Client.connect(node.port(), "/rooms/two");
        Client two = Client.connect(node.port(), "/rooms/two")) {
      one.publish("a").expect("a");
      two.expect("a");
      one.publish("four").expect("four");
      two.expect("four");
    }
    moves("stentor_published_total", 2);
    moves("stentor_published_bytes_total", 5);
    moves("stentor_delivered_total", 4);
    moves("stentor_delivered_bytes_total", 2 * (5 + 4));
    moves("stentor_append_time_seconds_count", 2);
    moves("stentor_append_batch_messages_count", 2);
    moves("stentor_append_batch_messages_sum", 2);
    await().atMost(SOON).until(() -> moved("stentor_delivery_latency_seconds_count") >= 2);
    assertThat(moved("stentor_delivery_latency_seconds_sum")).isBetween(0.0, 60.0);
  }

  @Test
  void a_connection_closed_for_what_it_sent() {
    try (Client client = Client.connect(node.port(), "/rooms/bad")) {
      client.sendBinary(new byte[] {1}).expectClosed(1003);
    }
    moves("stentor_connections_closed_total{code=\"1003\"}", 1);
  }

  @Test
  void a_resumed_connection_and_one_that_cannot_be() {
    try (Client client = Client.connect(node.port(), "/rooms/again?since=1:5", "stentor.cursor")) {
      String position = new JsonObject(client.next()).getString("position");
      moves("stentor_recoveries_total{outcome=\"impossible\"}", 1);
      Client.connect(node.port(), "/rooms/again?since=" + position, "stentor.cursor").close();
    }
    moves("stentor_recoveries_total{outcome=\"ok\"}", 1);
  }

  @Test
  void a_key_used_for_another_message_is_refused() {
    assertThat(post("one").status()).isEqualTo(201);
    assertThat(post("two").status()).isEqualTo(422);
    moves("stentor_refused_total", 1);
    moves("stentor_problems_total{type=\"idempotency-conflict\"}", 1);
  }

  private static RawHttp.Answer post(String text) {
    return RawHttp.exchange(
        node.port(),
        "POST /rooms/key/messages HTTP/1.1",
        "Host: localhost",
        "Connection: close",
        "Content-Type: text/plain",
        "Idempotency-Key: \"k\"",
        "Content-Length: 3\r\n\r\n" + text);
  }

  @Test
  void a_path_that_is_not_there() {
    RawHttp.get(node.port(), "/rooms/a/b/c");
    moves("stentor_problems_total{type=\"not-found\"}", 1);
  }

  @Test
  void the_node_itself() {
    await().atMost(SOON).until(() -> now("stentor_bus_probes_heard_total{from=\"self\"}") >= 1);
    assertThat(now("stentor_bus_probes_sent_total")).isPositive();
    assertThat(now("stentor_bus_silent_nodes")).isZero();
    assertThat(now("stentor_cluster_nodes")).isEqualTo(1);
    assertThat(now("stentor_cluster_safe")).isEqualTo(1);
    assertThat(now("stentor_cluster_majority")).isEqualTo(1);
    assertThat(now("stentor_health{check=\"serving\"}")).isEqualTo(1);
    assertThat(now("stentor_health{check=\"eventBus\"}")).isEqualTo(1);
    assertThat(now("stentor_event_loop_lag_seconds")).isBetween(0.0, 60.0);
    assertThat(now("stentor_direct_memory_bytes")).isPositive();
    assertThat(now("jvm_threads_live_threads")).isPositive();
  }

  @Test
  void the_data_directory(@TempDir Path data) throws IOException {
    JsonObject options =
        new JsonObject()
            .put("dataDir", data.toString())
            .put("roomDefaults", room(new JsonObject().put("durability", "synced")));
    try (NodeInProcess other = NodeInProcess.start(options);
        Client client = Client.connect(other.port(), "/rooms/kept")) {
      client.publish("x").expect("x");
      Scrape first = Scrape.of(other.port());
      assertThat(first.get("stentor_journal_records_total")).isPositive();
      assertThat(first.get("stentor_journal_groups_total")).isPositive();
      assertThat(first.get("stentor_journal_flush_seconds_count")).isPositive();
      assertThat(first.get("stentor_journal_flush_seconds_sum")).isPositive();
      assertThat(first.get("stentor_journal_rooms")).isEqualTo(1);
      assertThat(first.get("stentor_journal_segments")).isEqualTo(1);
      assertThat(first.get("stentor_journal_bytes")).isEqualTo(sizeOfLogs(data));
      assertThat(first.get("stentor_journal_accepts")).isEqualTo(1);
      assertThat(first.get("stentor_journal_problems_total")).isZero();
      assertThat(first.get("stentor_journal_damaged")).isZero();
      assertThat(first.get("stentor_journal_replay_seconds")).isBetween(0.0, 60.0);
      assertThat(first.get("stentor_queued_bytes{queue=\"disk\"}")).isZero();
      assertThat(first.get("stentor_health{check=\"dataDirectory\"}")).isEqualTo(1);
    }
  }

  private static JsonObject room(JsonObject history) {
    return new JsonObject().put("history", history);
  }

  private static double sizeOfLogs(Path data) throws IOException {
    return Files.size(data.resolve("journal-00000001.log"));
  }

  @Test
  void a_directory_that_is_removed_makes_the_node_unready_until_it_can_be_written_again(
      @TempDir Path parent) throws IOException {
    Path data = parent.resolve("data");
    try (NodeInProcess other =
            NodeInProcess.start(new JsonObject().put("dataDir", data.toString()));
        Client client = Client.connect(other.port(), "/rooms/kept")) {
      client.publish("x").expect("x");
      Files.move(data, parent.resolve("away"));
      Files.createFile(data); // so that the directory cannot be created again
      client.publish("waits");
      await().atMost(SOON).until(() -> Scrape.of(other.port()).get("stentor_journal_accepts") == 0);
      HttpRoom.Answer refused = HttpRoom.at(other.port(), "kept").publish("refused");
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.problem()).isEqualTo("data-directory");
      await().atMost(SOON).until(() -> RawHttp.get(other.port(), "/health/ready").status() == 503);
      Files.delete(data);
      await().atMost(SOON).until(() -> RawHttp.get(other.port(), "/health/ready").status() == 200);
      client.expect("waits");
      assertThat(Scrape.of(other.port()).get("stentor_journal_problems_total")).isEqualTo(1);
      assertThat(HttpRoom.at(other.port(), "kept").publish("accepted").status()).isEqualTo(201);
    }
    try (NodeInProcess again =
        NodeInProcess.start(new JsonObject().put("dataDir", data.toString()))) {
      assertThat(HttpRoom.at(again.port(), "kept").read("").contents())
          .containsExactly("x", "waits", "accepted");
    }
  }

  @Test
  void they_have_a_port_of_their_own_where_that_is_configured() throws IOException {
    int port = Ports.free();
    JsonObject options =
        new JsonObject().put("metrics", new JsonObject().put("enabled", true).put("port", port));
    try (NodeInProcess other = NodeInProcess.start(options)) {
      assertThat(Scrape.of(port).get("stentor_cluster_nodes")).isEqualTo(1);
      assertThat(RawHttp.get(port, "/health/ready").status()).isEqualTo(200);
      assertThat(RawHttp.get(port, "/rooms").status()).isEqualTo(404);
      assertThat(RawHttp.get(other.port(), "/metrics").status()).isEqualTo(404);
      assertThat(RawHttp.get(other.port(), "/health/ready").status()).isEqualTo(200);
    }
  }

  @Test
  void they_can_be_turned_off() throws IOException {
    JsonObject off = new JsonObject().put("metrics", new JsonObject().put("enabled", false));
    try (NodeInProcess other = NodeInProcess.start(off);
        Client client = Client.connect(other.port(), "/rooms/off")) {
      client.publish("x").expect("x");
      assertThat(RawHttp.get(other.port(), "/metrics").status()).isEqualTo(404);
      assertThat(RawHttp.get(other.port(), "/health/ready").status()).isEqualTo(200);
    }
  }

  /** Awaits that it is so much more than before the test. */
  private void moves(String name, double by) {
    await(name).atMost(SOON).untilAsserted(() -> assertThat(moved(name)).isEqualTo(by));
  }

  private double moved(String name) {
    return now(name) - before.get(name);
  }

  private static double now(String name) {
    return Scrape.of(node.port()).get(name);
  }
}
