package io.stentor.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.identity.ApiKeys;
import io.stentor.support.Client;
import io.stentor.support.EventClient;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.Ports;
import io.stentor.support.RawHttp;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the log of a node must not hold. */
class SecretsIT {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String SECRET = "hush-hush-hush-hush-hush-hush-hush-1";
  private static final String KEY = "key-of-the-server-0123456789";
  private static final String PASSWORD = "pass-of-the-jwks";

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"text", "json"})
  void no_secret_is_in_the_log_at_any_level(String format) throws IOException {
    Launch launch =
        Launch.server("--conf", conf().toString())
            .withEnv("STENTOR_LOGGING_LEVEL", "trace")
            .withEnv("STENTOR_LOGGING_FORMAT", format)
            .withEnv("STENTOR_IDENTITY_TOKENS_HMAC_SECRET", SECRET);
    try (NodeProcess node = NodeProcess.start(launch)) {
      String token = login(node.port());
      String bad = token.substring(0, token.length() - 4) + "AAAA";
      use(node.port(), token);
      use(node.port(), bad);
      node.hangUp();
      node.log().await("reloading the configuration on request", SOON);
      node.log().await("keys at .* cannot be fetched", SOON);
      assertThat(node.stop()).isZero();
      String all = node.log().toString();
      assertThat(all).contains("connected: ", "the visible message");
      assertThat(all).doesNotContain(SECRET, KEY, ApiKeys.hash(KEY), PASSWORD, "query-secret");
      for (String part : token.split("\\.")) {
        assertThat(all).doesNotContain(part);
      }
      assertThat(all).doesNotContain(bad.substring(bad.length() - 30));
    }
  }

  @Test
  void at_info_nothing_is_said_of_a_client_and_no_message_is_shown() {
    try (NodeProcess node = NodeProcess.start(Launch.server())) {
      int before = node.log().all().size();
      try (Client client = Client.connect(node.port(), "/rooms/tea")) {
        client.expectNothingBefore("the visible message");
        client.leave();
      }
      assertThat(node.stop()).isZero();
      assertThat(node.log().from(before))
          .noneMatch(line -> line.contains("connected:") || line.contains("closed:"))
          .noneMatch(line -> line.contains("the visible message"));
    }
  }

  private Path conf() throws IOException {
    String jwks = "http://user:" + PASSWORD + "@127.0.0.1:" + Ports.free() + "/keys?k=query-secret";
    String json =
        """
        {"identity": {"demoLogin": true,
          "apiKeys": [{"name": "server", "sha256": "%s"}],
          "tokens": {"jwksUrl": "%s"}}}
        """
            .formatted(ApiKeys.hash(KEY), jwks);
    return Files.writeString(directory.resolve("a.json"), json);
  }

  /** Every way to show a token or a key, for things that are done and things that fail. */
  private static void use(int port, String token) {
    for (String path : new String[] {"/rooms/tea", "/rooms/a/b/c", "/rooms/tea/messages?since=x"}) {
      String and = path.contains("?") ? "&" : "?";
      ask(port, path, "Authorization: Bearer " + token);
      ask(port, path + and + "token=" + token, "Accept: */*");
      ask(port, path + and + "api_key=" + KEY, "Accept: */*");
      ask(port, path, "X-API-Key: " + KEY);
    }
    try (Client client = Client.connect(port, "/rooms/tea?token=" + token)) {
      client.publish("the visible message").next();
    } catch (CompletionException refused) {
      assertThat(refused).hasMessageNotContaining("no token");
    }
    try (EventClient events = EventClient.connect(port, "/rooms/tea/events?token=" + token)) {
      assertThat(events).isNotNull();
    } catch (RuntimeException | AssertionError refused) {
      assertThat(refused).isNotNull();
    }
    try (Client client = Client.connect(port, "/connection/websocket")) {
      client.publish("{\"id\":1,\"connect\":{\"token\":\"" + token + "\"}}");
      client.poll(Duration.ofSeconds(1));
    }
  }

  private static void ask(int port, String path, String header) {
    RawHttp.exchange(
        port, "GET " + path + " HTTP/1.1", "Host: localhost", header, "Connection: close\r\n\r\n");
  }

  private static String login(int port) {
    String body = "{\"name\":\"ann\"}";
    RawHttp.Answer answer =
        RawHttp.exchange(
            port,
            "POST /demo/login HTTP/1.1",
            "Host: localhost",
            "Connection: close",
            "Content-Type: application/json",
            "Content-Length: " + body.length() + "\r\n\r\n" + body);
    return new JsonObject(answer.body()).getString("token");
  }
}
