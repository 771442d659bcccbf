package io.stentor.http.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.HttpRoom;
import io.stentor.support.HttpRoom.Answer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code POST /messages} of a whole node: batches. */
class BatchOverHttpTest extends ApiSetting {
  @Test
  void a_batch_is_published_in_order_and_each_message_stands_alone() {
    Answer answer =
        room.publishBatch(
            """
            {"messages": [
              {"room": "%1$s", "text": "one", "idempotencyKey": "b1"},
              {"room": "%1$s", "data": {"two" : 2.0}},
              {"room": "no room!", "text": "x"},
              {"room": "shop", "text": "x"},
              {"room": "small", "text": "01234567890"},
              {"room": "%1$s", "text": "other", "idempotencyKey": "b1"},
              {"room": "nolog", "text": "x"},
              {"room": "%1$s", "text": "three"}]}
            """
                .formatted(name));
    assertThat(answer.status()).isEqualTo(200);
    JsonArray results = answer.json().getJsonArray("results");
    assertThat(results)
        .extracting(one -> ((JsonObject) one).getInteger("status"))
        .containsExactly(201, 201, 400, 401, 413, 422, 202, 201);
    assertThat(results.getJsonObject(2).getString("type")).endsWith(":invalid-room");
    assertThat(results.getJsonObject(7).getLong("offset")).isEqualTo(3);
    Answer read = room.read("");
    assertThat(read.response().body()).contains("\"data\":{\"two\" : 2.0},");
    assertThat(read.contents()).hasSize(3).startsWith("one").endsWith("three");
  }

  @Test
  void a_large_batch_keeps_its_order() {
    StringBuilder body = new StringBuilder("{\"messages\":[");
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      texts.add("m" + i);
      body.append(i == 0 ? "" : ",")
          .append("{\"room\":\"%s\",\"text\":\"m%d\"}".formatted(name, i));
    }
    room.publishBatch(body.append("]}").toString());
    assertThat(room.read("?limit=1000").contents()).isEqualTo(texts);
  }

  @Test
  void what_follows_a_message_that_found_its_room_full_is_refused_too() {
    int rooms = 10;
    StringBuilder body = new StringBuilder("{\"messages\":[");
    for (int i = 0; i < 1000; i++) {
      body.append(i == 0 ? "" : ",")
          .append("{\"room\":\"full%d\",\"text\":\"x\"}".formatted(i % rooms));
    }
    JsonArray results =
        room.publishBatch(body.append("]}").toString()).json().getJsonArray("results");
    for (int i = 0; i < rooms; i++) {
      List<Integer> statuses = new ArrayList<>();
      for (int at = i; at < results.size(); at += rooms) {
        statuses.add(results.getJsonObject(at).getInteger("status"));
      }
      int taken = statuses.indexOf(429);
      assertThat(taken).isPositive();
      assertThat(statuses.subList(taken, statuses.size())).containsOnly(429);
      assertThat(HttpRoom.at(node.port(), "full" + i).read("").contents()).hasSize(taken);
    }
  }

  @Test
  void a_body_that_is_no_batch_publishes_nothing() {
    String good = "{\"room\":\"" + name + "\",\"text\":\"x\"}";
    assertThat(room.publishBatch("{\"messages\":[" + good + ",{]}").problem())
        .isEqualTo("invalid-json");
    assertThat(room.publishBatch("[" + good + "]").status()).isEqualTo(400);
    assertThat(room.publishBatch("{\"messages\":[" + good + "," + " ".repeat(1_100_000)).status())
        .isEqualTo(413);
    assertThat(room.read("").contents()).isEmpty();
  }
}
