package io.stentor.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.RawHttp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which pages of other origins may come, and what they are told. */
class OriginsTest extends RoutesSetting {
  @ParameterizedTest
  @CsvSource({
    "/rooms/tea/messages,'GET,HEAD,POST','Authorization,Content-Type,Idempotency-Key,X-API-Key'",
    "/rooms/tea/events,'GET,HEAD','Authorization,Last-Event-ID,X-API-Key'",
    "/messages,POST,'Authorization,Content-Type,X-API-Key'",
    "/rooms,'GET,HEAD','Authorization,X-API-Key'"
  })
  void a_preflight_is_told_what_the_path_has(String path, String methods, String headers) {
    RawHttp.Answer answer =
        send(
            open,
            "OPTIONS",
            path,
            "Origin: https://anywhere.example",
            "Access-Control-Request-Method: GET",
            "Connection: close");
    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.header("access-control-allow-origin")).isEqualTo("https://anywhere.example");
    assertThat(answer.header("access-control-allow-methods")).isEqualTo(methods);
    assertThat(answer.header("access-control-allow-headers")).isEqualTo(headers);
    assertThat(answer.header("access-control-max-age")).isEqualTo("7200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"null", "https://a.example:8443", "app://local", "http://", "http://[", "?"})
  void by_default_every_origin_may_come(String origin) {
    RawHttp.Answer answer = send(open, "GET", MESSAGES, "Origin: " + origin);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("access-control-allow-origin")).isEqualTo(origin);
    assertThat(answer.header("access-control-expose-headers"))
        .contains("Allow", "Location", "Retry-After");
  }

  @Test
  void an_error_can_be_read_by_pages_of_other_origins() {
    RawHttp.Answer answer = send(open, "GET", MESSAGES + "?limit=x", "Origin: https://a.example");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.header("access-control-allow-origin")).isEqualTo("https://a.example");
  }

  @Test
  void an_origin_that_is_not_allowed_is_refused() {
    RawHttp.Answer answer = send(restricted, "GET", MESSAGES, "Origin: https://a.example");
    assertRefused(
        answer, ProblemType.FORBIDDEN, "Pages of the origin https://a.example may not come here.");
    assertThat(answer.header("access-control-allow-origin")).isEmpty();
    RawHttp.Answer preflight =
        send(
            restricted,
            "OPTIONS",
            MESSAGES,
            "Origin: https://a.example",
            "Access-Control-Request-Method: POST");
    assertThat(preflight.status()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://example.org", "app://local"})
  void an_origin_that_is_allowed_may_come(String origin) {
    RawHttp.Answer answer = send(restricted, "GET", MESSAGES, "Origin: " + origin);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("access-control-allow-origin")).isEqualTo(origin);
    assertThat(answer.header("vary")).containsIgnoringCase("origin");
  }

  @Test
  void who_is_no_page_may_come_whatever_is_allowed() {
    assertThat(send(restricted, "GET", MESSAGES).status()).isEqualTo(200);
  }
}
