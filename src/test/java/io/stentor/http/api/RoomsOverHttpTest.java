package io.stentor.http.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.Client;
import io.stentor.support.HttpRoom;
import io.stentor.support.HttpRoom.Answer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code GET /rooms}, {@code /rooms/{room}} and {@code /rooms/{room}/members} of a whole node. */
class RoomsOverHttpTest extends ApiSetting {
  private static final Duration SOON = Duration.ofSeconds(20);

  private HttpRoom named(String suffix) {
    return HttpRoom.at(node.port(), name + suffix);
  }

  private Client enter(String query) {
    return Client.connect(node.port(), "/rooms/" + name + query);
  }

  private static List<String> rooms(Answer list) {
    List<String> names = new ArrayList<>();
    JsonArray rooms = list.json().getJsonArray("rooms");
    rooms.forEach(one -> names.add(((JsonObject) one).getString("room")));
    return names;
  }

  @Test
  void a_room_with_a_log_and_one_with_somebody_in_it_are_listed() {
    String position = named("-a").publish("x").position();
    List<Client> clients = List.of(enter("?name=Ann"), enter("?name=Ann"), enter(""));
    try {
      await().atMost(SOON).until(() -> connections() == 3);
      JsonArray rooms = room.get("/rooms?prefix=" + name).json().getJsonArray("rooms");
      JsonObject inhabited = rooms.getJsonObject(0);
      assertThat(inhabited.getString("room")).isEqualTo(name);
      assertThat(inhabited.getInteger("connections")).isEqualTo(3);
      assertThat(inhabited.getInteger("users")).isEqualTo(2);
      assertThat(inhabited.getInteger("messages")).isZero();
      JsonObject logged = rooms.getJsonObject(1);
      assertThat(logged.getString("room")).isEqualTo(name + "-a");
      assertThat(logged.getInteger("connections")).isZero();
      assertThat(logged.getInteger("messages")).isEqualTo(1);
      assertThat(logged.getString("position")).isEqualTo(position);
    } finally {
      clients.forEach(Client::close);
    }
  }

  private int connections() {
    return room.get("/rooms/" + name).json().getInteger("connections");
  }

  @Test
  void the_list_goes_on_page_by_page() {
    List<String> all = new ArrayList<>();
    for (int i = 10; i < 20; i++) {
      named("-" + i).publish("x");
      all.add(name + "-" + i);
    }
    List<String> found = new ArrayList<>();
    String query = "/rooms?limit=4&prefix=" + name;
    Answer page = room.get(query);
    found.addAll(rooms(page));
    while (page.json().containsKey("next")) {
      page = room.get(query + "&after=" + page.json().getString("next"));
      found.addAll(rooms(page));
    }
    assertThat(found).isEqualTo(all);
    assertThat(rooms(room.get("/rooms?limit=10&prefix=" + name))).isEqualTo(all);
    assertThat(room.get("/rooms?limit=10&prefix=" + name).json().containsKey("next")).isFalse();
    assertThat(room.get("/rooms?limit=1000&prefix=" + name).json().containsKey("next")).isFalse();
  }

  @Test
  void rooms_that_one_may_not_listen_in_are_not_shown() {
    named("-1").publish("x");
    for (int i = 0; i < 5; i++) {
      named("-" + i + "-secret").publish("text/plain", new byte[] {'x'}, "X-API-Key", KEY);
    }
    named("-9").publish("x");
    String query = "/rooms?limit=1&prefix=" + name;
    Answer first = room.get(query);
    assertThat(rooms(first)).containsExactly(name + "-1");
    assertThat(rooms(room.get(query + "&after=" + first.json().getString("next"))))
        .containsExactly(name + "-9");
    assertThat(rooms(room.get("/rooms?prefix=" + name, "X-API-Key", KEY))).hasSize(7);
    assertThat(room.get("/rooms/" + name + "-1-secret").status()).isEqualTo(401);
    assertThat(room.get("/rooms/" + name + "-1-secret/members").status()).isEqualTo(401);
    assertThat(room.get("/rooms/" + name + "-1-secret", "X-API-Key", KEY).status()).isEqualTo(200);
  }

  @Test
  void a_room_tells_its_state_and_what_a_client_may_know_of_its_options() {
    room.publish("hello");
    String position = room.publish("you").position();
    JsonObject json = room.get("/rooms/" + name).json();
    assertThat(json.getString("room")).isEqualTo(name);
    assertThat(json.getString("position")).isEqualTo(position);
    assertThat(json.getInteger("oldest")).isEqualTo(1);
    assertThat(json.getInteger("messages")).isEqualTo(2);
    assertThat(json.getInteger("bytes")).isEqualTo(8);
    assertThat(json.getInteger("connections")).isZero();
    JsonObject options = json.getJsonObject("options");
    assertThat(options.getInteger("maxMessageBytes")).isEqualTo(65536);
    assertThat(options.getJsonObject("history").getInteger("messages")).isEqualTo(1000);
    assertThat(options.getString("publish")).isEqualTo("anyone");
    assertThat(options.getBoolean("presence")).isTrue();
    assertThat(json.getJsonObject("permissions").encode())
        .isEqualTo("{\"publish\":true,\"history\":true,\"presence\":true}");
  }

  @Test
  void asking_for_a_room_begins_none() {
    JsonObject json = room.get("/rooms/" + name).json();
    assertThat(json.getInteger("messages")).isZero();
    assertThat(json.containsKey("position")).isFalse();
    assertThat(rooms(room.get("/rooms?prefix=" + name))).isEmpty();
  }

  @Test
  void members_go_on_page_by_page() {
    List<Client> clients = new ArrayList<>();
    try {
      for (String user : List.of("Ann", "Bob", "é", "Ann", "房 间")) {
        clients.add(enter("?name=" + URLEncoder.encode(user, StandardCharsets.UTF_8)));
      }
      await().atMost(SOON).until(() -> connections() == 5);
      List<String> users = new ArrayList<>();
      String query = "/rooms/" + name + "/members?limit=2";
      Answer page = room.get(query);
      users.addAll(users(page));
      while (page.json().containsKey("next")) {
        page = room.get(query + "&after=" + page.json().getString("next"));
        users.addAll(users(page));
      }
      assertThat(users).containsExactly("Ann", "Ann", "Bob", "é", "房 间");
      assertThat(page.json().getInteger("connections")).isEqualTo(5);
      assertThat(page.json().getInteger("users")).isEqualTo(4);
    } finally {
      clients.forEach(Client::close);
    }
  }

  private static List<String> users(Answer members) {
    List<String> users = new ArrayList<>();
    for (Object member : members.json().getJsonArray("members")) {
      assertThat(((JsonObject) member).getString("connection")).isNotEmpty();
      users.add(((JsonObject) member).getString("user"));
    }
    return users;
  }

  @Test
  void where_presence_is_off_nobody_is_counted_or_shown() {
    named("-off").publish("x");
    Answer members = room.get("/rooms/" + name + "-off/members");
    assertThat(members.status()).isEqualTo(404);
    assertThat(members.problem()).isEqualTo("presence-off");
    assertThat(room.get("/rooms/" + name + "-off").json().containsKey("connections")).isFalse();
    JsonArray rooms = room.get("/rooms?prefix=" + name).json().getJsonArray("rooms");
    assertThat(rooms.getJsonObject(0).containsKey("users")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"after=x", "after=!!", "limit=0", "limit=1001", "after=bm9uZQ"})
  void a_wrong_part_of_the_members_is_refused(String query) {
    assertThat(room.get("/rooms/" + name + "/members?" + query).status()).isEqualTo(400);
  }
}
