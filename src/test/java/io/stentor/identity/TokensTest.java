package io.stentor.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stentor.config.ConfigException;
import io.stentor.config.IdentityOptions;
import io.stentor.config.Secret;
import io.stentor.config.TokenOptions;
import io.stentor.message.RoomName;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokensTest {
  private static final String SECRET = "a secret of more than thirty-two bytes";
  private static final long NOW = 1_800_000_000;
  private static final int LEEWAY = 5;

  private static Vertx vertx;
  @TempDir private static Path directory;

  private final Signer hs256 = Signer.secret("HS256", SECRET);
  private final Tokens tokens = tokens(options(SECRET, List.of(), "", ""), false);

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

  private static Tokens tokens(TokenOptions options, boolean insecure) {
    IdentityOptions identity = new IdentityOptions(List.of(), true, insecure, false, options);
    return new Tokens(vertx, identity, () -> NOW, 0);
  }

  private static Tokens withKey(Signer signer) throws IOException {
    return tokens(options("", List.of(signer.pemFile(directory).toString()), "", ""), false);
  }

  private static Verified<ConnectionClaims> connection(Tokens tokens, String token) {
    return tokens
        .connection(token)
        .toCompletionStage()
        .toCompletableFuture()
        .orTimeout(10, TimeUnit.SECONDS)
        .join();
  }

  private Verified<ConnectionClaims> connection(JsonObject claims) {
    return connection(tokens, hs256.sign(claims));
  }

  private Verified<SubscriptionClaims> subscription(JsonObject claims) {
    return tokens.subscription(hs256.sign(claims)).result();
  }

  private static JsonObject ann() {
    return new JsonObject().put("sub", "ann").put("exp", NOW + 60);
  }

  private static <C> C valid(Verified<C> verified) {
    assertThat(verified).isInstanceOf(Verified.Valid.class);
    return ((Verified.Valid<C>) verified).claims();
  }

  private static String refusal(Verified<?> verified) {
    assertThat(verified).isInstanceOf(Verified.Invalid.class);
    return ((Verified.Invalid<?>) verified).why();
  }

  @ParameterizedTest
  @ValueSource(strings = {"HS256", "HS384", "HS512"})
  void believes_a_token_by_the_secret(String algorithm) {
    String token = Signer.secret(algorithm, SECRET).sign(ann());
    assertThat(valid(connection(tokens, token)).user()).isEqualTo("ann");
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "EdDSA"})
  void believes_a_token_by_a_public_key_in_a_file(String algorithm) throws IOException {
    Signer signer = Signer.publicKey(algorithm);
    Tokens tokens = withKey(signer);
    assertThat(valid(connection(tokens, signer.sign(ann()))).user()).isEqualTo("ann");
    Signer foreign = Signer.publicKey(algorithm);
    assertThat(refusal(connection(tokens, foreign.sign(ann())))).contains("no key that counts");
  }

  @Test
  void refuses_a_token_by_another_secret() {
    String token = Signer.secret("HS256", "another secret of over 32 bytes, too").sign(ann());
    assertThat(refusal(connection(tokens, token))).contains("no key that counts");
  }

  @Test
  void refuses_a_token_that_was_changed() {
    String[] good = hs256.sign(ann()).split("\\.");
    String other = hs256.sign(ann().put("sub", "bob")).split("\\.")[1];
    assertThat(refusal(connection(tokens, good[0] + "." + other + "." + good[2])))
        .contains("no key that counts");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "None", "NONE", "", "HS1", "hs256", "PS256", "RS1"})
  void refuses_an_algorithm_that_proves_nothing_or_is_not_known(String algorithm) {
    JsonObject header = new JsonObject().put("alg", algorithm);
    String[] good = hs256.sign(header, ann().encode()).split("\\.");
    String unsigned = good[0] + "." + good[1];
    assertThat(refusal(connection(tokens, String.join(".", good)))).contains("its alg is none of");
    assertThat(refusal(connection(tokens, unsigned + "."))).contains("three parts");
    assertThat(refusal(connection(tokens, unsigned))).contains("three parts");
  }

  @Test
  void without_any_key_believes_nothing_and_least_of_all_what_is_not_signed() {
    Tokens none = tokens(options("", List.of(), "", ""), false);
    String[] parts = hs256.sign(new JsonObject().put("alg", "none"), ann().encode()).split("\\.");
    assertThat(refusal(connection(none, hs256.sign(ann())))).contains("no key that counts");
    assertThat(refusal(connection(none, parts[0] + "." + parts[1]))).contains("three parts");
    assertThat(refusal(connection(none, String.join(".", parts)))).contains("its alg is none of");
  }

  @Test
  void refuses_a_public_key_used_as_a_secret() throws IOException {
    Signer rsa = Signer.publicKey("RS256");
    Tokens tokens = withKey(rsa);
    for (String text : List.of(rsa.pem(), rsa.pem().strip())) {
      String forged = Signer.secret("HS256", text).sign(ann());
      assertThat(refusal(connection(tokens, forged))).contains("no key that counts");
    }
    Tokens both =
        tokens(options(SECRET, List.of(rsa.pemFile(directory).toString()), "", ""), false);
    assertThat(refusal(connection(both, Signer.secret("HS256", rsa.pem()).sign(ann()))))
        .contains("no key that counts");
    assertThat(valid(connection(both, rsa.sign(ann()))).user()).isEqualTo("ann");
  }

  @Test
  void a_signature_of_zeros_is_none() throws IOException {
    Signer curve = Signer.publicKey("ES256");
    String token = curve.sign(ann());
    String zeros = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[64]);
    String forged = token.substring(0, token.lastIndexOf('.') + 1) + zeros;
    assertThat(refusal(connection(withKey(curve), forged))).contains("no key that counts");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "..", "a.b", "a.b.c.d", "a.b.c", "a b.c.d", "é.b.c", "e30.e30.e30", "x"})
  void refuses_what_is_no_token(String token) {
    assertThat(refusal(connection(tokens, token))).startsWith("the token is refused: ");
  }

  @Test
  void refuses_a_header_or_payload_that_is_no_object() {
    JsonObject header = new JsonObject().put("alg", "HS256");
    for (String payload : List.of("", "[]", "1", "{", "{}{}", "{\"sub\":\"a\",\"sub\":\"b\"}")) {
      assertThat(refusal(connection(tokens, hs256.sign(header, payload)))).isNotEmpty();
    }
    assertThat(refusal(connection(tokens, hs256.sign(header.copy().put("kid", 1), "{}"))))
        .contains("its kid is not a text");
    assertThat(
            refusal(
                connection(tokens, hs256.sign(header.copy().put("crit", new JsonArray()), "{}"))))
        .contains("its header asks for something");
  }

  @Test
  void refuses_a_token_that_is_too_long_whoever_signed_it() {
    assertThat(refusal(connection(ann().put("meta", "x".repeat(Tokens.MAX_CHARACTERS)))))
        .contains("over 16384 characters");
  }

  @ParameterizedTest
  @CsvSource({"-4, true", "-5, false", "-3600, false", "1, true"})
  void a_token_ends_with_its_time_and_the_leeway(int seconds, boolean good) {
    Verified<ConnectionClaims> verified = connection(ann().put("exp", NOW + seconds));
    assertThat(verified).isInstanceOf(good ? Verified.Valid.class : Verified.Expired.class);
  }

  @ParameterizedTest
  @CsvSource({"5, true", "6, false", "3600, false", "-1, true"})
  void a_token_begins_at_its_time_less_the_leeway(int seconds, boolean good) {
    Verified<ConnectionClaims> verified = connection(ann().put("nbf", NOW + seconds));
    assertThat(verified).isInstanceOf(good ? Verified.Valid.class : Verified.Expired.class);
  }

  @Test
  void an_expired_token_that_nobody_signed_is_invalid() {
    String token = Signer.secret("HS256", "x").sign(ann().put("exp", 1));
    assertThat(refusal(connection(tokens, token))).contains("no key that counts");
  }

  @Test
  void a_connection_ends_with_its_token_or_as_the_token_says() {
    assertThat(valid(connection(ann())).expiresAt()).isEqualTo(NOW + 60);
    assertThat(valid(connection(ann().put("expire_at", NOW + 9))).expiresAt()).isEqualTo(NOW + 9);
    assertThat(valid(connection(ann().put("expire_at", 0))).expiresAt()).isZero();
    assertThat(valid(connection(new JsonObject().put("sub", "ann"))).expiresAt()).isZero();
    assertThat(connection(ann().put("expire_at", NOW - 9))).isInstanceOf(Verified.Expired.class);
    assertThat(connection(ann().put("exp", 0))).isInstanceOf(Verified.Expired.class);
  }

  @Test
  void in_insecure_mode_tokens_are_checked_but_connections_do_not_end() {
    Tokens insecure = tokens(options(SECRET, List.of(), "", ""), true);
    assertThat(valid(connection(insecure, hs256.sign(ann()))).expiresAt()).isZero();
    assertThat(connection(insecure, hs256.sign(ann().put("exp", 1))))
        .isInstanceOf(Verified.Expired.class);
    assertThat(refusal(connection(insecure, Signer.secret("HS256", "x").sign(ann())))).isNotEmpty();
  }

  @Test
  void the_audience_has_to_be_named_where_one_is_configured() {
    Tokens tokens = tokens(options(SECRET, List.of(), "chat", ""), false);
    JsonArray several = new JsonArray().add("shop").add("chat");
    assertThat(valid(connection(tokens, hs256.sign(ann().put("aud", "chat"))))).isNotNull();
    assertThat(valid(connection(tokens, hs256.sign(ann().put("aud", several))))).isNotNull();
    assertThat(refusal(connection(tokens, hs256.sign(ann())))).contains("its aud");
    assertThat(refusal(connection(tokens, hs256.sign(ann().put("aud", "shop")))))
        .contains("its aud");
    assertThat(refusal(connection(tokens, hs256.sign(ann().put("aud", 7))))).contains("its aud");
  }

  @Test
  void the_issuer_has_to_be_the_one_that_is_configured() {
    Tokens tokens = tokens(options(SECRET, List.of(), "", "me"), false);
    assertThat(valid(connection(tokens, hs256.sign(ann().put("iss", "me"))))).isNotNull();
    for (Object issuer : List.of("you", "", 7)) {
      assertThat(refusal(connection(tokens, hs256.sign(ann().put("iss", issuer)))))
          .contains("its iss");
    }
  }

  @Test
  void a_token_for_a_subscription_opens_no_connection_nor_the_other_way_round() {
    assertThat(refusal(connection(ann().put("channel", "a")))).contains("opens no connection");
    assertThat(refusal(connection(ann().put("channel", "")))).contains("opens no connection");
    assertThat(refusal(subscription(ann()))).contains("names no channel");
    assertThat(refusal(subscription(ann().put("channel", "a b")))).contains("the name of a room");
  }

  @Test
  void a_subscription_fits_its_user_its_room_and_its_client_only() {
    RoomName room = new RoomName("a");
    SubscriptionClaims any = valid(subscription(ann().put("channel", "a")));
    assertThat(any.fits("ann", "c1", room)).isTrue();
    assertThat(any.fits("bob", "c1", room)).isFalse();
    assertThat(any.fits("", "c1", room)).isFalse();
    assertThat(any.fits("ann", "c1", new RoomName("b"))).isFalse();
    SubscriptionClaims one = valid(subscription(ann().put("channel", "a").put("client", "c1")));
    assertThat(one.fits("ann", "c1", room)).isTrue();
    assertThat(one.fits("ann", "c2", room)).isFalse();
  }

  @Test
  void what_a_token_says_of_its_user_is_kept_as_it_is_written() {
    JsonObject header = new JsonObject().put("alg", "HS256");
    String info = "{\"big\":12345678901234567890.10, \n\"a\":[1.0,\"}\"]}";
    String payload = "{ \"sub\" : \"ann\", \"info\" : " + info + " ,\"meta\":1.50,\"x\":null}";
    ConnectionClaims claims = valid(connection(tokens, hs256.sign(header, payload)));
    assertThat(claims.info()).isEqualTo(info.replace("\n", ""));
    assertThat(claims.meta()).isEqualTo("1.50");
    String base64 = Base64.getEncoder().encodeToString("[1]".getBytes(StandardCharsets.UTF_8));
    assertThat(valid(connection(ann().put("b64info", base64))).info()).isEqualTo("[1]");
    assertThat(refusal(connection(ann().put("b64info", "?")))).contains("its b64info");
  }

  @Test
  void rooms_to_join_come_with_what_is_said_of_them() {
    JsonObject one =
        new JsonObject()
            .put("info", new JsonObject().put("role", "admin"))
            .put("data", 1)
            .put(
                "override", new JsonObject().put("presence", new JsonObject().put("value", false)));
    ConnectionClaims claims =
        valid(
            connection(
                ann()
                    .put("channels", new JsonArray().add("b").add("a"))
                    .put("subs", new JsonObject().put("c", one))));
    assertThat(claims.rooms().keySet()).extracting(RoomName::value).containsExactly("b", "a", "c");
    ConnectionClaims.Subscribed c = claims.rooms().get(new RoomName("c"));
    assertThat(c.info()).isEqualTo("{\"role\":\"admin\"}");
    assertThat(c.data()).isEqualTo("1");
    assertThat(c.override().presence()).isFalse();
    assertThat(c.override().joinLeave()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"sub\":7}|its sub is not a text",
        "{\"sub\":\"a\\u0000\"}|its sub is not the name of a user",
        "{\"exp\":\"soon\"}|refused",
        "{\"channels\":\"a\"}|its channels is not a list of texts",
        "{\"channels\":[\"a b\"]}|its channels is not the name of a room",
        "{\"subs\":[]}|not a JSON object",
        "{\"subs\":{\"a\":{\"override\":{\"presence\":{\"value\":1}}}}}|its value is not true or",
        "{\"allow\":{\"publish\":\"a\"}}|its publish is not a list of texts",
      })
  void refuses_claims_of_another_kind_by_name(String claims, String why) {
    JsonObject header = new JsonObject().put("alg", "HS256");
    assertThat(refusal(connection(tokens, hs256.sign(header, claims)))).contains(why);
  }

  @Test
  void the_server_believes_the_tokens_that_it_issues() {
    Tokens strict = tokens(options(SECRET, List.of(), "chat", "me"), false);
    ConnectionClaims claims = valid(connection(strict, strict.issue("ann", 600)));
    assertThat(claims.user()).isEqualTo("ann");
    assertThat(claims.expiresAt()).isEqualTo(NOW + 600);
  }

  @Test
  void no_refusal_shows_the_token() {
    String token = Signer.secret("HS256", "x").sign(ann().put("meta", "confidential"));
    assertThat(refusal(connection(tokens, token))).doesNotContain("confidential", token);
    assertThat(refusal(connection(ann().put("sub", "secret\u0000name")))).doesNotContain("secretn");
  }

  @Test
  void a_file_that_holds_no_public_key_is_refused_by_name() throws IOException {
    Path none = Files.writeString(directory.resolve("none.pem"), "hello");
    Path privateKey =
        Files.writeString(
            directory.resolve("private.pem"),
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    for (Path file : List.of(none, privateKey, directory.resolve("missing.pem"))) {
      TokenOptions options = options("", List.of(file.toString()), "", "");
      assertThatThrownBy(() -> tokens(options, false))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("identity.tokens.publicKeyFiles")
          .hasMessageContaining(file.toString());
    }
  }

  @Test
  void a_secret_is_read_from_its_file_and_is_never_a_pem_key() throws IOException {
    Path file = Files.writeString(directory.resolve("secret"), SECRET + "\n");
    TokenOptions fromFile =
        new TokenOptions(new Secret(""), file.toString(), List.of(), "", 300, "", "", LEEWAY);
    assertThat(valid(connection(tokens(fromFile, false), hs256.sign(ann())))).isNotNull();
    TokenOptions pem = options(Signer.publicKey("RS256").pem(), List.of(), "", "");
    assertThatThrownBy(() -> tokens(pem, false)).hasMessageContaining("which is no secret");
  }
}
