package io.stentor.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.identity.TokenClaims.ConnectionClaims;
import io.stentor.identity.TokenClaims.SubscriptionClaims;
import io.stentor.message.RoomName;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a token whose signature is good may say, and how long it holds. */
class TokenClaimsTest extends TokenSetting {
  private Verified<SubscriptionClaims> subscription(JsonObject claims) {
    return tokens.subscription(hs256.sign(claims)).result();
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
  void a_connection_ends_with_its_token_or_as_the_token_says() {
    assertThat(valid(connection(ann())).expiresAt()).isEqualTo(NOW + 60);
    assertThat(valid(connection(ann().put("expire_at", NOW + 9))).expiresAt()).isEqualTo(NOW + 9);
    assertThat(valid(connection(ann().put("expire_at", 0))).expiresAt()).isZero();
    assertThat(valid(connection(new JsonObject().put("sub", "ann"))).expiresAt()).isZero();
    assertThat(connection(ann().put("expire_at", NOW - 9))).isInstanceOf(Verified.Expired.class);
    assertThat(connection(ann().put("exp", 0))).isInstanceOf(Verified.Expired.class);
  }

  @Test
  void in_insecure_mode_tokens_are_checked_all_the_same() {
    Tokens insecure = tokens(options(SECRET, List.of(), "", ""), true);
    assertThat(valid(connection(insecure, hs256.sign(ann()))).expiresAt()).isEqualTo(NOW + 60);
    assertThat(connection(insecure, hs256.sign(ann().put("exp", 1))))
        .isInstanceOf(Verified.Expired.class);
    assertThat(refusal(connection(insecure, Signer.secret("HS256", "x").sign(ann())))).isNotEmpty();
  }

  @Test
  void an_audience_of_another_kind_is_named() {
    Tokens tokens = tokens(options(SECRET, List.of(), "chat", ""), false);
    assertThat(refusal(connection(tokens, hs256.sign(ann().put("aud", 5)))))
        .contains("its aud is not a text or a list of texts");
  }

  @Test
  void a_user_has_a_name_of_up_to_255_characters() {
    String longest = "a".repeat(255);
    assertThat(valid(connection(ann().put("sub", longest))).user()).isEqualTo(longest);
    assertThat(refusal(connection(ann().put("sub", longest + "a"))))
        .contains("1 to 255 characters");
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
        "{\"exp\":\"soon\"}|its exp is not a number of seconds",
        "{\"nbf\":true}|its nbf is not a number of seconds",
        "{\"expire_at\":[]}|its expire_at is not a number of seconds",
        "{\"sub\":\"a\",\"exp\":1,\"sub\":\"b\"}|it has sub twice",
        "{\"allow\":{\"publish\":[],\"publish\":[]}}|it has publish twice",
        "{\"a b\":1,\"a b\":1}|it holds something that is not JSON",
        "{\"allow\":7}|its allow is not a JSON object",
        "[]|it holds something that is not a JSON object",
        "{|it holds something that is not JSON",
        "{\"channels\":\"a\"}|its channels is not a list of texts",
        "{\"channels\":[\"a b\"]}|its channels is not the name of a room",
        "{\"subs\":[]}|its subs is not a JSON object",
        "{\"subs\":{\"a\":{\"override\":{\"presence\":{\"value\":1}}}}}|its value is not true or",
        "{\"allow\":{\"publish\":\"a\"}}|its publish is not a list of texts",
      })
  void refuses_claims_of_another_kind_by_name(String claims, String why) {
    JsonObject header = new JsonObject().put("alg", "HS256");
    assertThat(refusal(connection(tokens, hs256.sign(header, claims)))).contains(why);
  }
}
