package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.WebSocketRoute;
import com.microsoft.playwright.WebSocketRoute.CloseOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.HasCountOptions;
import io.stentor.support.Balancer;
import io.stentor.support.ClusterOfProcesses;
import io.stentor.support.HttpRoom;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The chat page against nodes that stop, restart or fail over, each a real process. */
class ReconnectIT extends InBrowser {
  private static final Pattern SOCKET = Pattern.compile("/connection/websocket");

  /** Of a room to be recovered. */
  private static final Pattern POSITION = Pattern.compile("(\"recover\":true,\"epoch\":\")\\w+");

  private static final HasCountOptions PATIENCE = new HasCountOptions().setTimeout(60_000);

  @Test
  void messages_written_while_disconnected_are_sent_after_reconnecting_and_losses_are_shown() {
    NodeProcess first = NodeProcess.start(Launch.server());
    int port = first.port();
    try (first;
        Window window = browser.open(page(port, "?room=back")).awaitLive()) {
      window.say("before").awaitLast("before");
      first.kill9();
      assertThat(window.at("state")).hasText(Pattern.compile("reconnecting in \\d+ s|connecting"));
      window.say("meanwhile");
      assertThat(window.page().locator(".pending .status")).hasText("waiting for the connection");

      try (NodeProcess second =
          NodeProcess.start(Launch.jar("--host", "127.0.0.1", "--port", Integer.toString(port)))) {
        assertThat(second.isAlive()).isTrue();
        window.awaitLive().awaitMessages("before", "meanwhile");
        assertThat(window.page().locator(".pending")).hasCount(0);
        assertThat(window.page().locator("#ulMsg .gap"))
            .containsText("Messages may be missing here");
      }
    }
  }

  @Test
  void a_conversation_survives_a_killed_node_with_nothing_lost_or_duplicated() {
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2);
        Balancer balancer = new Balancer(cluster.node(0).port(), cluster.node(1).port());
        Window ann = browser.open(page(balancer.port(), "?room=lives")).awaitLive();
        Window bob = browser.open(page(cluster.node(1).port(), "?room=lives")).awaitLive()) {
      String before = ann.at("node").textContent();
      List<String> said = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        if (i == 10) {
          cluster.node(0).kill9();
        }
        ann.say("ann " + i);
        bob.say("bob " + i);
        said.add("ann " + i);
        said.add("bob " + i);
      }
      for (Window window : List.of(ann, bob)) {
        assertThat(window.texts()).hasCount(said.size(), PATIENCE);
        assertThat(window.page().locator(".pending")).hasCount(0, PATIENCE);
      }
      List<String> heard = ann.texts().allTextContents();
      assertThat(heard).containsExactlyInAnyOrderElementsOf(said);
      assertThat(bob.texts().allTextContents()).isEqualTo(heard);
      for (String who : List.of("ann", "bob")) {
        assertThat(heard).filteredOn(text -> text.startsWith(who)).isSubsetOf(said);
        assertThat(heard.stream().filter(text -> text.startsWith(who)).toList())
            .isEqualTo(said.stream().filter(text -> text.startsWith(who)).toList());
      }
      assertThat(ann.page().locator("#ulMsg .gap")).hasCount(0);
      assertThat(ann.at("node")).not().hasText(before);
      ann.at("btnConnection").click();
      assertThat(ann.at("connection")).containsText("Reconnects");
    }
  }

  @Test
  void a_message_whose_reply_was_lost_appears_once() {
    AtomicBoolean cut = new AtomicBoolean(true);
    try (Window window = browser.open("about:blank")) {
      route(
          window,
          route -> {
            WebSocketRoute server = route.connectToServer();
            server.onMessage(
                frame -> {
                  boolean published = frame.text().contains("\"publish\"");
                  if (published || frame.text().contains("\"pub\"")) {
                    if (cut.getAndSet(false)) {
                      route.close(new CloseOptions().setCode(3001).setReason("shutdown"));
                      return;
                    }
                  }
                  route.send(frame.text());
                });
          });
      window.page().navigate(page("?room=lost-answer"));
      window.awaitLive().say("once");
      assertThat(window.page().locator(".pending")).hasCount(0, PATIENCE);
      window.say("after").awaitMessages("once", "after");
      assertThat(cut).isFalse();
    }
  }

  @Test
  void a_message_that_is_refused_stays_with_its_reason_until_it_is_sent_again_or_discarded() {
    AtomicBoolean refuse = new AtomicBoolean(true);
    try (Window window = browser.open("about:blank")) {
      Pattern id = Pattern.compile("\"id\":(\\d+)");
      route(
          window,
          route -> {
            WebSocketRoute server = route.connectToServer();
            route.onMessage(
                frame -> {
                  if (refuse.get() && frame.text().contains("\"publish\"")) {
                    String number =
                        id.matcher(frame.text()).results().findFirst().orElseThrow().group(1);
                    route.send(
                        "{\"id\":%s,\"error\":{\"code\":103,\"message\":\"permission denied\"}}"
                            .formatted(number));
                  } else {
                    server.send(frame.text());
                  }
                });
          });
      window.page().navigate(page("?room=refusing"));
      window.awaitLive().say("one").say("two");
      assertThat(window.page().locator(".failed .status"))
          .hasText(
              new String[] {
                "not sent: you are not allowed to write in this room.",
                "not sent: you are not allowed to write in this room."
              });
      refuse.set(false);
      window.page().locator(".failed").first().getByText("Try again").click();
      window.page().locator(".failed").last().getByText("Discard").click();

      window.awaitMessages("one");
      assertThat(window.page().locator(".pending")).hasCount(0);
    }
  }

  @Test
  void a_message_that_is_too_long_stays_in_the_box() {
    try (Window window = browser.open(page("?room=short")).awaitLive()) {
      String text = "x".repeat(65_500);
      window.say(text);

      assertThat(window.at("noticeText")).containsText("65502 bytes; this room allows 65024");
      assertThat(window.at("txtMsg")).hasValue(text);
      assertThat(window.page().locator(".pending")).hasCount(0);
      window.say("short").awaitMessages("short");
      assertThat(window.at("notice")).isHidden();
    }
  }

  @Test
  void a_permanent_close_is_obeyed_and_its_reason_shown() {
    AtomicInteger connections = new AtomicInteger();
    try (Window window = browser.open("about:blank")) {
      route(
          window,
          route -> {
            connections.incrementAndGet();
            route.close(new CloseOptions().setCode(3503).setReason("not wanted here"));
          });
      window.page().navigate(page("?room=banned"));

      window.awaitState("closed");
      assertThat(window.at("noticeText")).containsText("not wanted here");
      assertThat(window.at("btnSend")).isDisabled();
      window.page().evaluate("dispatchEvent(new Event('online'))");
      assertThat(connections).hasValue(1);
      window.at("btnRetry").click();
      await().untilAsserted(() -> assertThat(connections).hasValue(2));
      assertThat(window.at("noticeText")).containsText("not wanted here");
    }
  }

  @Test
  void reconnects_after_a_shutdown_and_at_once_when_the_network_is_back() {
    AtomicInteger connections = new AtomicInteger();
    try (Window window = browser.open("about:blank")) {
      // The longest waits, so that only the event can bring the connection back within the test.
      window
          .page()
          .addInitScript(
              "Math.random = () => 0.999; const timeout = window.setTimeout;"
                  + " window.setTimeout = (task, millis) =>"
                  + " timeout(task, millis > 499 && millis < 500 ? 600000 : millis);");
      route(
          window,
          route -> {
            if (connections.incrementAndGet() == 1) {
              route.close(new CloseOptions().setCode(3001).setReason("shutdown"));
            } else {
              route.connectToServer();
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
  void two_windows_exchange_messages_through_two_nodes() {
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2);
        Window one = browser.open(page(cluster.node(0).port(), "?room=across")).awaitLive();
        Window two = browser.open(page(cluster.node(1).port(), "?room=across")).awaitLive()) {
      one.say("from a").awaitLast("from a");
      two.say("from b").awaitLast("from b");

      one.awaitMessages("from a", "from b");
      two.awaitMessages("from a", "from b");
      assertThat(one.at("node").textContent()).isNotEqualTo(two.at("node").textContent());
      assertThat(one.complaints()).isEmpty();
      assertThat(two.complaints()).isEmpty();
    }
  }

  /** Whether the room can be recovered or not, the page has shown nothing yet that could end. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void messages_whose_reading_was_cut_off_are_read_when_the_connection_is_back(boolean recovered) {
    HttpRoom room = HttpRoom.at(node.port(), "cut-" + recovered);
    room.publish("one");
    room.publish("two");
    AtomicBoolean cut = new AtomicBoolean();
    try (Window window = browser.open("about:blank")) {
      route(
          window,
          route -> {
            WebSocketRoute server = route.connectToServer();
            route.onMessage(
                frame -> {
                  if (frame.text().contains("\"history\"") && cut.compareAndSet(false, true)) {
                    route.close(new CloseOptions().setCode(3001).setReason("shutdown"));
                    server.close();
                  } else {
                    String text = frame.text();
                    server.send(recovered ? text : POSITION.matcher(text).replaceAll("$1_"));
                  }
                });
          });
      window.page().navigate(page("?room=cut-" + recovered));
      window.awaitLive().awaitMessages("one", "two");

      assertThat(cut).isTrue();
      assertThat(window.page().locator("#ulMsg .gap")).hasCount(0);
      assertThat(window.at("empty")).isHidden();
    }
  }

  private static void route(Window window, Consumer<WebSocketRoute> handler) {
    window.page().routeWebSocket(SOCKET, handler);
  }
}
