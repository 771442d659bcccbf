package io.stentor.http.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.Client;
import io.stentor.support.ClusterOfProcesses;
import io.stentor.support.EventClient;
import io.stentor.support.HttpRoom;
import io.stentor.support.HttpRoom.Answer;
import io.stentor.support.Launch;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Messages and rooms over HTTP on two nodes, which are one server. */
class HttpClusterIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static ClusterOfProcesses cluster;
  private static int a;
  private static int b;

  @BeforeAll
  static void start() {
    String rooms = "[{\"match\":\"latest:*\",\"history\":{\"onJoin\":\"latest\"}}]";
    cluster =
        ClusterOfProcesses.of(2, Launch.jar("--host", "127.0.0.1").withEnv("STENTOR_ROOMS", rooms));
    a = cluster.node(0).port();
    b = cluster.node(1).port();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static List<Object> numbers(int count) {
    return IntStream.range(0, count).<Object>mapToObj(i -> "m" + i).toList();
  }

  /** Publishes in order, each time on the other node, until the future that it returns is done. */
  private static CompletableFuture<Void> publishing(String room, int count) {
    return CompletableFuture.runAsync(
        () -> {
          for (int i = 0; i < count; i++) {
            Answer answer = HttpRoom.at(i % 2 == 0 ? a : b, room).publish("m" + i);
            assertThat(answer.status()).isEqualTo(201);
          }
        });
  }

  @Test
  void a_client_leaves_a_websocket_on_one_node_and_goes_on_by_long_poll_on_the_other() {
    int count = 400;
    List<Object> heard = new ArrayList<>();
    String position;
    CompletableFuture<Void> publishing;
    try (Client socket = Client.connect(a, "/rooms/moving", "stentor.cursor")) {
      position = new JsonObject(socket.next()).getString("position");
      publishing = publishing("moving", count);
      while (heard.size() < 100) {
        String[] parts = socket.next().split("\n", 2);
        position = parts[0];
        heard.add(parts[1]);
      }
    }
    HttpRoom other = HttpRoom.at(b, "moving");
    while (heard.size() < count) {
      Answer answer = other.read("?wait=30&strict=true&since=" + position);
      assertThat(answer.status()).isEqualTo(200);
      heard.addAll(answer.contents());
      position = answer.position();
    }
    publishing.join();
    assertThat(heard).isEqualTo(numbers(count));
  }

  @Test
  void a_node_that_has_not_had_a_room_begins_with_the_newest_message_of_another_node() {
    for (String room : List.of("latest:a", "latest:b")) {
      for (String text : List.of("1", "2", "3")) {
        assertThat(HttpRoom.at(a, room).publish(text).status()).isEqualTo(201);
      }
    }
    try (Client socket = Client.connect(b, "/rooms/latest:a");
        EventClient stream = EventClient.connect(b, "/rooms/latest:b/events")) {
      assertThat(socket.next()).isEqualTo("3");
      assertThat(stream.joined()).endsWith(":2");
      stream.expectMessages("3");
      HttpRoom.at(a, "latest:a").publish("4");
      HttpRoom.at(a, "latest:b").publish("4");
      assertThat(socket.next()).isEqualTo("4");
      stream.expectMessages("4");
    }
  }

  @Test
  void long_polls_on_both_nodes_read_the_same_sequence_once() {
    int count = 300;
    String start = HttpRoom.at(a, "both").read("").position();
    List<CompletableFuture<List<Object>>> readers = new ArrayList<>();
    for (HttpRoom room :
        List.of(HttpRoom.at(a, "both"), HttpRoom.at(b, "both"), HttpRoom.overHttp2(b, "both"))) {
      readers.add(CompletableFuture.supplyAsync(() -> readAll(room, start, count)));
    }
    publishing("both", count).join();
    assertThat(readers).allSatisfy(all -> assertThat(all.join()).isEqualTo(numbers(count)));
  }

  private static List<Object> readAll(HttpRoom room, String start, int count) {
    List<Object> all = new ArrayList<>();
    String since = start;
    while (all.size() < count) {
      Answer answer = room.read("?wait=30&strict=true&since=" + since);
      all.addAll(answer.contents());
      since = answer.position();
    }
    return all;
  }

  @Test
  void one_message_on_one_node_wakes_a_thousand_long_polls_on_the_other() {
    String start = HttpRoom.at(a, "sleepers").publish("m0").position();
    HttpRoom sleepers = HttpRoom.at(b, "sleepers");
    List<CompletableFuture<Answer>> polls = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      polls.add(sleepers.readLater("?wait=60&since=" + start));
    }
    HttpRoom.at(a, "sleepers").publish("m1");
    assertThat(polls).allSatisfy(poll -> assertThat(poll.join().contents()).containsExactly("m1"));
  }

  @Test
  void one_key_on_both_nodes_at_the_same_time_is_one_message() {
    byte[] text = "one".getBytes(StandardCharsets.UTF_8);
    List<CompletableFuture<Answer>> answers = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      HttpRoom room = HttpRoom.at(i % 2 == 0 ? a : b, "keys");
      answers.add(room.publishLater("", "text/plain", text, "Idempotency-Key", "\"k\""));
    }
    assertThat(answers).extracting(one -> one.join().status()).containsOnly(201);
    assertThat(answers.stream().map(one -> one.join().position()).distinct()).hasSize(1);
    assertThat(HttpRoom.at(b, "keys").read("").contents()).containsExactly("one");
    byte[] other = "other".getBytes(StandardCharsets.UTF_8);
    assertThat(HttpRoom.at(b, "keys").publish("text/plain", other, "Idempotency-Key", "k").status())
        .isEqualTo(422);
  }

  @Test
  void rooms_and_members_of_all_nodes_are_seen_on_each() {
    List<String> names = new ArrayList<>();
    for (int i = 10; i < 40; i++) {
      HttpRoom.at(i % 2 == 0 ? a : b, "list-" + i).publish("x");
      names.add("list-" + i);
    }
    try (Client here = Client.connect(a, "/rooms/list-10?name=Ann");
        Client there = Client.connect(b, "/rooms/list-10?name=Bob")) {
      for (int port : List.of(a, b)) {
        HttpRoom node = HttpRoom.at(port, "x");
        await()
            .atMost(SOON)
            .until(() -> node.get("/rooms/list-10").json().getInteger("connections") == 2);
        assertThat(roomNames(node.get("/rooms?prefix=list-"))).isEqualTo(names);
        JsonObject members = node.get("/rooms/list-10/members").json();
        assertThat(members.getJsonArray("members"))
            .extracting(member -> ((JsonObject) member).getString("user"))
            .containsExactly("Ann", "Bob");
      }
      here.publish("hi");
      assertThat(there.next()).isEqualTo("hi");
    }
  }

  private static List<Object> roomNames(Answer list) {
    List<Object> names = new ArrayList<>();
    for (Object one : list.json().getJsonArray("rooms")) {
      assertThat(((JsonObject) one).getInteger("messages")).isEqualTo(1);
      names.add(((JsonObject) one).getString("room"));
    }
    return names;
  }

  @Test
  void a_batch_on_one_node_is_read_in_order_on_the_other() {
    StringBuilder batch = new StringBuilder("{\"messages\":[");
    for (int i = 0; i < 200; i++) {
      batch.append(i == 0 ? "" : ",");
      batch.append("{\"room\":\"batch\",\"text\":\"m%d\"}".formatted(i));
    }
    HttpRoom.at(a, "batch").publishBatch(batch.append("]}").toString());
    assertThat(HttpRoom.at(b, "batch").read("?limit=1000").contents()).isEqualTo(numbers(200));
  }
}
