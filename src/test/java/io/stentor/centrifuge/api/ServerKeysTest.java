package io.stentor.centrifuge.api;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.stentor.identity.ApiKeys;
import io.stentor.identity.Signer;
import io.stentor.support.Api;
import io.stentor.support.NodeInProcess;
import io.stentor.support.RawHttp.Answer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Who may call the server API. */
class ServerKeysTest {
  private static final String KEY = ApiKeys.generate();
  private static final String SECRET = "a secret of more than thirty-two bytes";
  private static NodeInProcess node;

  @BeforeAll
  static void start() throws IOException {
    JsonObject options =
        new JsonObject(
            """
            {"identity": {"apiKeys": [{"name": "shop", "sha256": "%s"}], "insecure": true,
                          "tokens": {"hmacSecret": "%s"}}}
            """
                .formatted(ApiKeys.hash(KEY), SECRET));
    node = NodeInProcess.start(options);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static int status(String target, String... headers) {
    return Api.post(node.port(), target, "{}", headers).status();
  }

  @Test
  void a_key_may_stand_in_four_places() {
    assertThat(status("/api/info", "X-API-Key: " + KEY)).isEqualTo(200);
    assertThat(status("/api/info", "Authorization: apikey " + KEY)).isEqualTo(200);
    assertThat(status("/api/info", "Authorization: ApiKey  " + KEY)).isEqualTo(200);
    assertThat(status("/api/info", "Authorization: Bearer " + KEY)).isEqualTo(200);
    assertThat(status("/api/info?api_key=" + KEY)).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Other: 1",
        "X-API-Key:",
        "X-API-Key: wrong",
        "Authorization: apikey",
        "Authorization: apikey wrong",
        "Authorization: Basic d3Jvbmc6d3Jvbmc=",
        "Authorization: Bearer wrong",
      })
  void without_a_known_key_nothing_is_done(String header) {
    for (String method : List.of("publish", "info", "disconnect", "batch")) {
      Answer answer = Api.post(node.port(), "/api/" + method, "{", header);
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.header("www-authenticate")).isNotEmpty();
    }
  }

  @Test
  void a_key_that_differs_in_one_character_is_not_known() {
    String forged = KEY.substring(0, KEY.length() - 1) + (KEY.endsWith("A") ? "B" : "A");
    assertThat(status("/api/info", "X-API-Key: " + forged)).isEqualTo(401);
    assertThat(status("/api/info?api_key=" + forged)).isEqualTo(401);
    assertThat(status("/api/info", "X-API-Key: " + ApiKeys.hash(KEY))).isEqualTo(401);
  }

  @Test
  void the_token_of_a_user_is_no_key() {
    String token = Signer.secret("HS256", SECRET).sign(new JsonObject().put("sub", "ann"));
    assertThat(status("/api/info", "Authorization: Bearer " + token)).isEqualTo(401);
    assertThat(status("/api/info", "X-API-Key: " + token)).isEqualTo(401);
    assertThat(status("/api/info?token=" + token)).isEqualTo(401);
  }

  @Test
  void no_key_is_ever_logged() {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Level before = root.getLevel();
    ListAppender<ILoggingEvent> seen = new ListAppender<>();
    seen.start();
    root.addAppender(seen);
    root.setLevel(Level.TRACE);
    try {
      for (String target : List.of("/api/info", "/api/publish", "/api/nothing", "/api/%zz")) {
        status(target + "?api_key=" + KEY + "-forged");
        status(target + "?api_key=" + KEY);
        status(target, "X-API-Key: " + KEY);
        status(target, "Authorization: apikey " + KEY);
      }
    } finally {
      root.setLevel(before);
      root.detachAppender(seen);
    }
    List<ILoggingEvent> ours =
        List.copyOf(seen.list).stream()
            .filter(event -> event.getLoggerName().startsWith("io.stentor"))
            .toList();
    assertThat(ours).noneMatch(event -> event.getFormattedMessage().contains(KEY));
    // Netty shows the bytes of a connection, where it is asked to.
    assertThat(seen.list)
        .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.INFO))
        .noneMatch(event -> event.getFormattedMessage().contains(KEY));
  }
}
