package io.stentor.centrifuge.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.identity.ApiKeys;
import io.stentor.support.Api;
import io.stentor.support.Client;
import io.stentor.support.NodeInProcess;
import io.stentor.support.RawHttp.Answer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whatever a server sends, it gets a result, an error or a 4xx, and nobody else notices. */
class ServerApiFuzzTest {
  private static final int REQUESTS = Integer.getInteger("stentor.fuzz", 3000);
  private static final Set<Integer> CODES = Set.of(104, 106, 107, 108, 111, 112, 113);
  private static final String KEY = ApiKeys.generate();

  private static final List<String> METHODS =
      List.of(
          "publish",
          "broadcast",
          "presence",
          "presence_stats",
          "history",
          "history_remove",
          "channels",
          "info",
          "subscribe",
          "unsubscribe",
          "disconnect",
          "refresh",
          "batch");

  private static final List<String> NAMES =
      List.of(
          "channel",
          "channels",
          "data",
          "b64data",
          "idempotency_key",
          "skip_history",
          "tags",
          "version",
          "limit",
          "since",
          "reverse",
          "pattern",
          "user",
          "client",
          "session",
          "whitelist",
          "disconnect",
          "expired",
          "expire_at",
          "info",
          "recover_since",
          "override",
          "commands",
          "parallel",
          "x");

  private static final List<String> VALUES =
      List.of(
          "\"fuzz\"",
          "\"fuzz\"",
          "\"fuzz\"",
          "\"\"",
          "null",
          "true",
          "0",
          "1",
          "-1",
          "1.5",
          "9223372036854775807",
          "99999999999999999999",
          "[]",
          "[\"fuzz\",\"fuzz\"]",
          "[1,null]",
          "{}",
          "{\"offset\":1,\"epoch\":\"abc\"}",
          "{\"offset\":-1,\"epoch\":\"\u00e9:\"}",
          "{\"code\":4000,\"reason\":\"x\"}",
          "{\"code\":3000,\"reason\":\"x\"}",
          "[{\"publish\":{\"channel\":\"fuzz\",\"data\":1}},{\"info\":{}},{\"disconnect\":{\"user\":\"x\"}}]",
          "[{\"batch\":{}},{},{\"history\":{\"channel\":\"fuzz\",\"limit\":-1,\"reverse\":true}}]",
          "\"\\ud800\"",
          "\"\\u0000\"",
          "\"a b\"",
          "\"aGk=\"",
          "\"" + "x".repeat(300) + "\"",
          "[".repeat(150) + "]".repeat(150),
          "[".repeat(300) + "]".repeat(300),
          "{\"presence\":{\"value\":false}}",
          "\"*f*u*z*z*\"",
          "\"[\"");

  private final Random random;
  private final long seed = Long.getLong("stentor.fuzz.seed", new Random().nextLong());

  ServerApiFuzzTest() {
    random = new Random(seed);
  }

  private String one(List<String> list) {
    return list.get(random.nextInt(list.size()));
  }

  private String body() {
    StringBuilder body = new StringBuilder("{\"user\":\"fuzz\",\"channel\":\"fuzz\"");
    for (int i = random.nextInt(6); i > 0; i--) {
      body.append(",\"").append(one(NAMES)).append("\":").append(one(VALUES));
    }
    body.append('}');
    for (int i = random.nextInt(8) == 0 ? 3 : 0; i > 0; i--) {
      body.setCharAt(random.nextInt(body.length()), (char) random.nextInt(256));
    }
    return body.toString();
  }

  @Test
  void no_body_makes_the_server_fail() throws IOException {
    JsonObject key = new JsonObject().put("name", "fuzz").put("sha256", ApiKeys.hash(KEY));
    JsonObject identity = new JsonObject().put("apiKeys", List.of(key));
    try (NodeInProcess node = NodeInProcess.start(new JsonObject().put("identity", identity));
        Client bystander = Client.connect(node.port(), "/rooms/bystander?name=bystander")) {
      Api api = Api.at(node.port(), KEY);
      for (int i = 0; i < REQUESTS; i++) {
        String method = one(METHODS);
        String body = body();
        Answer answer = api.call(method, body);
        String about = "seed " + seed + ", " + method + " " + body + " -> " + answer.body();
        assertThat(answer.status()).as(about).isIn(200, 400);
        JsonObject json = new JsonObject(answer.body());
        if (answer.status() == 200 && json.containsKey("error")) {
          assertThat(json.getJsonObject("error").getInteger("code")).as(about).isIn(CODES);
        }
      }
      assertThat(bystander.publish("still here").next()).isEqualTo("still here");
    }
  }
}
