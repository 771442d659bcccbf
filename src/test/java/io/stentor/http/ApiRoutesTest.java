package io.stentor.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.RawHttp;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with a request is told by its name. */
class ApiRoutesTest extends RoutesSetting {
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
    assertRefused(send(open, "GET", "/rooms?=%"), ProblemType.BAD_REQUEST, RequestCheck.UNREADABLE);
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
            + " application/json or application/octet-stream: set the header Content-Type.",
        "Content-Type: text/plain; charset=iso-8859-1 | Only UTF-8 is taken, not what the header"
            + " Content-Type says: text/plain; charset=iso-8859-1.",
        "X-No: type | The header Content-Type is missing; it is text/plain or application/json or"
            + " application/octet-stream.",
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
}
