package io.stentor.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.config.IdentityOptions;
import io.stentor.config.IdentityOptions.TokenOptions;
import io.stentor.config.Secret;
import io.stentor.identity.Verified.KeysUnavailable;
import io.stentor.support.Warnings;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys from a real server on this machine, which changes them, fails and comes back. */
class JwksTest {
  private static final int SELDOM = 3600;

  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger fetches = new AtomicInteger();
  private final Signer first = Signer.publicKey("RS256").named("first");
  private final Signer second = Signer.publicKey("ES256").named("second");
  private volatile Consumer<HttpServerRequest> answer = keys(first.jwk());
  private HttpServer server;

  @BeforeEach
  void serve() {
    server =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  fetches.incrementAndGet();
                  answer.accept(request);
                })
            .listen(0, "127.0.0.1")
            .await();
  }

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  private static Consumer<HttpServerRequest> keys(JsonObject... keys) {
    JsonArray all = new JsonArray();
    List.of(keys).forEach(all::add);
    return body(new JsonObject().put("keys", all).encode());
  }

  private static Consumer<HttpServerRequest> body(String body) {
    return request -> request.response().end(body);
  }

  private static Consumer<HttpServerRequest> status(int status) {
    return request -> request.response().setStatusCode(status).end("{\"keys\":[]}");
  }

  private Tokens tokens(int refreshSeconds, int leastSecondsBetween) {
    String url = "http://127.0.0.1:" + server.actualPort() + "/keys";
    TokenOptions options =
        new TokenOptions(new Secret(""), "", List.of(), url, refreshSeconds, "", "", 0);
    IdentityOptions identity = new IdentityOptions(List.of(), true, false, false, options);
    return new Tokens(vertx, identity, () -> 1000, leastSecondsBetween);
  }

  private static String token(Signer signer) {
    return signer.sign(new JsonObject().put("sub", "ann"));
  }

  private static Object check(Tokens tokens, String token) {
    try {
      return tokens
          .connection(token)
          .toCompletionStage()
          .toCompletableFuture()
          .get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      return e.getCause();
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertGood(Tokens tokens, Signer signer) {
    assertThat(check(tokens, token(signer))).isInstanceOf(Verified.Valid.class);
  }

  private static void assertRefused(Tokens tokens, Signer signer) {
    assertThat(check(tokens, token(signer))).isInstanceOf(Verified.Invalid.class);
  }

  private static void assertUnknown(Tokens tokens, Signer signer) {
    assertThat(check(tokens, token(signer))).isInstanceOf(KeysUnavailable.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "EdDSA"})
  void believes_a_token_by_a_key_of_the_set(String algorithm) {
    Signer signer = Signer.publicKey(algorithm).named("a");
    answer = keys(first.jwk(), signer.jwk());
    Tokens tokens = tokens(SELDOM, 0);
    assertGood(tokens, signer);
    assertRefused(tokens, Signer.publicKey(algorithm).named("a"));
  }

  @Test
  void the_key_that_a_token_names_is_the_only_one_that_counts() {
    Signer other = Signer.publicKey("RS256").named("other");
    answer = keys(first.jwk(), other.jwk());
    Tokens tokens = tokens(SELDOM, 0);
    assertGood(tokens, first);
    assertRefused(tokens, first.named("other"));
    assertRefused(tokens, first.named("nobody"));
    assertRefused(tokens, first.named(""));
  }

  @Test
  void a_key_for_one_algorithm_counts_for_no_other() {
    answer = keys(first.jwk().put("alg", "RS512"));
    Tokens tokens = tokens(SELDOM, 0);
    assertRefused(tokens, first);
    assertGood(tokens, first.as("RS512"));
  }

  @Test
  void a_set_gives_no_secrets_and_no_keys_for_other_things() {
    JsonObject secret = new JsonObject().put("kty", "oct").put("k", "c2VjcmV0").put("kid", "s");
    Signer encrypts = Signer.publicKey("RS256").named("enc");
    answer = keys(first.jwk(), secret, encrypts.jwk().put("use", "enc"), new JsonObject());
    Tokens tokens = tokens(SELDOM, 0);
    assertGood(tokens, first);
    assertRefused(tokens, Signer.secret("HS256", "secret").named("s"));
    assertRefused(tokens, encrypts);
  }

  @Test
  void a_new_key_is_fetched_when_a_token_names_it() {
    Tokens tokens = tokens(SELDOM, 0);
    assertGood(tokens, first);
    answer = keys(second.jwk());
    assertGood(tokens, second);
    assertRefused(tokens, first);
    assertThat(fetches).hasValueGreaterThanOrEqualTo(2);
  }

  @Test
  void the_set_is_fetched_every_so_often() {
    Tokens tokens = tokens(1, SELDOM);
    assertGood(tokens, first);
    answer = keys(second.jwk());
    await().untilAsserted(() -> assertGood(tokens, second));
    assertRefused(tokens, first);
  }

  @Test
  void forged_names_of_keys_cause_no_storm_of_fetches() {
    Tokens tokens = tokens(SELDOM, SELDOM);
    assertGood(tokens, first);
    for (int i = 0; i < 50; i++) {
      assertRefused(tokens, first.named("forged" + i));
    }
    assertThat(fetches).hasValue(1);
  }

  @Test
  void tokens_that_come_together_share_one_fetch() {
    Tokens tokens = tokens(SELDOM, SELDOM);
    String token = token(first);
    List<?> results =
        java.util.stream.Stream.generate(() -> tokens.connection(token)).limit(20).toList();
    assertThat(results).hasSize(20);
    assertGood(tokens, first);
    assertThat(fetches).hasValue(1);
  }

  @Test
  void while_the_server_fails_the_last_good_set_counts_and_other_keys_are_not_judged() {
    Tokens tokens = tokens(SELDOM, 0);
    assertGood(tokens, first);
    for (Consumer<HttpServerRequest> failing :
        List.of(
            status(500),
            status(404),
            body("<html>"),
            body("[]"),
            body("{\"keys\":[]}"),
            body("{\"keys\":7}"),
            body("x".repeat(300_000)),
            request -> request.connection().close())) {
      answer = failing;
      assertUnknown(tokens, second);
      assertGood(tokens, first);
    }
    server.close().await();
    assertUnknown(tokens, second);
    assertGood(tokens, first);
  }

  @Test
  void before_the_first_set_nothing_is_judged_and_then_everything() {
    answer = status(503);
    Tokens tokens = tokens(SELDOM, 0);
    assertUnknown(tokens, first);
    answer = keys(first.jwk());
    assertGood(tokens, first);
  }

  @Test
  void two_keys_of_one_name_are_both_tried() {
    Signer twin = Signer.publicKey("RS256").named("first");
    Signer curve = Signer.publicKey("ES256").named("first");
    answer = keys(first.jwk(), twin.jwk(), curve.jwk());
    Tokens tokens = tokens(SELDOM, 0);
    assertGood(tokens, first);
    assertGood(tokens, twin);
    assertGood(tokens, curve);
    assertRefused(tokens, Signer.publicKey("RS256").named("first"));
  }

  @Test
  void a_key_that_was_replaced_under_its_name_is_fetched_at_the_first_bad_signature() {
    Tokens tokens = tokens(SELDOM, 0);
    assertGood(tokens, first);
    Signer replacement = Signer.publicKey("RS256").named("first");
    answer = keys(replacement.jwk());
    assertGood(tokens, replacement);
    assertRefused(tokens, first);
  }

  @Test
  void bad_signatures_cause_no_storm_of_fetches_and_while_the_server_fails_they_are_refused() {
    Tokens seldom = tokens(SELDOM, SELDOM);
    assertGood(seldom, first);
    Signer forger = Signer.publicKey("RS256").named("first");
    for (int i = 0; i < 20; i++) {
      assertRefused(seldom, forger);
    }
    assertThat(fetches).hasValue(1);
    Tokens often = tokens(SELDOM, 0);
    assertGood(often, first);
    answer = status(500);
    assertRefused(often, forger);
    assertGood(often, first);
  }

  @ParameterizedTest
  @ValueSource(strings = {"EdDSA", "Ed25519"})
  void an_edwards_key_counts_under_both_names_of_its_algorithm(String saidByKey) {
    Signer signer = Signer.publicKey("EdDSA").named("e");
    answer = keys(signer.jwk().put("alg", saidByKey));
    Tokens tokens = tokens(SELDOM, 0);
    assertGood(tokens, signer);
    assertGood(tokens, signer.as("Ed25519"));
    assertRefused(tokens, Signer.publicKey("EdDSA").as("Ed25519").named("e"));
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void a_redirect_is_followed(int status) {
    answer =
        request -> {
          if (request.path().equals("/there")) {
            keys(first.jwk()).accept(request);
          } else {
            request.response().setStatusCode(status).putHeader("Location", "/there").end();
          }
        };
    assertGood(tokens(SELDOM, SELDOM), first);
  }

  @ParameterizedTest
  @CsvSource({
    "/keys, more than 3 redirects",
    "https://127.0.0.1:1/keys, a redirect from http to https",
    "file:///etc/keys, without a Location to go to",
    "http://[, a Location that is no URL",
    ", without a Location to go to"
  })
  void a_redirect_that_leads_nowhere_or_to_another_scheme_is_named_in_the_warning(
      String location, String why) {
    answer =
        request -> {
          if (location != null) {
            request.response().putHeader("Location", location);
          }
          request.response().setStatusCode(302).end();
        };
    try (Warnings log = new Warnings()) {
      assertUnknown(tokens(SELDOM, SELDOM), first);
      assertThat(log.lines()).anyMatch(line -> line.contains(why));
    }
    assertThat(fetches).hasValueLessThanOrEqualTo(4);
  }

  @Test
  void a_server_that_never_answers_is_given_up() {
    answer = request -> {};
    Tokens tokens = tokens(SELDOM, SELDOM);
    assertUnknown(tokens, first);
  }
}
