package io.stentor.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.ContractDocument;
import io.stentor.support.RawHttp;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client is told when a request is not as the contract says. */
class ApiRoutesTest {
  private static final String MESSAGES = "/rooms/tea/messages";
  private static final ContractDocument DOCUMENT = ContractDocument.read();
  private static TestEndpoints open;
  private static TestEndpoints restricted;

  @BeforeAll
  static void serve() {
    open = new TestEndpoints(new JsonObject());
    JsonObject http = new JsonObject();
    http.put("allowedOrigins", new JsonArray().add("https://example.org").add("app://local"));
    restricted = new TestEndpoints(new JsonObject().put("http", http));
  }

  @AfterAll
  static void stop() {
    open.close();
    restricted.close();
  }

  private static RawHttp.Answer send(
      TestEndpoints to, String method, String target, String... more) {
    List<String> lines = new ArrayList<>(List.of(method + " " + target + " HTTP/1.1", "Host: x"));
    lines.addAll(Arrays.asList(more));
    RawHttp.Answer answer = RawHttp.exchange(to.port(), lines.toArray(String[]::new));
    if (!method.equals("OPTIONS")) {
      DOCUMENT.assertDescribes(method, target, answer);
    }
    return answer;
  }

  private static void assertRefused(RawHttp.Answer answer, ProblemType type, String detail) {
    assertThat(answer.body()).contains(type.urn());
    assertThat(new JsonObject(answer.body()).getString("detail")).isEqualTo(detail);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "limit=many | The parameter limit cannot be \"many\": it is a whole number from 1 to 1000.",
        "limit=0 | The parameter limit cannot be \"0\": it is a whole number from 1 to 1000.",
        "limit=1001 | The parameter limit cannot be \"1001\": it is a whole number from 1 to 1000.",
        "limit=+5 | The parameter limit cannot be \" 5\": it is a whole number from 1 to 1000.",
        "limit= | The parameter limit cannot be \"\": it is a whole number from 1 to 1000.",
        "wait=61 | The parameter wait cannot be \"61\": it is a whole number from 1 to 60.",
        "strict=yes | The parameter strict cannot be \"yes\": it is true or false.",
        "limit=1&limit=2 | The parameter limit is given twice.",
        "since=%zz | The request is not HTTP, or its path or query cannot be decoded.",
      })
  void a_wrong_parameter_is_named_with_its_value_and_what_is_allowed(String query, String detail) {
    assertRefused(send(open, "GET", MESSAGES + "?" + query), ProblemType.BAD_REQUEST, detail);
  }

  @Test
  void a_query_that_cannot_be_decoded_is_a_bad_request_everywhere() {
    assertRefused(
        send(open, "GET", "/rooms?=%"), ProblemType.BAD_REQUEST, "The query cannot be decoded.");
  }

  @Test
  void a_program_can_read_which_parameter_was_wrong() {
    RawHttp.Answer answer = send(open, "GET", MESSAGES + "?limit=many");
    assertThat(new JsonObject(answer.body()).getString("parameter")).isEqualTo("limit");
  }

  @Test
  void a_long_value_is_shortened_and_its_control_characters_are_taken_out() {
    RawHttp.Answer answer = send(open, "GET", MESSAGES + "?limit=%00%1b" + "x".repeat(1000));
    assertRefused(
        answer,
        ProblemType.BAD_REQUEST,
        "The parameter limit cannot be \"\uFFFD\uFFFD"
            + "x".repeat(38)
            + "…\": it is a whole number"
            + " from 1 to 1000.");
  }

  @Test
  void a_position_that_is_none_has_a_type_of_its_own() {
    assertRefused(
        send(open, "GET", MESSAGES + "?since=yesterday"),
        ProblemType.INVALID_POSITION,
        "The parameter since cannot be \"yesterday\": a position is epoch:offset as the server gave"
            + " it, for example 1a2b3c:42.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/messages", "/events", "/members", ""})
  void a_room_that_is_none_has_a_type_of_its_own(String rest) {
    assertRefused(
        send(open, "GET", "/rooms/a%20b" + rest),
        ProblemType.INVALID_ROOM,
        "The parameter room cannot be \"a b\": a room name has letters, digits and ._-:@#~+ only,"
            + " not U+0020.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a+b", "a%2Bb", "%E6%88%BF%E9%97%B4", "a.b_c-d:e@f~g", "%23x"})
  void a_room_with_signs_and_of_any_script_is_none_of_those(String room) {
    assertThat(send(open, "GET", "/rooms/" + room + "/messages").status()).isEqualTo(200);
  }

  @Test
  void a_wrong_header_is_named() {
    RawHttp.Answer answer =
        send(
            open,
            "POST",
            MESSAGES,
            "Content-Type: text/plain",
            "Content-Length: 0",
            "Idempotency-Key: a\tb");
    assertRefused(
        answer,
        ProblemType.BAD_REQUEST,
        "The header Idempotency-Key cannot be \"a\uFFFDb\": it is 1 to 255 visible characters of"
            + " ASCII, with or without quotes around them.");
  }

  @ParameterizedTest
  @CsvSource({
    "DELETE,/rooms/tea/messages,'GET, HEAD, POST'",
    "PUT,/messages,POST",
    "POST,/rooms,'GET, HEAD'",
    "PATCH,/rooms/tea/events,'GET, HEAD'",
    "NEW,/openapi.yaml,'GET, HEAD'",
    "OPTIONS,/rooms/tea/members,'GET, HEAD'",
    "POST,/index.html,'GET, HEAD'"
  })
  void a_wrong_method_is_told_the_right_ones(String method, String path, String allowed) {
    RawHttp.Answer answer =
        RawHttp.exchange(
            open.port(), method + " " + path + " HTTP/1.1", "Host: x", "Connection: close");
    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("allow")).isEqualTo(allowed);
  }

  @Test
  void an_unknown_path_is_not_found() {
    assertThat(send(open, "GET", "/rooms/tea/cups").body()).contains(ProblemType.NOT_FOUND.urn());
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/html", "application/xml, text/*;q=0.5", "application/json;q=0"})
  void an_answer_that_nobody_accepts_is_not_given(String accept) {
    assertRefused(
        send(open, "GET", MESSAGES, "Accept: " + accept),
        ProblemType.NOT_ACCEPTABLE,
        "The answer is application/json, which the header Accept excludes.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"*/*", "application/*", "text/html, */*;q=0.1", "Application/JSON", ""})
  void an_answer_that_may_be_accepted_is_given(String accept) {
    assertThat(send(open, "GET", MESSAGES, "Accept: " + accept).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Content-Type: application/x-www-form-urlencoded | A body of the type"
            + " application/x-www-form-urlencoded is not taken here, only text/plain or"
            + " application/json.",
        "Content-Type: text/plain; charset=iso-8859-1 | Only UTF-8 is taken, not what the header"
            + " Content-Type says: text/plain; charset=iso-8859-1.",
        "X-No: type | The header Content-Type is missing; it is text/plain or application/json.",
      })
  void a_body_of_another_kind_is_refused(String header, String detail) {
    RawHttp.Answer answer = send(open, "POST", MESSAGES, header, "Content-Length: 0");
    assertRefused(answer, ProblemType.UNSUPPORTED_MEDIA_TYPE, detail);
  }

  @Test
  void a_body_in_a_coding_is_refused() {
    RawHttp.Answer answer =
        send(
            open,
            "POST",
            MESSAGES,
            "Content-Type: text/plain; charset=\"UTF-8\"",
            "Content-Encoding: gzip",
            "Content-Length: 0");
    assertThat(answer.status()).isEqualTo(415);
  }

  @Test
  void the_contract_is_served() {
    RawHttp.Answer answer = send(open, "GET", "/openapi.yaml");
    assertThat(answer.header("content-type")).isEqualTo("application/yaml");
    assertThat(answer.body()).isEqualTo(DOCUMENT.source());
  }

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
