package io.stentor.http;

import static io.stentor.support.NodeWithBystander.ROOM;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.NodeWithBystander;
import io.stentor.support.RawHttp;
import io.stentor.support.RawWebSocket;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each bad request gets one clear answer, and every connection goes on. */
class BadRequestsIT {
  @RegisterExtension static final NodeWithBystander node = new NodeWithBystander();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/rooms/a%20b",
        "/rooms/a%2Fb",
        "/rooms/%00",
        "/rooms/%ff",
        "/rooms/a%3Cb%3E",
        "/rooms/%F0%9F%98%80"
      })
  void a_bad_room_name_is_refused_before_the_upgrade(String path) {
    assertProblem(RawHttp.exchange(node.port(), RawWebSocket.upgrade(path)), 400);
  }

  @Test
  void a_room_name_of_129_characters_is_refused_and_one_of_128_of_any_script_is_not() {
    String[] tooLong = RawWebSocket.upgrade("/rooms/" + "x".repeat(129));
    assertProblem(RawHttp.exchange(node.port(), tooLong), 400);
    RawWebSocket.connect(node.port(), "/rooms/" + "%E5%AE%A4".repeat(128)).close();
    RawWebSocket.connect(node.port(), "/rooms/a._-:@%23~+Z9").close();
  }

  @Test
  void an_upgrade_without_a_key_is_refused() {
    String[] lines = RawWebSocket.upgrade(ROOM);
    String[] noKey = Arrays.copyOf(lines, lines.length - 1);
    assertThat(RawHttp.exchange(node.port(), noKey).status()).isEqualTo(400);
  }

  @Test
  void an_upgrade_of_another_version_is_refused() {
    String[] lines = RawWebSocket.upgrade(ROOM);
    lines[4] = "Sec-WebSocket-Version: 7";
    assertThat(RawHttp.exchange(node.port(), lines).status()).isIn(400, 426);
  }

  @Test
  void an_upgrade_at_an_unknown_path_is_refused() {
    assertProblem(RawHttp.exchange(node.port(), RawWebSocket.upgrade("/nowhere")), 404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/nowhere", "/nowhere/at/all.html", "/rooms/tea/nothing", "/%2e%2e/conf"})
  void an_unknown_path_is_a_problem_document(String path) {
    assertProblem(RawHttp.get(node.port(), path), 404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/../pom.xml", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd"})
  void no_path_leads_out_of_the_webroot(String path) {
    RawHttp.Answer answer = RawHttp.get(node.port(), path);
    assertThat(answer.status()).isIn(400, 403, 404);
    assertThat(answer.body()).doesNotContain("root:", "<project");
  }

  @Test
  void another_method_on_a_page_is_refused() {
    RawHttp.Answer answer =
        RawHttp.exchange(node.port(), "DELETE / HTTP/1.1", "Host: localhost", "Connection: close");
    assertThat(answer.status()).isIn(404, 405);
    assertThat(answer.header("content-type")).startsWith("application/problem+json");
  }

  @Test
  void headers_beyond_every_measure_are_refused() {
    RawHttp.Answer answer =
        RawHttp.exchange(
            node.port(), "GET / HTTP/1.1", "Host: localhost", "X-Long: " + "x".repeat(100_000));
    assertThat(answer.status()).isIn(400, 431);
  }

  @Test
  void what_is_not_http_behind_the_request_of_a_client_that_goes_leaves_no_failure_in_the_log() {
    int before = node.log().all().size();
    for (int i = 0; i < 50; i++) {
      try (RawHttp http = new RawHttp(node.port())) {
        http.send("GET / HTTP/1.1\r\nHost: x\r\n\r\nhello\r\n\r\n").endSending().isEnded();
      } catch (UncheckedIOException e) {
        // Cut off before the answer.
      }
    }
    assertProblem(RawHttp.exchange(node.port(), "GET /x", "Host: x"), 400);
    assertThat(node.log().from(before))
        .noneMatch(line -> line.contains("WARN") || line.contains("Exception"));
  }

  private static void assertProblem(RawHttp.Answer answer, int status) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.header("content-type")).startsWith("application/problem+json");
    assertThat(answer.body()).contains("\"status\":" + status);
  }
}
