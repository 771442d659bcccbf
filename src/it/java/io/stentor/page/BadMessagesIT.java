package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Route;
import com.microsoft.playwright.WebSocketRoute;
import com.microsoft.playwright.assertions.LocatorAssertions.HasTextOptions;
import io.stentor.support.HttpRoom;
import io.stentor.support.Window;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the pages do with messages of a server that they do not understand: they count and ignore
 * them.
 */
class BadMessagesIT extends InConsole {
  private static final HasTextOptions PATIENCE = new HasTextOptions().setTimeout(SOON_MILLIS);

  private static final List<String> BAD_LINES =
      List.of(
          "{", "nonsense", "[]", "null", "7", "{\"push\":1}", "{\"strange\":{}}", "{\"id\":99}");

  private static final List<String> BAD_PUSHES =
      List.of(
          "\"pub\":1",
          "\"pub\":{\"offset\":\"one\"}",
          "\"join\":{}",
          "\"join\":{\"info\":{\"user\":7}}",
          "\"leave\":{\"info\":{\"client\":[]}}",
          "\"unsubscribe\":{}",
          "\"strange\":{}");

  /** Before each publication the server sends bad messages, too. */
  private static void addBadPushes(WebSocketRoute route, String room) {
    WebSocketRoute server = route.connectToServer();
    server.onMessage(
        frame -> {
          if (frame.text().contains("\"pub\"")) {
            BAD_LINES.forEach(route::send);
            for (String push : BAD_PUSHES) {
              route.send("{\"push\":{\"channel\":\"%s\",%s}}".formatted(room, push));
              route.send("{\"push\":{\"channel\":\"unknown\",%s}}".formatted(push));
            }
          }
          route.send(frame.text());
        });
  }

  @Test
  void the_chat_page_counts_bad_messages_and_goes_on() {
    try (Window one = browser.open("about:blank")) {
      one.page()
          .routeWebSocket(
              Pattern.compile("/connection/websocket"), route -> addBadPushes(route, "bad"));
      one.page().navigate(page("?room=bad"));
      one.awaitLive().say("first").awaitLast("first");
      one.say("second").awaitMessages("first", "second");

      assertThat(one.at("state")).hasAttribute("data-state", "live");
      one.at("btnConnection").click();
      assertThat(one.at("connectionDetails"))
          .hasText(Pattern.compile(".*Invalid messages[1-9]\\d*.*"));
      assertThat(one.complaints()).isEmpty();
    }
  }

  @Test
  void the_page_of_quotes_ignores_bad_messages() {
    byte[] price = "{\"price\": 3}".getBytes(StandardCharsets.UTF_8);
    HttpRoom room = HttpRoom.at(node.port(), "quotes:BAD");
    room.publish("application/json", price);
    try (Window one = browser.open("about:blank")) {
      one.page()
          .routeWebSocket(
              Pattern.compile("/connection/websocket"), route -> addBadPushes(route, "quotes:BAD"));
      one.page().navigate(page("quotes.html"));
      assertThat(one.page().locator("#symbols .last")).hasText("3.00", PATIENCE);
      room.publish("application/json", "{\"price\": 4}".getBytes(StandardCharsets.UTF_8));

      assertThat(one.page().locator("#symbols .last")).hasText("4.00");
      assertThat(one.complaints()).isEmpty();
    }
  }

  @Test
  void the_comparison_ignores_bad_messages() {
    try (Window one = browser.open("about:blank")) {
      one.page()
          .routeWebSocket(
              Pattern.compile("/rooms/compare:"),
              route -> {
                WebSocketRoute server = route.connectToServer();
                server.onMessage(
                    frame -> {
                      List.of("{", "{}", "null", "", "no position").forEach(route::send);
                      route.send(frame.text());
                    });
              });
      one.page().navigate(page("compare.html"));

      Patience.until(
          one,
          () -> one.page().locator("[data-transport=socket] .mean").textContent().endsWith("ms"));
      assertThat(one.complaints()).isEmpty();
    }
  }

  @Test
  void the_console_ignores_bad_figures_and_shows_nodes_that_tell_little() {
    long now = System.currentTimeMillis();
    String little = "{\"node\":\"none\",\"time\":%d}".formatted(now);
    String strange =
        """
        {"node":"odd","time":%d,"state":"strange","failing":"all","connections":[],"slow":"x",\
        "limits":{"a":"b"},"delivery":3}\
        """
            .formatted(now);
    String closes =
        "event: close\ndata: {\n\nevent: close\ndata: null\n\nevent: strange\ndata: {}\n\n";
    String events =
        Stream.of(
                "{",
                "null",
                "{\"node\":7,\"time\":1}",
                "{\"node\":\"bad\",\"time\":\"now\"}",
                little,
                strange)
            .map("data: %s\n\n"::formatted)
            .collect(Collectors.joining("", closes, ""));
    Route.FulfillOptions answer =
        new Route.FulfillOptions().setContentType("text/event-stream").setBody(events);
    try (Window one = browser.open("about:blank")) {
      one.page().route("**/rooms/.stentor/events*", route -> route.fulfill(answer));
      one.page().navigate(page(open.port(), "admin.html"));
      show(one, ADMIN);

      assertThat(nodes(one))
          .hasText(
              new Pattern[] {
                Pattern.compile("none.*unknown state.*"), Pattern.compile("odd.*unknown state.*")
              },
              PATIENCE);
      assertThat(one.complaints()).isEmpty();
    }
  }
}
