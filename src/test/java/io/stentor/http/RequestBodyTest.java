package io.stentor.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.ContractDocument;
import io.stentor.support.RawHttp;
import io.stentor.support.TestEndpoints;
import io.vertx.core.json.JsonObject;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies of the right length, too long, and other than announced. */
class RequestBodyTest {
  private static final int LIMIT = 1000;
  private static final String PATH = "/rooms/tea/messages";
  private static final ContractDocument DOCUMENT = ContractDocument.read();
  private static TestEndpoints endpoints;

  @BeforeAll
  static void serve() {
    JsonObject defaults = new JsonObject().put("maxMessageBytes", LIMIT);
    endpoints = new TestEndpoints(new JsonObject().put("roomDefaults", defaults));
  }

  @AfterAll
  static void stop() {
    endpoints.close();
  }

  private static String head(String... lines) {
    return "POST "
        + PATH
        + " HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
        + String.join("\r\n", lines)
        + "\r\n\r\n";
  }

  private static String chunk(int bytes) {
    return Integer.toHexString(bytes) + "\r\n" + "x".repeat(bytes) + "\r\n";
  }

  private static void assertTooLarge(RawHttp.Answer answer) {
    DOCUMENT.assertDescribes("POST", PATH, answer);
    assertThat(answer.body())
        .contains(ProblemType.TOO_LARGE.urn(), "The body may have at most 1000 bytes here.");
  }

  private static void assertTakesAnother(RawHttp http) {
    RawHttp.Answer answer = http.send(head("Content-Length: 5") + "hello").answer();
    DOCUMENT.assertDescribes("POST", PATH, answer);
    assertThat(answer.status()).isEqualTo(201);
  }

  @Test
  void the_longest_body_is_taken_whole_or_in_chunks() {
    try (RawHttp http = new RawHttp(endpoints.port())) {
      String whole = head("Content-Length: " + LIMIT) + "x".repeat(LIMIT);
      assertThat(http.send(whole).answer().status()).isEqualTo(201);
      String chunks =
          head("Transfer-Encoding: chunked") + chunk(LIMIT - 1) + chunk(1) + "0\r\n\r\n";
      assertThat(http.send(chunks).answer().status()).isEqualTo(201);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {LIMIT + 1, 500_000})
  void a_body_that_says_it_is_too_long_is_refused_and_the_connection_goes_on(int bytes) {
    try (RawHttp http = new RawHttp(endpoints.port())) {
      assertTooLarge(http.send(head("Content-Length: " + bytes)).answer());
      http.send("x".repeat(bytes));
      assertTakesAnother(http);
    }
  }

  @Test
  void a_body_that_turns_out_to_be_too_long_is_refused_and_the_connection_goes_on() {
    try (RawHttp http = new RawHttp(endpoints.port())) {
      http.send(head("Transfer-Encoding: chunked"));
      assertTooLarge(http.send(chunk(600) + chunk(600)).answer());
      http.send(chunk(5000) + "0\r\n\r\n");
      assertTakesAnother(http);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {PATH, "/nowhere", "/rooms/a%20b/messages", "/rooms"})
  void who_goes_on_sending_is_cut_off(String path) {
    try (RawHttp http = new RawHttp(endpoints.port())) {
      http.send(head("Content-Length: 999999999999").replace(PATH, path));
      assertThat(http.answer().status()).isBetween(400, 499);
      boolean cut = false;
      for (int i = 0; i < 100 && !cut; i++) {
        cut = !sends(http, "x".repeat(BodyDrain.MAX_BYTES / 10));
      }
      assertThat(cut).isTrue();
    }
  }

  private static boolean sends(RawHttp http, String text) {
    try {
      http.send(text);
      return true;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  @Test
  void a_client_that_asks_first_is_told_to_go_on_or_that_it_is_too_much() {
    try (RawHttp http = new RawHttp(endpoints.port())) {
      http.send(head("Expect: 100-continue", "Content-Length: 5"));
      assertThat(http.answer().status()).isEqualTo(100);
      assertThat(http.send("hello").answer().status()).isEqualTo(201);
      http.send(head("Expect: 100-continue", "Content-Length: 5000"));
      assertTooLarge(http.answer());
    }
  }

  @Test
  void a_body_without_any_bytes_is_an_empty_text() {
    try (RawHttp http = new RawHttp(endpoints.port())) {
      assertThat(http.send(head("Content-Length: 0")).answer().status()).isEqualTo(201);
      String chunked = head("Transfer-Encoding: chunked") + "0\r\n\r\n";
      assertThat(http.send(chunked).answer().status()).isEqualTo(201);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: -5",
        "Content-Length: five",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 99999999999999999999999"
      })
  void a_length_that_is_none_is_a_bad_request(String header) {
    try (RawHttp http = new RawHttp(endpoints.port())) {
      RawHttp.Answer answer = http.send(head(header)).answer();
      assertThat(answer.status()).isIn(400, 413);
      assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
    }
  }
}
