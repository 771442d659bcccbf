package io.stentor.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.identity.ApiKeys;
import io.stentor.support.Api;
import io.stentor.support.Client;
import io.stentor.support.NodeInProcess;
import io.stentor.support.RawHttp;
import io.stentor.support.Warnings;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A node whose files change while it runs. */
class ReloadTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path directory;
  private NodeInProcess node;
  private Warnings log;

  @BeforeEach
  void listen() {
    log = new Warnings();
  }

  @AfterEach
  void stop() {
    node.close();
    log.close();
  }

  @Test
  void a_changed_file_is_noticed_and_rooms_in_use_follow_at_once() throws IOException {
    start(new JsonObject());
    try (Client here = client("/rooms/tea");
        Client there = client("/rooms/coffee")) {
      here.expectNothingBefore("before");
      node.change(rooms(rule("tea").put("transform", "shout")));
      await().atMost(SOON).until(() -> said(here, "now").equals("NOW!!!"));
      assertThat(said(there, "quiet")).isEqualTo("quiet");
      try (Client late = client("/rooms/tea")) {
        assertThat(said(late, "late")).isEqualTo("LATE!!!");
      }
    }
    assertThat(log.lines()).isEmpty();
  }

  @Test
  void a_log_keeps_less_from_then_on_and_a_longer_message_is_refused() throws IOException {
    start(new JsonObject());
    try (Client here = client("/rooms/tea")) {
      for (int i = 0; i < 10; i++) {
        said(here, "m" + i);
      }
      JsonObject history = new JsonObject().put("messages", 2).put("bytes", 200);
      reload(rooms(rule("tea").put("history", history).put("maxMessageBytes", 100)));
      await().atMost(SOON).until(() -> get("/rooms/tea").body().contains("\"messages\":2"));
      said(here, "last");
      assertThat(get("/rooms/tea/messages").body())
          .contains("\"m9\"", "\"last\"")
          .doesNotContain("\"m8\"");
      assertThat(post("tea", "x".repeat(101)).status()).isEqualTo(413);
    }
  }

  @Test
  void keys_of_servers_come_and_go() throws IOException {
    start(keys("old"));
    assertThat(ask("X-API-Key: old").status()).isEqualTo(200);
    assertThat(ask("X-API-Key: new").status()).isEqualTo(401);
    reload(keys("new"));
    await().atMost(SOON).until(() -> ask("X-API-Key: new").status() == 200);
    assertThat(ask("X-API-Key: old").status()).isEqualTo(401);
    assertThat(Api.post(node.port(), "/api/info", "{}", "X-API-Key: new").status()).isEqualTo(200);
    assertThat(Api.post(node.port(), "/api/info", "{}", "X-API-Key: old").status()).isEqualTo(401);
  }

  @Test
  void a_file_with_the_secret_of_tokens_is_read_again_when_it_changes() throws IOException {
    Path secret = Files.writeString(directory.resolve("secret"), "a".repeat(32));
    start(demo(secret));
    String token = login();
    assertThat(ask("Authorization: Bearer " + token).status()).isEqualTo(200);
    Files.writeString(secret, "b".repeat(33));
    await().atMost(SOON).until(() -> ask("Authorization: Bearer " + token).status() == 401);
    assertThat(ask("Authorization: Bearer " + login()).status()).isEqualTo(200);
  }

  @Test
  void origins_and_the_demo_login_and_the_level_of_the_log() throws IOException {
    start(new JsonObject());
    assertThat(ask("Origin: https://evil.example").status()).isEqualTo(200);
    JsonArray origins = new JsonArray().add("https://*.example.org");
    try {
      reload(
          new JsonObject()
              .put("http", new JsonObject().put("allowedOrigins", origins))
              .put("logging", new JsonObject().put("level", "error")));
      await().atMost(SOON).until(() -> ask("Origin: https://evil.example").status() == 403);
      assertThat(ask("Origin: https://a.example.org").status()).isEqualTo(200);
      await().atMost(SOON).until(() -> !LoggerFactory.getLogger(Node.class).isWarnEnabled());
    } finally {
      reload(new JsonObject().put("logging", new JsonObject().put("level", "warn")));
      await().atMost(SOON).until(() -> LoggerFactory.getLogger(Node.class).isWarnEnabled());
    }
  }

  @Test
  void what_needs_a_restart_is_refused_by_name_with_all_that_came_with_it() throws IOException {
    start(new JsonObject());
    JsonObject changed = rooms(rule("tea").put("transform", "shout"));
    changed.put("http", new JsonObject().put("port", 1)).put("eventLoops", 3);
    changed.put("metrics", new JsonObject().put("enabled", false));
    reload(changed);
    await().atMost(SOON).until(() -> !log.lines().isEmpty());
    assertThat(log.lines())
        .containsExactly(
            "the configuration stays as it was: only a restart can change http.port,"
                + " metrics.enabled; nothing was changed");
    try (Client here = client("/rooms/tea")) {
      assertThat(said(here, "quiet")).isEqualTo("quiet");
    }
  }

  @Test
  void what_is_wrong_is_refused_in_one_line_and_what_is_right_again_is_taken() throws IOException {
    start(new JsonObject());
    JsonObject wrong = rooms(rule("tea").put("transform", "shout").put("tailBytes", 1));
    reload(wrong);
    await().atMost(SOON).until(() -> log.lines().size() == 1);
    assertThat(log.lines().get(0)).contains("rooms[1].tailBytes is 1");
    node.write("{\"rooms\": [");
    node.reload();
    await().atMost(SOON).until(() -> log.lines().size() == 2);
    assertThat(log.lines().get(1)).contains("line 1").doesNotContain("\n");
    try (Client here = client("/rooms/tea")) {
      assertThat(said(here, "quiet")).isEqualTo("quiet");
      reload(rooms(rule("tea").put("transform", "shout")));
      await().atMost(SOON).until(() -> said(here, "now").equals("NOW!!!"));
    }
    assertThat(log.lines()).hasSize(2);
  }

  @Test
  void a_key_that_cannot_be_read_changes_nothing_else_either() throws IOException {
    Path secret = Files.writeString(directory.resolve("secret"), "a".repeat(32));
    start(demo(secret));
    String token = login();
    JsonObject changed = rooms(rule("tea").put("transform", "shout"));
    changed.mergeIn(demo(directory.resolve("nowhere")));
    reload(changed);
    await().atMost(SOON).until(() -> !log.lines().isEmpty());
    assertThat(log.lines()).anyMatch(line -> line.contains("cannot read"));
    assertThat(ask("Authorization: Bearer " + token).status()).isEqualTo(200);
    try (Client here = client("/rooms/tea")) {
      assertThat(said(here, "quiet")).isEqualTo("quiet");
    }
  }

  private void start(JsonObject options) throws IOException {
    node = NodeInProcess.start(options);
    log.lines().clear();
  }

  private void reload(JsonObject options) throws IOException {
    node.change(options);
    node.reload();
  }

  private static JsonObject rule(String match) {
    return new JsonObject().put("match", match);
  }

  private static JsonObject rooms(JsonObject rule) {
    JsonObject lobby = rule("lobby").put("transform", "shout");
    return new JsonObject().put("rooms", new JsonArray().add(lobby).add(rule));
  }

  private static JsonObject keys(String key) {
    JsonObject one = new JsonObject().put("name", "server").put("sha256", ApiKeys.hash(key));
    return identity(new JsonObject().put("apiKeys", new JsonArray().add(one)));
  }

  private static JsonObject demo(Path secret) {
    JsonObject tokens = new JsonObject().put("hmacSecretFile", secret.toString());
    return identity(new JsonObject().put("demoLogin", true).put("tokens", tokens));
  }

  private static JsonObject identity(JsonObject identity) {
    return new JsonObject().put("identity", identity);
  }

  private Client client(String path) {
    return Client.connect(node.port(), path);
  }

  private static String said(Client client, String text) {
    return client.publish(text).next();
  }

  private RawHttp.Answer get(String path) {
    return RawHttp.get(node.port(), path);
  }

  private RawHttp.Answer ask(String header) {
    return exchange("GET /rooms/tea/messages HTTP/1.1", header, "Connection: close\r\n\r\n");
  }

  private RawHttp.Answer post(String room, String text) {
    return exchange(
        "POST /rooms/" + room + "/messages HTTP/1.1",
        "Connection: close",
        "Content-Type: text/plain",
        "Content-Length: " + text.length() + "\r\n\r\n" + text);
  }

  private String login() {
    String body = "{\"name\":\"ann\"}";
    RawHttp.Answer answer =
        exchange(
            "POST /demo/login HTTP/1.1",
            "Connection: close",
            "Content-Type: application/json",
            "Content-Length: " + body.length() + "\r\n\r\n" + body);
    return new JsonObject(answer.body()).getString("token");
  }

  private RawHttp.Answer exchange(String first, String... more) {
    String[] lines = new String[more.length + 2];
    lines[0] = first;
    lines[1] = "Host: localhost";
    System.arraycopy(more, 0, lines, 2, more.length);
    return RawHttp.exchange(node.port(), lines);
  }
}
