package io.stentor.centrifuge.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.identity.ApiKeys;
import io.stentor.support.Api;
import io.stentor.support.Client;
import io.stentor.support.ClusterOfProcesses;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.RawHttp;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Orders of servers are for every node; one of them dies, stands still or refuses. */
class OrdersWithoutANodeIT {
  private static final int DISCONNECTED = 3503;
  private static final Duration SOON = Duration.ofSeconds(30);

  /** Six seconds, and one for a busy machine. */
  private static final Duration ANSWER = Duration.ofSeconds(7);

  /** Less than a question that nobody answers takes, and longer than a busy machine needs. */
  private static final Duration REFUSED = Duration.ofMillis(1400);

  private static final String KEY = ApiKeys.generate();
  private static ClusterOfProcesses cluster;
  private static Api api;

  private final String room = "orders:" + UUID.randomUUID();
  private final String user = "u-" + UUID.randomUUID();

  @BeforeAll
  static void start() {
    JsonObject key = new JsonObject().put("name", "shop").put("sha256", ApiKeys.hash(KEY));
    Launch launch =
        Launch.jar("--host", "127.0.0.1")
            // A node that stands still is one of the cluster for all of the test.
            .withEnv("STENTOR_CLUSTER_FAILURE_DETECTION_SECONDS", 60)
            .withEnv("STENTOR_LIMITS_ROOMS_PER_CONNECTION", 1)
            .withEnv("STENTOR_IDENTITY_API_KEYS", JsonArray.of(key).encode());
    cluster = ClusterOfProcesses.of(2, launch);
    api = Api.at(cluster.node(0).port(), KEY);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private Client join(NodeProcess node) {
    return Client.connect(node.port(), "/rooms/" + room + "?name=" + user);
  }

  /** The answer to this order about the user, which has to come in time. */
  private JsonObject order(String name) {
    String body = new JsonObject().put("user", user).put("channel", room).encode();
    long begin = System.nanoTime();
    RawHttp.Answer answer = api.call(name, body);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(ANSWER);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return new JsonObject(answer.body());
  }

  private void awaitMembers(int count) {
    String body = new JsonObject().put("channel", room).encode();
    await()
        .atMost(SOON)
        .until(() -> api.result("presence_stats", body).getInteger("num_clients") == count);
  }

  private static void assertDoneOrTold(JsonObject answer) {
    if (answer.containsKey("error")) {
      assertThat(answer.getJsonObject("error").getInteger("code")).isEqualTo(100);
      assertThat(answer.getJsonObject("error").getString("message")).contains("does not answer");
    } else {
      assertThat(answer).isEqualTo(new JsonObject().put("result", new JsonObject()));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void while_a_node_is_killed_they_are_answered_in_time_and_done_where_somebody_lives(
      boolean killedBefore) {
    NodeProcess dying = cluster.add();
    try (Client here = join(cluster.node(0));
        Client there = join(cluster.node(1));
        Client lost = join(dying)) {
      awaitMembers(3);
      CompletableFuture<Void> death = CompletableFuture.runAsync(dying::kill9);
      if (killedBefore) {
        death.join();
      }
      assertDoneOrTold(order("disconnect"));
      here.expectClosed(DISCONNECTED);
      there.expectClosed(DISCONNECTED);
      lost.awaitClosed();
      death.join();
    }
    for (String name : new String[] {"disconnect", "unsubscribe", "refresh", "history_remove"}) {
      assertDoneOrTold(order(name));
    }
  }

  /** One client is on the node that is asked, then one is on the other: the answers are equal. */
  @Test
  void what_another_node_refuses_is_answered_at_once_as_on_the_own_node() {
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      String path = "/connection/websocket?name=" + user;
      try (Client client = Client.connect(cluster.node(i).port(), path)) {
        client.publish("{\"id\":1,\"connect\":{}}\n{\"id\":2,\"subscribe\":{\"channel\":\"own\"}}");
        assertThat(client.next()).contains("\"id\":1,\"connect\"");
        assertThat(client.next()).contains("\"id\":2,\"subscribe\"");
        long begin = System.nanoTime();
        answers.add(order("subscribe").encode());
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(REFUSED);
      }
    }
    assertThat(answers.get(0)).contains("\"code\":106").doesNotContain("does not answer");
    assertThat(answers.get(1)).isEqualTo(answers.get(0));
  }

  @Test
  void a_node_that_stands_still_is_told_of_in_time_and_does_its_part_when_it_goes_on() {
    try (Client here = join(cluster.node(0));
        Client there = join(cluster.node(1))) {
      awaitMembers(2);
      cluster.node(1).freeze();
      JsonObject answer;
      try {
        answer = order("disconnect");
        here.expectClosed(DISCONNECTED);
        assertThat(there.isClosed()).isFalse();
      } finally {
        cluster.node(1).thaw();
      }
      assertThat(answer.fieldNames()).as(answer.encode()).containsExactly("error");
      assertDoneOrTold(answer);
      there.expectClosed(DISCONNECTED);
    }
  }
}
