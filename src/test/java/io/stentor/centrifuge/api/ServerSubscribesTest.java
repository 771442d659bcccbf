package io.stentor.centrifuge.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

/** A server puts a user into a room, takes it out, or lets it stay for longer. */
class ServerSubscribesTest extends ServerOrdersSetting {
  @Test
  void a_client_is_taken_out_of_a_room_for_good_and_stays_connected() {
    try (Connected one = subscribed()) {
      give("unsubscribe", inRoom(""));
      assertThat(one.next())
          .isEqualTo(
              "{\"push\":{\"channel\":\"%s\",\"unsubscribe\":{\"code\":2000,\"reason\":\"server unsubscribe\"}}}"
                  .formatted(room));
      api.result("publish", "{\"channel\":\"" + room + "\",\"data\":1}");
      give("unsubscribe", inRoom(""));
      one.send("{\"id\":3,\"presence_stats\":{\"channel\":\"" + room + "\"}}");
      assertThat(one.next())
          .isEqualTo("{\"id\":3,\"presence_stats\":{\"num_clients\":0,\"num_users\":0}}");
    }
    assertThat(api.error("unsubscribe", order(""))).isEqualTo(107);
  }

  @Test
  void a_client_is_put_into_a_room_that_it_could_not_enter_by_itself() {
    String closed =
        "{\"user\":\"%s\",\"channel\":\"%s-closed\",\"info\":{\"vip\":true},\"data\":[1]}";
    try (Connected one = connect(token())) {
      give("subscribe", closed.formatted(user, room));
      JsonObject push = new JsonObject(one.next()).getJsonObject("push");
      assertThat(push.getString("channel")).isEqualTo(room + "-closed");
      JsonObject told = push.getJsonObject("subscribe");
      assertThat(told.getBoolean("recoverable") && told.getBoolean("positioned")).isTrue();
      assertThat(told.getString("epoch")).isNotEmpty();
      assertThat(told.getJsonArray("data").getInteger(0)).isEqualTo(1);
      give("subscribe", closed.formatted(user, room));
      api.result("publish", "{\"channel\":\"" + room + "-closed\",\"data\":\"hi\"}");
      assertThat(one.next()).contains("\"pub\":{\"data\":\"hi\",\"offset\":1}");
      JsonObject there =
          api.result("presence", "{\"channel\":\"" + room + "-closed\"}").getJsonObject("presence");
      assertThat(there.getJsonObject(one.id()).getJsonObject("chan_info").getBoolean("vip"))
          .isTrue();
      one.send("{\"id\":2,\"unsubscribe\":{\"channel\":\"" + room + "-closed\"}}");
      assertThat(one.next()).isEqualTo("{\"id\":2,\"unsubscribe\":{}}");
    }
  }

  @Test
  void who_is_put_into_a_room_hears_what_followed_the_place_that_was_given() {
    JsonObject first = api.result("publish", "{\"channel\":\"" + room + "\",\"data\":1}");
    api.result("publish", "{\"channel\":\"" + room + "\",\"data\":2}");
    String since =
        "\"recover_since\":{\"offset\":1,\"epoch\":\"" + first.getString("epoch") + "\"}";
    try (Connected one = connect(token())) {
      give("subscribe", inRoom(since));
      JsonObject told = new JsonObject(one.next()).getJsonObject("push").getJsonObject("subscribe");
      assertThat(told.getLong("offset")).isEqualTo(1);
      assertThat(one.next()).contains("\"pub\":{\"data\":2,\"offset\":2}");
    }
    try (Connected one = connect(token())) {
      give("subscribe", inRoom("\"recover_since\":{\"offset\":1,\"epoch\":\"other\"}"));
      JsonObject told = new JsonObject(one.next()).getJsonObject("push").getJsonObject("subscribe");
      assertThat(told.getLong("offset")).as("the end").isEqualTo(2);
    }
  }

  @Test
  void a_client_in_too_many_rooms_is_put_into_no_other() {
    try (Connected one = connect(token())) {
      for (int i = 0; i < 128; i++) {
        one.send("{\"id\":%d,\"subscribe\":{\"channel\":\"%s-%d\"}}".formatted(i + 2, room, i));
        assertThat(one.next()).startsWith("{\"id\":" + (i + 2) + ",\"subscribe\":");
      }
      assertThat(api.error("subscribe", inRoom(""))).isEqualTo(106);
    }
  }

  @Test
  void a_refresh_ends_a_connection_or_changes_what_is_known_of_it() {
    try (Connected one = subscribed();
        Connected other = connect(token())) {
      give("refresh", order("\"client\":\"" + one.id() + "\",\"info\":{\"a\":1}"));
      one.send("{\"id\":3,\"publish\":{\"channel\":\"" + room + "\",\"data\":1}}");
      assertThat(one.next() + one.next()).contains("\"conn_info\":{\"a\":1}");
      give("refresh", order("\"expired\":true,\"client\":\"" + one.id() + "\""));
      assertThat(one.socket().expectClosed(3005)).isEqualTo("connection expired");
      give("refresh", order("\"expire_at\":1"));
      assertThat(other.socket().expectClosed(3005)).isEqualTo("connection expired");
    }
  }

  @Test
  void a_refresh_lets_a_connection_outlast_its_token() {
    long soon = System.currentTimeMillis() / 1000 + 60;
    try (Connected one = connect(token(new JsonObject().put("sub", user).put("exp", soon)))) {
      give("refresh", order("\"expire_at\":0"));
      one.send("{\"id\":2,\"rpc\":{}}");
      assertThat(one.next()).startsWith("{\"id\":2,\"error\":");
    }
  }
}
