package io.stentor.http;

import static io.stentor.support.Guarded.KEY;
import static io.stentor.support.Guarded.bearer;
import static io.stentor.support.Guarded.token;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.stentor.identity.Signer;
import io.stentor.support.EventClient;
import io.stentor.support.Guarded;
import io.stentor.support.RawHttp;
import io.stentor.support.RawHttp.Answer;
import io.stentor.support.RawWebSocket;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Tokens that end, keys that come late, options that change who is served; on raw sockets. */
class AccessOverTimeTest {

  private static JsonObject expiring(long seconds) {
    return new JsonObject()
        .put("sub", "ann")
        .put("exp", System.currentTimeMillis() / 1000 + seconds);
  }

  @Test
  void a_connection_ends_with_its_token_on_every_transport() {
    try (Guarded node = new Guarded(new JsonObject());
        RawWebSocket endless = node.connect("/rooms/users", bearer(token("bob")))) {
      String ends = token(expiring(2));
      try (RawWebSocket ws = node.connect("/rooms/users?token=" + ends);
          EventClient events =
              EventClient.connect(node.port(), "/rooms/users/events?token=" + ends)) {
        node.publish("users", "still here", bearer(ends));
        assertThat(ws.nextFrame().text()).isEqualTo("still here");
        assertThat(ws.expectClosed(3005)).isEqualTo("connection expired");
        assertThat(events.skipTo("close").data()).contains("3005", "connection expired");
      }
      assertThat(node.upgrade("/rooms/users?token=" + ends).status()).isEqualTo(401);
      node.publish("users", "on", bearer(token("bob")));
      assertThat(endless.nextFrame().text()).isEqualTo("still here");
      assertThat(endless.nextFrame().text()).isEqualTo("on");
    }
  }

  @Test
  void a_poll_ends_with_its_token_and_is_told_nothing_of_what_comes_later() {
    try (Guarded node = new Guarded(new JsonObject());
        RawHttp waiting = new RawHttp(node.port());
        RawHttp longer = new RawHttp(node.port())) {
      String poll = "GET /rooms/users/messages?wait=60 HTTP/1.1\r\nHost: localhost\r\n";
      longer.send(poll + bearer(token("bob")) + "\r\n\r\n");
      // The first token takes the longest; the one that ends must be read before it does.
      assertThat(node.get("/rooms/users/messages", bearer(token("bob"))).status()).isEqualTo(200);
      String ends = token(expiring(2));
      waiting.send(poll + bearer(ends) + "\r\n\r\n");
      Answer nothing = waiting.answer();
      assertThat(nothing.status()).isEqualTo(200);
      assertThat(new JsonObject(nothing.body()).getJsonArray("messages")).isEmpty();
      assertThat(node.get("/rooms/users/messages", bearer(ends)).status()).isEqualTo(401);
      node.publish("users", "later", bearer(token("bob")));
      assertThat(longer.answer().body()).contains("later");
    }
  }

  @Test
  void without_anonymous_clients_whoever_shows_nothing_gets_only_the_pages() {
    try (Guarded node = new Guarded(new JsonObject().put("anonymous", false))) {
      assertThat(node.upgrade("/").status()).isEqualTo(401);
      for (String path : List.of("/rooms", "/rooms/open/messages", "/rooms/open/events")) {
        Answer answer = node.get(path);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.body()).contains("Authentication required: send a token or an API key.");
      }
      assertThat(node.publish("open", "x").status()).isEqualTo(401);
      assertThat(node.get("/").status()).isEqualTo(200);
      assertThat(node.get("/openapi.yaml").status()).isEqualTo(200);
      assertThat(node.upgrade("/", bearer(token("ann"))).status()).isEqualTo(101);
    }
  }

  @Test
  void insecure_allows_everything_but_still_checks_tokens() {
    try (Guarded node = new Guarded(new JsonObject().put("insecure", true))) {
      assertThat(node.upgrade("/rooms/reports").status()).isEqualTo(101);
      assertThat(node.publish("quotes", "x").status()).isEqualTo(201);
      String forged = Signer.secret("HS256", "guessed").sign(new JsonObject());
      assertThat(node.upgrade("/rooms/reports?token=" + forged).status()).isEqualTo(401);
    }
  }

  private static Answer login(Guarded node, String body) {
    return node.post("/demo/login", "application/json", body);
  }

  @Test
  void while_keys_are_fetched_requests_wait_with_their_bodies_and_later_ones_are_told_to() {
    Vertx vertx = Vertx.vertx();
    Signer signer = Signer.publicKey("ES256").named("a");
    AtomicReference<HttpServerRequest> asked = new AtomicReference<>();
    HttpServer keys =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  asked.set(request);
                  String set =
                      new JsonObject().put("keys", new JsonArray().add(signer.jwk())).encode();
                  vertx.setTimer(500, later -> request.response().end(set));
                })
            .listen(0, "127.0.0.1")
            .await();
    String url = "http://127.0.0.1:" + keys.actualPort() + "/";
    JsonObject tokens = new JsonObject().put("jwksUrl", url);
    try (Guarded node = new Guarded(new JsonObject().put("tokens", tokens))) {
      String ann = bearer(signer.sign(new JsonObject().put("sub", "ann")));
      assertThat(node.publish("users", "a body that waited", ann).status()).isEqualTo(201);
      assertThat(node.get("/rooms/users/messages", ann).body()).contains("a body that waited");
      assertThat(asked).doesNotHaveNullValue();
      String unknown = bearer(signer.named("b").sign(new JsonObject().put("sub", "ann")));
      assertThat(node.upgrade("/rooms/users", unknown).status()).isEqualTo(401);
      assertThat(node.upgrade("/rooms/users", ann).status()).isEqualTo(101);
    }
    keys.close().await();
    try (Guarded node = new Guarded(new JsonObject().put("tokens", tokens))) {
      String ann = bearer(signer.sign(new JsonObject().put("sub", "ann")));
      Answer answer = node.publish("users", "x", ann);
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.header("retry-after")).isEqualTo("1");
    } finally {
      vertx.close().await();
    }
  }

  /** Everything that is logged anywhere, as it is written. */
  private static final class Everything extends AppenderBase<ILoggingEvent> {
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent event) {
      lines.add(event.getFormattedMessage() + " " + event.getKeyValuePairs());
    }
  }

  @Test
  void no_token_key_or_secret_is_ever_logged() {
    Everything everything = new Everything();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    everything.start();
    String good = token("ann");
    String forged = Signer.secret("HS256", "guessed").sign(new JsonObject().put("sub", "ann"));
    try (Guarded node = new Guarded(new JsonObject().put("demoLogin", true))) {
      Logger own = (Logger) LoggerFactory.getLogger("io.stentor");
      Logger vertx = (Logger) LoggerFactory.getLogger("io.vertx");
      List<Level> before = List.of(own.getLevel(), vertx.getLevel());
      root.addAppender(everything);
      own.setLevel(Level.TRACE);
      vertx.setLevel(Level.DEBUG); // The option trace goes no further.
      for (String one : List.of(good, forged)) {
        node.upgrade("/rooms/users?token=" + one);
        node.upgrade("/rooms/users?last=x&token=" + one);
        node.head("/rooms/users/events?token=" + one);
        node.get("/nowhere?token=" + one);
        node.publish("users", "x", bearer(one));
      }
      node.get("/rooms", "X-API-Key: " + KEY);
      login(node, "{\"name\":\"ann\"}");
      try (RawWebSocket ws = node.connect("/rooms/users?token=" + good)) {
        ws.sendText("hello");
        assertThat(ws.nextFrame().text()).isNotEmpty();
      }
      own.setLevel(before.get(0));
      vertx.setLevel(before.get(1));
    } finally {
      root.detachAppender(everything);
    }
    String signature = good.substring(good.lastIndexOf('.') + 1);
    String forgedSignature = forged.substring(forged.lastIndexOf('.') + 1);
    assertThat(everything.lines).anyMatch(line -> line.contains("connected: "));
    assertThat(everything.lines)
        .allSatisfy(
            line ->
                assertThat(line)
                    .doesNotContain(signature, forgedSignature, KEY, Guarded.SECRET, "eyJ"));
  }
}
