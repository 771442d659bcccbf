package io.stentor.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stentor.config.ConfigException;
import io.stentor.config.IdentityOptions.TokenOptions;
import io.stentor.config.Secret;
import io.stentor.identity.TokenClaims.ConnectionClaims;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which signatures are believed, and which keys. */
class TokensTest extends TokenSetting {
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
    assertThat(refusal(connection(tokens, foreign.sign(ann()))))
        .contains("matches no configured key");
  }

  @Test
  void an_edwards_key_in_a_file_counts_for_both_names_of_its_algorithm() throws IOException {
    Signer signer = Signer.publicKey("EdDSA");
    Tokens tokens = withKey(signer);
    assertThat(valid(connection(tokens, signer.as("Ed25519").sign(ann()))).user()).isEqualTo("ann");
    Signer foreign = Signer.publicKey("EdDSA").as("Ed25519");
    assertThat(refusal(connection(tokens, foreign.sign(ann()))))
        .contains("matches no configured key");
    assertThat(refusal(connection(withKey(Signer.publicKey("ES256")), foreign.sign(ann()))))
        .contains("matches no configured key");
  }

  @Test
  void refuses_a_token_by_another_secret() {
    String token = Signer.secret("HS256", "another secret of over 32 bytes, too").sign(ann());
    assertThat(refusal(connection(tokens, token))).contains("matches no configured key");
  }

  @Test
  void refuses_a_token_that_was_changed() {
    String[] good = hs256.sign(ann()).split("\\.");
    String other = hs256.sign(ann().put("sub", "bob")).split("\\.")[1];
    assertThat(refusal(connection(tokens, good[0] + "." + other + "." + good[2])))
        .contains("matches no configured key");
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
    assertThat(refusal(connection(none, hs256.sign(ann())))).contains("matches no configured key");
    assertThat(refusal(connection(none, parts[0] + "." + parts[1]))).contains("three parts");
    assertThat(refusal(connection(none, String.join(".", parts)))).contains("its alg is none of");
  }

  @Test
  void refuses_a_public_key_used_as_a_secret() throws IOException {
    Signer rsa = Signer.publicKey("RS256");
    Tokens tokens = withKey(rsa);
    for (String text : List.of(rsa.pem(), rsa.pem().strip())) {
      String forged = Signer.secret("HS256", text).sign(ann());
      assertThat(refusal(connection(tokens, forged))).contains("matches no configured key");
    }
    Tokens both =
        tokens(options(SECRET, List.of(rsa.pemFile(directory).toString()), "", ""), false);
    assertThat(refusal(connection(both, Signer.secret("HS256", rsa.pem()).sign(ann()))))
        .contains("matches no configured key");
    assertThat(valid(connection(both, rsa.sign(ann()))).user()).isEqualTo("ann");
  }

  @Test
  void a_signature_of_zeros_is_none() throws IOException {
    Signer curve = Signer.publicKey("ES256");
    String token = curve.sign(ann());
    String zeros = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[64]);
    String forged = token.substring(0, token.lastIndexOf('.') + 1) + zeros;
    assertThat(refusal(connection(withKey(curve), forged))).contains("matches no configured key");
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
        .contains("its header has a critical extension");
  }

  @Test
  void refuses_a_token_that_is_too_long_whoever_signed_it() {
    assertThat(refusal(connection(ann().put("meta", "x".repeat(CompactToken.MAX_CHARACTERS)))))
        .contains("over 16384 characters");
  }

  @Test
  void an_expired_token_that_nobody_signed_is_invalid() {
    String token = Signer.secret("HS256", "x").sign(ann().put("exp", 1));
    assertThat(refusal(connection(tokens, token))).contains("matches no configured key");
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

  private Tokens withSecretFile(byte[] content) throws IOException {
    Path file = Files.write(directory.resolve("secret-bytes"), content);
    return tokens(
        new TokenOptions(new Secret(""), file.toString(), List.of(), "", 300, "", "", LEEWAY),
        false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s", "%s\n", "%s\r\n", "%s\n\n", "\ufeff%s\n", "%s\r"})
  void what_editors_and_shells_put_around_a_secret_is_no_part_of_it(String form)
      throws IOException {
    String text = String.format(form, SECRET);
    Tokens file = withSecretFile(text.getBytes(StandardCharsets.UTF_8));
    assertThat(valid(connection(file, hs256.sign(ann()))).user()).isEqualTo("ann");
    Tokens variable = tokens(options(text, List.of(), "", ""), false);
    assertThat(valid(connection(variable, hs256.sign(ann()))).user()).isEqualTo("ann");
  }

  @Test
  void other_white_space_around_a_secret_counts_and_is_warned_of() {
    TokenOptions options = options(SECRET + " \n", List.of(), "", "");
    assertThat(Tokens.warnings(options)).singleElement().asString().contains("white space");
    assertThat(Tokens.warnings(options(SECRET, List.of(), "", ""))).isEmpty();
    String token = Signer.secret("HS256", SECRET + " ").sign(ann());
    assertThat(valid(connection(tokens(options, false), token)).user()).isEqualTo("ann");
  }

  @Test
  void a_secret_that_is_not_utf_8_is_refused_by_name() {
    for (byte[] bytes :
        List.of(
            ("\ufeff" + SECRET).getBytes(StandardCharsets.UTF_16LE),
            new byte[] {(byte) 0x80, (byte) 0x81})) {
      assertThatThrownBy(() -> withSecretFile(bytes))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("identity.tokens.hmacSecretFile")
          .hasMessageContaining("not UTF-8");
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
