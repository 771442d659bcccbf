package io.stentor.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.Headers;
import io.stentor.support.Client;
import io.stentor.support.EventClient;
import io.stentor.support.FakeNode;
import io.stentor.support.HttpRoom;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.RawHttp;
import io.stentor.support.ReverseProxy;
import io.stentor.support.TlsTunnel;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What has to go through a proxy with its shipped configuration, and what must not. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ProxyContract {
  private static final String SECRET = "not-to-be-seen";
  private static final Duration SOON = Duration.ofSeconds(10);

  private NodeProcess node;
  private ReverseProxy proxy;
  private TlsTunnel tunnel;
  private int port;

  /** Starts the proxy in front of these nodes. */
  abstract ReverseProxy start(int... nodes);

  @BeforeAll
  void startAll() {
    node = NodeProcess.start(Launch.server());
    proxy = start(node.port(), node.port());
    tunnel = new TlsTunnel(proxy.port(), "127.0.0.1");
    port = tunnel.port();
  }

  @AfterAll
  void stopAll() {
    if (tunnel != null) {
      tunnel.close();
      proxy.close();
    }
    node.close();
  }

  /**
   * Who answers twelve requests, each on a connection of its own; each must be answered with 200.
   */
  static Set<String> whoAnswers(int port) {
    Set<String> names = new TreeSet<>();
    for (int i = 0; i < 12; i++) {
      RawHttp.Answer answer = RawHttp.get(port, "/");
      assertThat(answer.status()).isEqualTo(200);
      names.add(answer.body());
    }
    return names;
  }

  @Test
  void a_websocket_gets_through_with_its_sub_protocol_and_its_close_code() {
    try (Client ann = Client.connect(port, "/rooms/proxied?last=1", "stentor.cursor");
        Client bob = Client.connect(port, "/rooms/proxied")) {
      assertThat(ann.subprotocol()).isEqualTo("stentor.cursor");
      ann.next();
      bob.publish("你好").expect("你好");
      assertThat(ann.next()).endsWith("\n你好");
      bob.sendBinary(new byte[] {1}).expectClosed(1003);
    }
  }

  @Test
  void the_first_events_arrive_while_the_stream_is_open() {
    try (EventClient stream = EventClient.connect(port, "/rooms/streamed/events")) {
      stream.joined();
      for (String text : List.of("one", "two", "three")) {
        assertThat(HttpRoom.at(port, "streamed").publish(text).status()).isEqualTo(201);
        stream.expectMessages(text);
      }
    }
  }

  @Test
  void a_long_poll_is_answered_by_the_message_that_it_waits_for() {
    HttpRoom room = HttpRoom.at(port, "polled");
    String since = room.read("").position();
    CompletableFuture<HttpRoom.Answer> waiting = room.readLater("?wait=60&since=" + since);
    assertThat(HttpRoom.at(port, "polled").publish("now").status()).isEqualTo(201);
    assertThat(waiting.join().contents()).containsExactly("now");
  }

  @Test
  void the_largest_batch_gets_through() {
    String text = "x".repeat(60_000);
    String messages =
        String.join(",", Collections.nCopies(17, "{\"room\":\"b\",\"text\":\"" + text + "\"}"));
    String body = "{\"messages\":[" + messages + "]}";
    assertThat(body.length()).isBetween(1_000_000, 1024 * 1024);
    assertThat(HttpRoom.at(port, "b").publishBatch(body).status()).isEqualTo(200);
  }

  @Test
  void http_2_is_spoken_outside() throws Exception {
    HttpClient client = HttpClient.newBuilder().sslContext(TlsTunnel.trustingEverybody()).build();
    URI address = URI.create("https://localhost:" + proxy.port() + "/rooms/h2");
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(address).timeout(SOON).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(answer.statusCode()).isEqualTo(200);
  }

  @Test
  void plain_http_is_sent_to_https() {
    RawHttp.Answer answer =
        RawHttp.exchange(
            proxy.plainPort(),
            "GET /rooms/a?b=c HTTP/1.1",
            "Host: chat.example",
            "Connection: close");
    assertThat(answer.status()).isEqualTo(301);
    assertThat(answer.header("location")).isEqualTo("https://chat.example/rooms/a?b=c");
  }

  @Test
  void metrics_and_health_are_not_for_everybody() {
    for (String path : List.of("/metrics", "/health/live", "/health/ready")) {
      RawHttp.Answer answer = RawHttp.get(port, path);
      assertThat(answer.status()).as(path).isEqualTo(404);
      assertThat(answer.body()).doesNotContain("urn:stentor:problem");
    }
  }

  @Test
  void the_log_has_paths_and_no_queries() {
    RawHttp.get(port, "/rooms/logged/messages?token=" + SECRET);
    proxy.log().await("/rooms/logged/messages", SOON);
    assertThat(proxy.log().toString()).doesNotContain(SECRET);
  }

  @Test
  void a_node_is_told_the_address_of_the_client_and_nothing_that_the_client_made_up() {
    try (FakeNode fake = new FakeNode("fake");
        ReverseProxy other = start(fake.port(), fake.port());
        TlsTunnel from = new TlsTunnel(other.port(), "127.0.0.7")) {
      RawHttp.exchange(
          from.port(),
          "GET / HTTP/1.1",
          "Host: chat.example",
          "X-Forwarded-For: 192.0.2.1",
          "X-Forwarded-Proto: gopher",
          "Forwarded: for=192.0.2.1",
          "Connection: close");
      assertThat(fake.requests()).hasSize(1);
      Headers headers = fake.requests().get(0);
      assertThat(headers.get("X-Forwarded-For")).containsExactly("127.0.0.7");
      assertThat(headers.get("X-Forwarded-Proto")).containsExactly("https");
      assertThat(headers.get("Forwarded")).isNull();
      assertThat(headers.get("Host")).containsExactly("chat.example");
    }
  }

  @Test
  void a_node_that_refuses_because_it_stops_is_passed_over_and_so_is_one_that_is_gone() {
    try (FakeNode stopping = new FakeNode("stopping");
        FakeNode other = new FakeNode("other");
        ReverseProxy two = start(stopping.port(), other.port());
        TlsTunnel from = new TlsTunnel(two.port(), "127.0.0.1")) {
      assertThat(whoAnswers(from.port())).isEqualTo(Set.of("stopping", "other"));
      stopping.setRefusing(true);
      assertThat(whoAnswers(from.port())).isEqualTo(Set.of("other"));
      stopping.setRefusing(false);
      await().atMost(SOON).until(() -> whoAnswers(from.port()).contains("stopping"));
      stopping.leave();
      assertThat(whoAnswers(from.port())).isEqualTo(Set.of("other"));
    }
  }

  @Test
  void a_message_that_was_sent_is_not_sent_again_by_the_proxy() {
    try (FakeNode one = new FakeNode("one");
        FakeNode two = new FakeNode("two");
        ReverseProxy both = start(one.port(), two.port());
        TlsTunnel from = new TlsTunnel(both.port(), "127.0.0.1")) {
      one.setRefusing(true);
      two.setRefusing(true);
      assertThat(HttpRoom.at(from.port(), "r").publish("once").status()).isEqualTo(503);
      assertThat(one.requests().size() + two.requests().size()).isEqualTo(1);
    }
  }
}
