package io.stentor.centrifuge.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.Api;
import io.stentor.support.Client;
import io.stentor.support.RawHttp;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What servers may publish, read and ask. */
class ServerApiTest extends ServerApiSetting {
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
  void commands_that_name_their_methods_are_answered_one_a_line_in_their_order() {
    String command = "{\"method\":\"publish\",\"params\":" + of("\"data\":{\"n\":1}") + "}";
    RawHttp.Answer answer =
        commands(
            command
                + "\n"
                + "{\"id\":7,\"method\":\"HISTORY\",\"params\":"
                + of("\"limit\":-1")
                + "}\r\n\n"
                + "{\"method\":\"nonsense\"}\n"
                + "{\"method\":\"publish\",\"params\":{}}\n"
                + "{\"method\":\"publish\",\"params\":{\"channel\":1}}\n"
                + "{\"method\":\"info\"}\n");
    assertThat(answer.status()).isEqualTo(200);
    List<JsonObject> replies = answer.body().lines().map(JsonObject::new).toList();
    assertThat(replies).hasSize(6);
    assertThat(replies.get(0).getJsonObject("result").getLong("offset")).isEqualTo(1);
    assertThat(replies.get(1).getLong("id")).isEqualTo(7);
    assertThat(data(replies.get(1).getJsonObject("result"))).hasSize(1);
    assertThat(code(replies.get(2))).isEqualTo(104);
    assertThat(code(replies.get(3))).isEqualTo(107);
    assertThat(code(replies.get(4))).isEqualTo(107);
    assertThat(replies.get(5).getJsonObject("result").getJsonArray("nodes")).hasSize(1);
    assertThat(commands(new JsonObject(command).encodePrettily()).body())
        .contains("\"result\":{\"offset\":2");
  }

  @Test
  void where_one_line_is_no_command_nothing_is_done() {
    String command = "{\"method\":\"publish\",\"params\":" + of("\"data\":1") + "}\n";
    for (String body : List.of("", "\n\n", "[1]", command + "{", command.repeat(1001))) {
      RawHttp.Answer answer = commands(body);
      assertThat(answer.status()).as(body).isEqualTo(400);
      assertThat(answer.header("content-type")).startsWith("application/problem+json");
    }
    assertThat(data(api.result("history", of("\"limit\":-1")))).isEmpty();
    assertThat(Api.post(node.port(), "/api", command).status()).isEqualTo(401);
  }

  private static RawHttp.Answer commands(String body) {
    return Api.post(node.port(), "/api", body, "Authorization: apikey " + KEY);
  }

  private static int code(JsonObject reply) {
    return reply.getJsonObject("error").getInteger("code");
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

  @Test
  void a_message_that_is_not_newer_is_suppressed() {
    JsonObject first = api.result("publish", of("\"data\":7,\"version\":7"));
    assertThat(first.containsKey("suppressed")).isFalse();
    JsonObject late = api.result("publish", of("\"data\":6,\"version\":6,\"version_epoch\":\"\""));
    assertThat(late).isEqualTo(first.copy().put("suppressed", true));
    api.result("publish", of("\"data\":1,\"version\":1,\"version_epoch\":\"b\""));
    assertThat(data(api.result("history", of("\"limit\":-1")))).containsExactly(7, 1);
    assertThat(api.error("publish", of("-unlogged", "\"data\":1,\"version\":7"))).isEqualTo(108);
  }

  @Test
  void what_a_message_cannot_have_here_is_refused_and_not_left_out() {
    assertThat(api.error("publish", of("\"data\":1,\"skip_history\":true"))).isEqualTo(108);
    assertThat(data(api.result("history", of("\"limit\":-1")))).isEmpty();
  }

  @Test
  void tags_are_in_pushes_recovered_messages_and_history() {
    String tagged = "{\"b\":\"é\",\"a\":null}";
    JsonObject seen = new JsonObject().put("a", "").put("b", "é");
    String epoch = api.result("publish", of("\"data\":0")).getString("epoch");
    try (Client live = subscriber("")) {
      api.result("publish", of("\"data\":1,\"delta\":true,\"tags\":" + tagged));
      String channels = "\"channels\":[\"" + room + "\"]";
      api.result("broadcast", "{" + channels + ",\"data\":2,\"tags\":" + tagged + "}");
      String command = "{\"commands\":[{\"publish\":" + of("\"data\":3,\"tags\":{}") + "}]}";
      assertThat(api.call("batch", command).status()).isEqualTo(200);
      for (int i = 1; i <= 3; i++) {
        JsonObject pub = new JsonObject(live.next()).getJsonObject("push").getJsonObject("pub");
        assertThat(pub.getInteger("data")).isEqualTo(i);
        assertThat(pub.getJsonObject("tags")).isEqualTo(i < 3 ? seen : null);
      }
    }
    String since = ",\"recover\":true,\"offset\":1,\"epoch\":\"" + epoch + "\"";
    try (Client resumed = subscriber(since)) {
      assertThat(tags(recovered)).containsExactly(seen, seen, null);
      resumed.publish("{\"id\":3,\"history\":{\"channel\":\"" + room + "\",\"limit\":-1}}");
      JsonObject history = new JsonObject(resumed.next()).getJsonObject("history");
      assertThat(tags(history)).containsExactly(null, seen, seen, null);
    }
    assertThat(tags(api.result("history", of("\"limit\":-1"))))
        .containsExactly(null, seen, seen, null);
  }

  /** The result of the last {@link #subscriber}. */
  private JsonObject recovered = new JsonObject();

  private Client subscriber(String since) {
    Client client = Client.connect(node.port(), "/connection/websocket");
    client.publish("{\"id\":1,\"connect\":{}}");
    assertThat(client.next()).contains("\"connect\":");
    client.publish("{\"id\":2,\"subscribe\":{\"channel\":\"" + room + "\"" + since + "}}");
    recovered = new JsonObject(client.next()).getJsonObject("subscribe");
    return client;
  }

  private static List<JsonObject> tags(JsonObject result) {
    List<JsonObject> all = new ArrayList<>();
    JsonArray publications = result.getJsonArray("publications");
    publications.forEach(one -> all.add(((JsonObject) one).getJsonObject("tags")));
    return all;
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":1}", "[]", "\"a\"", "{\"\":\"x\"}", "{\"a\":\"\\u0000\"}"})
  void tags_that_break_a_rule_are_refused(String tags) {
    RawHttp.Answer answer = api.call("publish", of("\"data\":1,\"tags\":" + tags));
    assertThat(answer.body()).containsAnyOf("\"code\":107", "invalid-json");
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
}
