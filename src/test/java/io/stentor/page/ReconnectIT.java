package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.WebSocketRoute.CloseOptions;
import io.stentor.support.ClusterOfProcesses;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.Window;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URISyntaxException;
import java.net.URL;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Pages against nodes that come and go, or that are several, each a real process. */
class ReconnectIT extends InBrowser {
  private static final int TUTORIAL_PORT = 9898;

  @Test
  void the_page_shows_a_lost_connection_keeps_the_text_and_comes_back() {
    NodeProcess first = NodeProcess.start(Launch.server());
    int port = first.port();
    try (first;
        Window window = browser.open(page(port, "?room=back")).awaitLive()) {
      window.at("txtMsg").fill("written before");
      first.kill9();
      assertThat(window.at("state")).hasText(Pattern.compile("reconnecting in \\d+ s|connecting"));
      assertThat(window.at("btnSend")).isDisabled();
      window.at("txtMsg").press("Enter");
      assertThat(window.at("noticeText")).containsText("stays in the box");
      assertThat(window.at("txtMsg")).hasValue("written before");

      try (NodeProcess second =
          NodeProcess.start(Launch.jar("--host", "127.0.0.1", "--port", Integer.toString(port)))) {
        assertThat(second.isAlive()).isTrue();
        window.awaitLive();
        assertThat(window.at("notice")).isHidden();
        window.at("txtMsg").press("Enter");
        window.awaitMessages("written before");
      }
    }
  }

  @Test
  void a_server_that_asks_not_to_come_back_is_obeyed_and_its_reason_shown() {
    AtomicInteger connections = new AtomicInteger();
    try (Window window = browser.open("about:blank")) {
      window
          .page()
          .routeWebSocket(
              Pattern.compile("/rooms/banned"),
              route -> {
                connections.incrementAndGet();
                route.close(new CloseOptions().setCode(3501).setReason("not wanted here"));
              });
      window.page().navigate(page("?room=banned"));

      window.awaitState("closed");
      assertThat(window.at("noticeText")).containsText("not wanted here");
      assertThat(window.at("btnSend")).isDisabled();
      window.page().evaluate("dispatchEvent(new Event('online'))");
      assertThat(connections).hasValue(1);
      window.at("btnRetry").click();
      assertThat(window.at("noticeText")).containsText("not wanted here");
      await().untilAsserted(() -> assertThat(connections).hasValue(2));
    }
  }

  @Test
  void a_server_that_goes_away_is_tried_again_and_at_once_when_the_network_is_back() {
    AtomicInteger connections = new AtomicInteger();
    try (Window window = browser.open("about:blank")) {
      // The longest waits, so that only the event can bring the connection back within the test.
      window.page().addInitScript("Math.random = () => 0.999; Math.min = () => 600000;");
      window
          .page()
          .routeWebSocket(
              Pattern.compile("/rooms/going"),
              route -> {
                if (connections.incrementAndGet() == 1) {
                  route.close(new CloseOptions().setCode(3001).setReason("shutdown"));
                }
              });
      window.page().navigate(page("?room=going"));

      window.awaitState("waiting");
      window.page().evaluate("dispatchEvent(new Event('online'))");
      window.awaitLive();
      assertThat(connections).hasValue(2);
    }
  }

  @Test
  void a_message_that_was_too_long_comes_back_into_the_box() {
    try (Window window = browser.open("about:blank")) {
      CloseOptions tooBig = new CloseOptions().setCode(1009).setReason("at most 5 bytes");
      window
          .page()
          .routeWebSocket(
              Pattern.compile("/rooms/short"), route -> route.onMessage(f -> route.close(tooBig)));
      window.page().navigate(page("?room=short"));
      window.awaitLive().say("too long");

      assertThat(window.at("noticeText")).containsText("longer than this room allows");
      assertThat(window.at("txtMsg")).hasValue("too long");
      window.awaitLive();
    }
  }

  @Test
  void a_message_that_may_not_have_arrived_comes_back_into_the_box() {
    try (Window window = browser.open("about:blank")) {
      CloseOptions goingAway = new CloseOptions().setCode(3001).setReason("shutdown");
      window
          .page()
          .routeWebSocket(
              Pattern.compile("/rooms/unsure"),
              route ->
                  route.onMessage(
                      frame -> {
                        if (frame.text().equals("heard")) {
                          route.send("heard");
                        } else {
                          route.close(goingAway);
                        }
                      }));
      window.page().navigate(page("?room=unsure"));
      window.awaitLive().say("heard").awaitMessages("heard");
      assertThat(window.at("txtMsg")).isEmpty();
      window.say("unheard");

      assertThat(window.at("noticeText")).containsText("may not have arrived");
      assertThat(window.at("txtMsg")).hasValue("unheard");
    }
  }

  @Test
  void waits_are_drawn_from_nothing_to_a_bound_that_doubles_up_to_a_cap() {
    try (Window window = browser.open(page(""))) {
      Object waits =
          window
              .page()
              .evaluate(
                  "import('/js/connection.js').then(({backoffMillis: b}) => ["
                      + "b(0, () => 0), b(9, () => 0), b(0, () => 1), b(1, () => 1), b(2, () => 1),"
                      + " b(5, () => 1), b(6, () => 1), b(1e9, () => 1)])");

      assertThat(waits).isEqualTo(List.of(0, 0, 500, 1000, 2000, 16000, 20000, 20000));
    }
  }

  @Test
  void the_tutorials_own_page_works_unchanged_from_a_file() throws URISyntaxException {
    Assumptions.assumeTrue(
        isFree(TUTORIAL_PORT), "port 9898 is taken, the tutorial's page needs it");
    URL file = Objects.requireNonNull(getClass().getResource("/tutorial/index.html"));
    try (NodeProcess tutorial = NodeProcess.start(Launch.jar("--host", "127.0.0.1"));
        Window one = browser.open(file.toURI().toString());
        Window two = browser.open(file.toURI().toString())) {
      for (Window window : List.of(one, two)) {
        window.page().waitForCondition(() -> isOpen(window));
      }
      one.at("txtMsg").fill("hello");
      one.at("btnSend").click();

      for (Window window : List.of(one, two)) {
        assertThat(window.page().locator("#ulMsg li")).hasText(new String[] {"消息列表：", "HELLO!!!"});
        assertThat(window.complaints()).isEmpty();
      }
      assertThat(tutorial.isAlive()).isTrue();
    }
  }

  private static boolean isOpen(Window window) {
    return Boolean.TRUE.equals(window.page().evaluate("ws.readyState === WebSocket.OPEN"));
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
    }
  }

  @Test
  void two_windows_talk_through_two_nodes() {
    String attack = "<img src=x onerror=\"document.title='taken'\">";
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2);
        Window one = browser.open(page(cluster.node(0).port(), "?room=across")).awaitLive();
        Window two = browser.open(page(cluster.node(1).port(), "?room=across")).awaitLive()) {
      // An open socket has not joined yet; who hears itself has.
      one.say("a is here").awaitLast("a is here");
      two.say("b is here").awaitLast("b is here");
      one.awaitLast("b is here").say("from a");
      two.awaitLast("from a").say(attack);

      one.awaitLast(attack);
      two.awaitLast(attack);
      assertThat(one.page().locator("#ulMsg img")).hasCount(0);
      assertThat(one.page().title()).isEqualTo("# across – Stentor");
      assertThat(one.complaints()).isEmpty();
      assertThat(two.complaints()).isEmpty();
    }
  }
}
