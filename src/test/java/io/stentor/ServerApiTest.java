package io.stentor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.identity.ApiKeys;
import io.stentor.support.Api;
import io.stentor.support.Client;
import io.stentor.support.ContractDocument;
import io.stentor.support.RawHttp;
import io.stentor.support.RawHttp.Answer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What servers read and write through {@code POST /api/<method>} on one node. */
class ServerApiTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String KEY = ApiKeys.generate();
  private static final ContractDocument DOCUMENT = ContractDocument.read();
  private static NodeInProcess node;
  private static Api api;

  private final String room = "api:" + UUID.randomUUID();

  @BeforeAll
  static void start() throws IOException {
    node = NodeInProcess.start(options());
    api = Api.at(node.port(), KEY);
  }

  private static JsonObject options() {
    return new JsonObject(
        """
        {"identity": {"apiKeys": [{"name": "shop", "sha256": "%s"}]},
         "rooms": [
          {"match": "*-unlogged", "history": {"messages": 0}},
          {"match": "*-unseen", "presence": false},
          {"match": "*-tiny", "maxMessageBytes": 10},
          {"match": "*-servers", "publish": "server", "subscribe": "server"}]}
        """
            .formatted(ApiKeys.hash(KEY)));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private String of(String more) {
    return of("", more);
  }

  private String of(String suffix, String more) {
    return "{\"channel\":\"" + room + suffix + "\"" + (more.isEmpty() ? "" : "," + more) + "}";
  }

  /** Somebody who is in the room and is told positions. */
  private Client listening() {
    Client client = Client.connect(node.port(), "/rooms/" + room, "stentor.cursor");
    assertThat(client.next()).startsWith("{");
    return client;
  }

  private static String heard(Client listener) {
    return listener.next().split("\n", 2)[1];
  }

  private static List<Object> data(JsonObject history) {
    List<Object> all = new ArrayList<>();
    JsonArray publications = history.getJsonArray("publications");
    publications.forEach(one -> all.add(((JsonObject) one).getValue("data")));
    return all;
  }

  @Test
  void what_is_published_is_heard_as_it_was_written_and_has_its_place() {
    try (Client listener = listening()) {
      JsonObject first =
          api.result("publish", of("\"data\":{ \"price\" : 12.50,\r\n \"b\":[1,\n2]}"));
      JsonObject second = api.result("publish", of("\"b64data\":\"ImhpIg==\",\"delta\":true"));
      assertThat(heard(listener)).isEqualTo("{ \"price\" : 12.50, \"b\":[1,2]}");
      assertThat(heard(listener)).isEqualTo("hi");
      assertThat(first.getLong("offset")).isEqualTo(1);
      assertThat(second.getLong("offset")).isEqualTo(2);
      assertThat(second.getString("epoch")).isEqualTo(first.getString("epoch"));
    }
  }

  @Test
  void a_server_publishes_where_only_servers_may() {
    assertThat(api.result("publish", of("-servers", "\"data\":1")).getLong("offset")).isEqualTo(1);
  }

  @Test
  void a_message_under_a_known_key_keeps_its_place_and_is_heard_once() {
    try (Client listener = listening()) {
      String keyed = of("\"data\":\"once\",\"idempotency_key\":\"k1\"");
      JsonObject first = api.result("publish", keyed);
      api.result("publish", of("\"data\":\"between\""));
      assertThat(api.result("publish", keyed)).isEqualTo(first);
      api.result("publish", of("\"data\":\"last\""));
      assertThat(List.of(heard(listener), heard(listener), heard(listener)))
          .containsExactly("once", "between", "last");
    }
    assertThat(api.error("publish", of("\"data\":\"other\",\"idempotency_key\":\"k1\"")))
        .isEqualTo(113);
  }

  @Test
  void a_room_without_a_log_gives_no_place_and_knows_no_keys() {
    assertThat(api.result("publish", of("-unlogged", "\"data\":1,\"skip_history\":true")))
        .isEqualTo(new JsonObject());
    assertThat(api.error("publish", of("-unlogged", "\"data\":1,\"idempotency_key\":\"k\"")))
        .isEqualTo(108);
    assertThat(api.error("history", of("-unlogged", ""))).isEqualTo(108);
    assertThat(api.error("history_remove", of("-unlogged", ""))).isEqualTo(108);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"tags\":{\"a\":\"b\"}",
        "\"version\":7",
        "\"version_epoch\":\"x\"",
        "\"skip_history\":true",
      })
  void what_a_message_cannot_have_here_is_refused_and_not_left_out(String option) {
    assertThat(api.error("publish", of("\"data\":1," + option))).isEqualTo(108);
    assertThat(data(api.result("history", of("\"limit\":-1")))).isEmpty();
  }

  @Test
  void what_is_no_message_is_refused() {
    assertThat(api.error("publish", "{\"data\":1}")).isEqualTo(107);
    assertThat(api.error("publish", "{\"channel\":\"a b\",\"data\":1}")).isEqualTo(107);
    assertThat(api.error("publish", of(""))).isEqualTo(107);
    assertThat(api.error("publish", of("\"b64data\":\"bm8ganNvbg==\""))).isEqualTo(107);
    assertThat(api.error("publish", of("\"b64data\":\"%%\""))).isEqualTo(107);
    assertThat(api.error("publish", of("\"data\":1,\"idempotency_key\":\"a b\""))).isEqualTo(107);
    assertThat(api.error("publish", of("-tiny", "\"data\":\"0123456789\""))).isEqualTo(107);
  }

  @Test
  void a_broadcast_answers_for_each_room_in_order() {
    JsonObject result =
        api.result(
            "broadcast",
            "{\"channels\":[\"%s-1\",\"no room\",\"%s-tiny\",\"%s-2\",\"%s-1\"],\"data\":\"0123456789\"}"
                .formatted(room, room, room, room));
    JsonArray responses = result.getJsonArray("responses");
    assertThat(responses.getJsonObject(0).getJsonObject("result").getLong("offset")).isEqualTo(1);
    assertThat(responses.getJsonObject(1).getJsonObject("error").getInteger("code")).isEqualTo(107);
    assertThat(responses.getJsonObject(2).getJsonObject("error").getInteger("code")).isEqualTo(107);
    assertThat(responses.getJsonObject(3).getJsonObject("result").getLong("offset")).isEqualTo(1);
    assertThat(responses.getJsonObject(4).getJsonObject("result").getLong("offset")).isEqualTo(2);
    assertThat(api.error("broadcast", "{\"channels\":[],\"data\":1}")).isEqualTo(107);
    assertThat(api.error("broadcast", "{\"data\":1}")).isEqualTo(107);
    String tooMany = "\"x\",".repeat(1000) + "\"x\"";
    assertThat(api.error("broadcast", "{\"channels\":[" + tooMany + "],\"data\":1}"))
        .isEqualTo(107);
  }

  @Test
  void broadcasts_keep_their_order_in_every_room() {
    for (int i = 0; i < 50; i++) {
      String channels = "[\"" + room + "-1\",\"" + room + "-2\",\"" + room + "-3\"]";
      api.result("broadcast", "{\"channels\":" + channels + ",\"data\":" + i + "}");
    }
    List<Object> numbers = IntStream.range(0, 50).<Object>mapToObj(i -> i).toList();
    for (String suffix : List.of("-1", "-2", "-3")) {
      assertThat(data(api.result("history", of(suffix, "\"limit\":-1")))).isEqualTo(numbers);
    }
  }

  @Test
  void history_is_read_from_both_ends_and_from_a_place() {
    for (int i = 1; i <= 5; i++) {
      api.result("publish", of("\"data\":" + i));
    }
    JsonObject here = api.result("history", of(""));
    String epoch = here.getString("epoch");
    assertThat(data(here)).isEmpty();
    assertThat(here.getLong("offset")).isEqualTo(5);
    assertThat(data(api.result("history", of("\"limit\":2")))).containsExactly(1, 2);
    assertThat(data(api.result("history", of("\"limit\":2,\"reverse\":true"))))
        .containsExactly(5, 4);
    String since = "\"limit\":-1,\"since\":{\"offset\":3,\"epoch\":\"" + epoch + "\"}";
    assertThat(data(api.result("history", of(since)))).containsExactly(4, 5);
    assertThat(api.error("history", of("\"limit\":1,\"since\":{\"offset\":1,\"epoch\":\"zz\"}")))
        .isEqualTo(112);
  }

  @Test
  void what_was_removed_is_gone_and_the_log_goes_on_where_it_was() {
    JsonObject before = api.result("publish", of("\"data\":1,\"idempotency_key\":\"k\""));
    try (Client listener = listening()) {
      api.result("publish", of("\"data\":2"));
      assertThat(heard(listener)).isEqualTo("2");
      assertThat(api.result("history_remove", of(""))).isEqualTo(new JsonObject());
      JsonObject after = api.result("history", of("\"limit\":-1"));
      assertThat(data(after)).isEmpty();
      assertThat(after.getLong("offset")).isEqualTo(2);
      assertThat(after.getString("epoch")).isEqualTo(before.getString("epoch"));
      assertThat(resumed(before.getString("epoch"), 1)).isFalse();
      assertThat(resumed(before.getString("epoch"), 2)).isTrue();
      assertThat(api.result("publish", of("\"data\":3")).getLong("offset")).isEqualTo(3);
      assertThat(heard(listener)).isEqualTo("3");
      assertThat(resumed(before.getString("epoch"), 2)).isTrue();
    }
  }

  /** Whether a client that listens, so that its node has the newest at hand, could resume. */
  private boolean resumed(String epoch, int offset) {
    String since = "?since=" + epoch + ":" + offset;
    try (Client client = Client.connect(node.port(), "/rooms/" + room + since, "stentor.cursor")) {
      return new JsonObject(client.next()).getBoolean("recovered");
    }
  }

  @Test
  void members_are_told_and_counted_as_one_where_they_have_no_name() {
    try (Client ann = Client.connect(node.port(), "/rooms/" + room + "?name=ann");
        Client one = Client.connect(node.port(), "/rooms/" + room);
        Client other = Client.connect(node.port(), "/rooms/" + room)) {
      JsonObject three = new JsonObject().put("num_clients", 3).put("num_users", 2);
      await().atMost(SOON).until(() -> api.result("presence_stats", of("")).equals(three));
      JsonObject members = api.result("presence", of("")).getJsonObject("presence");
      assertThat(members.fieldNames()).hasSize(3);
      assertThat(members.stream().map(e -> ((JsonObject) e.getValue()).getString("user")))
          .containsExactlyInAnyOrder("", "", "ann");
      assertThat(ann.isClosed() || one.isClosed() || other.isClosed()).isFalse();
    }
    assertThat(api.error("presence", of("-unseen", ""))).isEqualTo(108);
    assertThat(api.error("presence_stats", of("-unseen", ""))).isEqualTo(108);
  }

  @Test
  void rooms_with_somebody_in_them_are_found_by_a_pattern() {
    try (Client one = Client.connect(node.port(), "/rooms/" + room + ":a?name=ann");
        Client two = Client.connect(node.port(), "/rooms/" + room + ":b?name=bob");
        Client also = Client.connect(node.port(), "/rooms/" + room + ":b?name=cem")) {
      JsonObject both =
          new JsonObject()
              .put(room + ":a", new JsonObject().put("num_clients", 1))
              .put(room + ":b", new JsonObject().put("num_clients", 2));
      await().atMost(SOON).until(() -> channels(room + ":*").equals(both));
      assertThat(channels("*:b").fieldNames()).containsExactly(room + ":b");
      assertThat(channels(room)).isEmpty();
      assertThat(api.result("channels", "{}").getJsonObject("channels").fieldNames())
          .contains(room + ":a", room + ":b");
      assertThat(one.isClosed() || two.isClosed() || also.isClosed()).isFalse();
    }
    assertThat(api.error("channels", "{\"pattern\":\"a[b]\"}")).isEqualTo(107);
  }

  private static JsonObject channels(String pattern) {
    return api.result("channels", "{\"pattern\":\"" + pattern + "\"}").getJsonObject("channels");
  }

  @Test
  void a_node_tells_how_much_it_has_to_do() {
    int clients = info().getInteger("num_clients");
    int users = info().getInteger("num_users");
    String name = UUID.randomUUID().toString();
    try (Client one = Client.connect(node.port(), "/rooms/" + room + "?name=" + name);
        Client two = Client.connect(node.port(), "/rooms/" + room + "?name=" + name)) {
      await().atMost(SOON).until(() -> info().getInteger("num_clients") == clients + 2);
      assertThat(info().getInteger("num_users")).isEqualTo(users + 1);
      assertThat(info().getInteger("num_subs")).isGreaterThanOrEqualTo(2);
      assertThat(info().getInteger("num_channels")).isPositive();
      assertThat(info().getString("uid")).isNotEmpty();
      assertThat(one.isClosed() || two.isClosed()).isFalse();
    }
    await().atMost(SOON).until(() -> info().getInteger("num_clients") == clients);
  }

  private static JsonObject info() {
    JsonArray nodes = api.result("info", "{}").getJsonArray("nodes");
    assertThat(nodes).hasSize(1);
    return nodes.getJsonObject(0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_batch_answers_each_call_in_order(boolean parallel) {
    String commands =
        "[{\"publish\":%s},{\"history\":%s},{\"publish\":{}},{\"batch\":{}},{\"a\":1},{},{\"info\":{}}]"
            .formatted(of("\"data\":1"), of("\"limit\":-1"));
    Answer answer =
        api.call("batch", "{\"commands\":" + commands + ",\"parallel\":" + parallel + "}");
    JsonArray replies = new JsonObject(answer.body()).getJsonArray("replies");
    assertThat(replies).hasSize(7);
    assertThat(replies.getJsonObject(0).getJsonObject("publish").getLong("offset")).isEqualTo(1);
    JsonObject history = replies.getJsonObject(1).getJsonObject("history");
    if (!parallel) {
      assertThat(data(history)).as("begun after the answer before it").containsExactly(1);
    }
    assertThat(replies.getJsonObject(6).getJsonObject("info").getJsonArray("nodes")).hasSize(1);
    int[] codes =
        IntStream.of(2, 3, 4, 5)
            .map(i -> replies.getJsonObject(i).getJsonObject("error").getInteger("code"))
            .toArray();
    assertThat(codes).containsExactly(107, 104, 104, 104);
    DOCUMENT.assertDescribes("POST", "/api/batch", answer);
  }

  @Test
  void a_batch_that_is_none_is_refused_as_a_whole() {
    assertThat(api.error("batch", "{}")).isEqualTo(107);
    String tooMany = "{\"info\":{}},".repeat(1000) + "{\"info\":{}}";
    assertThat(api.error("batch", "{\"commands\":[" + tooMany + "]}")).isEqualTo(107);
  }

  @Test
  void an_error_may_be_told_by_the_status() {
    String mode = "X-Centrifugo-Error-Mode: transport";
    Answer wrong = api.call("publish", "{}", mode);
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(new JsonObject(wrong.body()).getInteger("code")).isEqualTo(107);
    assertThat(api.call("presence", of("-unseen", ""), mode).status()).isEqualTo(400);
    api.result("publish", of("\"data\":1,\"idempotency_key\":\"k\""));
    String other = of("\"data\":2,\"idempotency_key\":\"k\"");
    assertThat(api.call("publish", other, mode).status()).isEqualTo(409);
    String lost = of("\"limit\":1,\"since\":{\"offset\":1,\"epoch\":\"zz\"}");
    assertThat(api.call("history", lost, mode).status()).isEqualTo(416);
    assertThat(api.call("info", "{}", mode).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "1", "{\"channel\":1}", "{} {}", "\"\\ud800", "nul"})
  void a_body_that_is_no_request_is_a_400(String body) {
    Answer answer = api.call("publish", body);
    assertThat(answer.status()).isEqualTo(400);
    DOCUMENT.assertDescribes("POST", "/api/publish", answer);
  }

  @Test
  void what_is_too_long_or_unknown_is_refused_as_everywhere() {
    assertThat(api.call("publish", "x".repeat(1024 * 1024 + 1)).status()).isEqualTo(413);
    assertThat(api.call("rpc", "{}").status()).isEqualTo(404);
    assertThat(RawHttp.get(node.port(), "/api/info").status()).isEqualTo(405);
  }

  @Test
  void the_type_of_a_body_does_not_matter() {
    for (String type : List.of("application/json", "application/x-www-form-urlencoded", "x/y")) {
      assertThat(api.call("info", "{}", "Content-Type: " + type).status()).isEqualTo(200);
    }
  }

  @Test
  void every_answer_is_as_the_contract_has_it() {
    for (String method : List.of("presence", "presence_stats", "history", "history_remove")) {
      DOCUMENT.assertDescribes("POST", "/api/" + method, api.call(method, of("")));
    }
    DOCUMENT.assertDescribes("POST", "/api/publish", api.call("publish", of("\"data\":1")));
    String channels = "{\"channels\":[\"" + room + "\"],\"data\":1}";
    DOCUMENT.assertDescribes("POST", "/api/broadcast", api.call("broadcast", channels));
    for (String method : List.of("channels", "info")) {
      DOCUMENT.assertDescribes("POST", "/api/" + method, api.call(method, "{}"));
    }
    String user = "{\"user\":\"nobody\",\"channel\":\"" + room + "\"}";
    for (String method : List.of("subscribe", "unsubscribe", "disconnect", "refresh")) {
      DOCUMENT.assertDescribes("POST", "/api/" + method, api.call(method, user));
      DOCUMENT.assertDescribes("POST", "/api/" + method, api.call(method, "{}"));
      assertThat(api.error(method, "{}")).isEqualTo(107);
    }
  }
}
