package io.stentor.centrifuge.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.ClusterOfProcesses;
import io.stentor.support.Launch;
import io.stentor.support.LineStream;
import io.stentor.support.NodeProcess;
import io.stentor.support.RawHttp;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands that are posted to another node than the one that has the stream. */
class EmulationClusterIT {
  /** The other node is asked for three seconds. */
  private static final Duration SOON = Duration.ofSeconds(5);

  private ClusterOfProcesses cluster;
  private LineStream stream;
  private JsonObject mailbox;

  @BeforeEach
  void connect() {
    Launch launch =
        Launch.jar("--host", "127.0.0.1")
            .withEnv("STENTOR_WEB_SOCKET_PING_INTERVAL_SECONDS", 0)
            .withEnv("STENTOR_LIMITS_MESSAGES_PER_SECOND_PER_CONNECTION", 1000);
    cluster = ClusterOfProcesses.of(2, launch);
    int port = cluster.node(0).port();
    stream = LineStream.post(port, "/connection/http_stream", "{\"id\":1,\"connect\":{}}");
    mailbox = new JsonObject(stream.next()).getJsonObject("connect");
  }

  @AfterEach
  void stop() {
    stream.close();
    cluster.close();
  }

  private static int post(NodeProcess node, String session, String nodeId, String commands) {
    JsonObject body =
        new JsonObject().put("session", session).put("node", nodeId).put("data", commands);
    String request = LineStream.request("POST", "/emulation", body.encode(), "Connection: close");
    long start = System.nanoTime();
    try (RawHttp http = new RawHttp(node.port())) {
      int status = http.send(request).answer().status();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
      return status;
    }
  }

  private int post(NodeProcess node, String commands) {
    return post(node, mailbox.getString("session"), mailbox.getString("node"), commands);
  }

  private static String publish(int id) {
    return "{\"id\":" + id + ",\"publish\":{\"channel\":\"a\",\"data\":" + id + "}}";
  }

  @Test
  void those_that_come_too_fast_are_refused_on_the_other_node_too() {
    NodeProcess other = cluster.node(1);
    assertThat(post(other, "{}\n".repeat(5000))).isEqualTo(204);
    assertThat(post(other, publish(2))).isEqualTo(429);
    await().atMost(Duration.ofSeconds(20)).until(() -> post(other, publish(3)) == 204);
    assertThat(stream.next()).startsWith("{\"id\":3,\"publish\":");
  }

  @Test
  void they_reach_the_session_in_their_order_and_are_answered_on_the_stream() {
    NodeProcess other = cluster.node(1);
    assertThat(post(other, "{\"id\":2,\"subscribe\":{\"channel\":\"a\"}}")).isEqualTo(204);
    assertThat(stream.next()).startsWith("{\"id\":2,\"subscribe\":{");
    for (int id = 3; id < 53; id++) {
      assertThat(post(id % 2 == 0 ? other : cluster.node(0), publish(id))).isEqualTo(204);
    }
    List<Integer> answers = new ArrayList<>();
    List<Integer> pushes = new ArrayList<>();
    while (answers.size() + pushes.size() < 100) {
      JsonObject object = new JsonObject(stream.next());
      if (object.containsKey("id")) {
        answers.add(object.getInteger("id"));
      } else {
        pushes.add(object.getJsonObject("push").getJsonObject("pub").getInteger("data"));
      }
    }
    assertThat(answers).isEqualTo(pushes).isSorted();
    String guess = mailbox.getString("session").toLowerCase(Locale.ROOT) + "x";
    assertThat(post(other, guess, mailbox.getString("node"), publish(99))).isEqualTo(204);
    assertThat(RawHttp.get(other.port(), "/rooms/a/messages").body()).contains("\"offset\":50,");
  }

  @Test
  void a_node_that_was_killed_is_a_404_soon() {
    NodeProcess other = cluster.node(1);
    assertThat(post(other, "{}")).isEqualTo(204);
    cluster.node(0).kill9();
    assertThat(post(other, publish(2))).isIn(404, 503);
    await().atMost(Duration.ofSeconds(20)).until(() -> post(other, publish(3)) == 404);
  }

  @Test
  void a_node_that_does_not_answer_is_a_503_soon() {
    NodeProcess other = cluster.node(1);
    assertThat(post(other, "{}")).isEqualTo(204);
    cluster.node(0).freeze();
    assertThat(post(other, publish(2))).isIn(404, 503);
    cluster.node(0).thaw();
  }
}
