package io.stentor.centrifuge.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.ContractDocument;
import io.stentor.support.RawHttp;
import io.stentor.support.RawHttp.Answer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How requests of servers are read and answered, whatever they ask for. */
class ServerApiRequestsTest extends ServerApiSetting {
  private static final ContractDocument DOCUMENT = ContractDocument.read();

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
