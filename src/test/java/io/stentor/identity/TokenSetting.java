package io.stentor.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.IdentityOptions;
import io.stentor.config.IdentityOptions.TokenOptions;
import io.stentor.config.Secret;
import io.stentor.identity.TokenClaims.ConnectionClaims;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A secret, a clock that stands still, and tokens signed with the one at the time of the other. */
abstract class TokenSetting {
  static final String SECRET = "a secret of more than thirty-two bytes";
  static final long NOW = 1_800_000_000;
  static final int LEEWAY = 5;
  static Vertx vertx;

  @TempDir static Path directory;

  final Signer hs256 = Signer.secret("HS256", SECRET);

  final Tokens tokens = tokens(options(SECRET, List.of(), "", ""), false);

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() {
    vertx.close();
  }

  static TokenOptions options(String secret, List<String> files, String audience, String issuer) {
    return new TokenOptions(new Secret(secret), "", files, "", 300, audience, issuer, LEEWAY);
  }

  static Tokens tokens(TokenOptions options, boolean insecure) {
    IdentityOptions identity = new IdentityOptions(List.of(), true, insecure, false, options);
    return new Tokens(vertx, identity, () -> NOW, 0);
  }

  static Tokens withKey(Signer signer) throws IOException {
    return tokens(options("", List.of(signer.pemFile(directory).toString()), "", ""), false);
  }

  static Verified<ConnectionClaims> connection(Tokens tokens, String token) {
    return tokens
        .connection(token)
        .toCompletionStage()
        .toCompletableFuture()
        .orTimeout(10, TimeUnit.SECONDS)
        .join();
  }

  Verified<ConnectionClaims> connection(JsonObject claims) {
    return connection(tokens, hs256.sign(claims));
  }

  static JsonObject ann() {
    return new JsonObject().put("sub", "ann").put("exp", NOW + 60);
  }

  static <C> C valid(Verified<C> verified) {
    assertThat(verified).isInstanceOf(Verified.Valid.class);
    return ((Verified.Valid<C>) verified).claims();
  }

  static String refusal(Verified<?> verified) {
    assertThat(verified).isInstanceOf(Verified.Invalid.class);
    return ((Verified.Invalid<?>) verified).why();
  }
}
