package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.WebSocketRoute;
import com.microsoft.playwright.WebSocketRoute.CloseOptions;
import io.stentor.support.HttpRoom;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.Window;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the chat page offers around a conversation, and what it says about it. */
class ChatToolsIT extends InBrowser {
  private static final Pattern SOCKET = Pattern.compile("/connection/websocket");
  private static NodeProcess limited;

  @BeforeAll
  static void startNode() {
    JsonObject short2 = new JsonObject().put("messages", 2).put("ageSeconds", 90);
    JsonArray rooms =
        new JsonArray()
            .add(new JsonObject().put("match", "none").put("history", history(0)))
            .add(new JsonObject().put("match", "one").put("history", history(1)))
            .add(new JsonObject().put("match", "few").put("history", short2));
    limited = NodeProcess.start(Launch.server().withEnv("STENTOR_ROOMS", rooms.encode()));
  }

  private static JsonObject history(int messages) {
    return new JsonObject().put("messages", messages);
  }

  @AfterAll
  static void stopNode() {
    limited.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "en-GB | other | No messages in the last 5 minutes. This room keeps up to 1,000 messages"
            + " for 5 minutes.",
        "en-GB | few | No messages in the last 1 minute 30 seconds. This room keeps up to 2"
            + " messages for 1 minute 30 seconds.",
        "en-GB | one | No messages in the last 5 minutes. This room keeps up to 1 message for 5"
            + " minutes.",
        "en-GB | none | This room keeps no messages: you see what is sent while you are here.",
        "zh-CN | other | 最近 5 分钟没有消息。此房间最多保留 1,000 条消息，保留 5 分钟。",
        "zh-CN | few | 最近 1 分钟 30 秒没有消息。此房间最多保留 2 条消息，保留 1 分钟 30 秒。",
        "zh-CN | none | 此房间不保留消息，只能看到你在场时发送的内容。"
      })
  void an_empty_room_says_what_it_keeps(String locale, String room, String text) {
    String address = page(limited.port(), "?room=" + room);
    try (Window one = browser.open(address, options -> options.setLocale(locale)).awaitLive()) {
      assertThat(one.at("empty")).hasText(text);
      assertThat(one.complaints()).isEmpty();
    }
  }

  @Test
  void a_long_name_of_a_room_or_a_member_does_not_widen_its_column() {
    String room = "r".repeat(60);
    String name = "n".repeat(60);
    try (Window one = browser.open(page("?room=" + room)).awaitLive().rename(name)) {
      for (String row : new String[] {"#ulRooms li", "#ulMembers li"}) {
        Locator last = one.page().locator(row).last();
        String fits =
            "(row) => row.getBoundingClientRect().right <= row.closest('aside').clientWidth"
                + " + row.closest('aside').getBoundingClientRect().left";
        assertThat(last.evaluate(fits)).isEqualTo(true);
      }
      Locator names = one.page().locator("#ulRooms bdi");
      assertThat(names.last()).hasAttribute("title", room);
      assertThat(one.page().locator("#ulMembers bdi")).hasAttribute("title", name);
      assertThat(one.page().locator("#ulRooms .leave").last()).isInViewport();
    }
  }

  @Test
  void names_are_in_the_order_of_their_numbers() {
    List<Window> windows = new ArrayList<>();
    try {
      for (String name : List.of("user 10", "user 9", "user 2")) {
        windows.add(browser.open(page("?room=numbers")).awaitLive().rename(name));
      }
      try (Window one = browser.open(page("?room=numbers")).awaitLive().rename("me")) {
        assertThat(one.page().locator("#ulMembers bdi"))
            .hasText(new String[] {"me", "user 2", "user 9", "user 10"});
      }
    } finally {
      windows.forEach(Window::close);
    }
  }

  @Test
  void many_members_who_leave_are_a_number_and_few_are_named() {
    try (Window one = browser.open("about:blank");
        Window other = browser.open(page("favicon.svg"))) {
      // Whoever has left is shown for six seconds, which a slow machine may need for the test.
      one.page()
          .addInitScript(
              "const timeout = window.setTimeout; window.setTimeout = (task, millis) =>"
                  + " timeout(task, millis === 6000 ? 600000 : millis);");
      one.page().navigate(page("?room=leaving"));
      one.awaitLive();
      Locator left = one.page().locator("#ulMembers .left");
      for (int count : new int[] {3, 22}) {
        other
            .page()
            .evaluate(
                """
                (count) => Promise.all(Array.from({ length: count }, (_, i) => new Promise((done) => {
                  const socket = new WebSocket(`ws://${location.host}/rooms/leaving?name=${count}-${i}`);
                  socket.onopen = () => done(socket);
                }))).then((sockets) => { window.sockets = sockets; return null; })
                """,
                count);
        assertThat(one.at("membersTitle")).hasText(count + 1 + " here");
        other.page().evaluate("sockets.forEach((socket) => socket.close())");
        if (count == 3) {
          Pattern name = Pattern.compile("3-\\dleft");
          assertThat(left).hasText(new Pattern[] {name, name, name});
        } else {
          assertThat(left).hasText(new String[] {"and 25 left"});
        }
      }
    }
  }

  @Test
  void the_link_of_a_room_is_copied() {
    try (Window one = browser.open("about:blank")) {
      // The button says it for two seconds, which a slow machine may need for the test.
      one.page()
          .addInitScript(
              "window.held = []; const timeout = window.setTimeout; window.setTimeout = (task,"
                  + " millis) => millis === 2000 ? held.push(task) : timeout(task, millis);");
      one.page().context().grantPermissions(List.of("clipboard-read", "clipboard-write"));
      one.page().navigate(page("?room=c%2B%2B"));
      one.awaitLive();
      one.at("btnCopy").click();

      assertThat(one.at("btnCopy")).hasText("Copied");
      assertThat(one.page().evaluate("navigator.clipboard.readText()"))
          .isEqualTo(page("?room=c%2B%2B"));
      one.page().evaluate("held.forEach((task) => task())");
      assertThat(one.at("btnCopy")).hasText("Copy link");
    }
  }

  @Test
  void finds_loaded_messages_by_text_and_sender() {
    HttpRoom room = HttpRoom.at(node.port(), "searched");
    for (int i = 0; i < 40; i++) {
      room.publish(i % 10 == 3 ? "Needle " + i : "hay " + i);
    }
    room.publishLater("?name=needleworker", "text/plain", "more hay".getBytes()).join();
    try (Window one = browser.open(page("?room=searched")).awaitLive()) {
      one.awaitLast("more hay");
      one.at("btnSearch").click();
      assertThat(one.at("txtSearch")).isFocused();
      one.at("txtSearch").fill("needle");
      Locator found = one.page().locator("#ulMsg .found .text");
      assertThat(one.at("found")).hasText("5 of 5");
      assertThat(found).hasText("more hay");
      for (String text : List.of("Needle 33", "Needle 23", "Needle 13", "Needle 3")) {
        one.at("txtSearch").press("Enter");
        assertThat(found).hasText(text);
        assertThat(found).isInViewport();
      }
      assertThat(one.at("found")).hasText("1 of 5");
      assertThat(one.at("btnOlder")).isDisabled();
      one.at("btnNewer").click();
      assertThat(found).hasText("Needle 13");
      one.at("txtSearch").fill("nothing like this");
      assertThat(one.at("found")).hasText("Nothing found.");
      assertThat(found).hasCount(0);
      one.at("txtSearch").press("Escape");
      assertThat(one.at("frmSearch")).isHidden();
      assertThat(one.at("btnSearch")).isFocused();
      assertThat(one.complaints()).isEmpty();
    }
  }

  @Test
  void a_search_goes_on_in_older_messages_when_they_are_loaded() {
    HttpRoom room = HttpRoom.at(node.port(), "searched-later");
    room.publish("needle 1");
    for (int i = 0; i < 150; i++) {
      room.publish("hay " + i);
    }
    try (Window one = browser.open(page("?room=searched-later")).awaitLive()) {
      one.awaitLast("hay 149");
      one.at("btnSearch").click();
      one.at("txtSearch").fill("needle");
      assertThat(one.at("found")).containsText("Scroll up");
      one.page().evaluate("setInterval(() => (document.getElementById('log').scrollTop = 0), 100)");
      assertThat(one.at("found")).hasText("1 of 1");
      assertThat(one.page().locator("#ulMsg .found .text")).hasText("needle 1");
      assertThat(one.complaints()).isEmpty();
    }
  }

  @Test
  void a_sound_tells_of_unread_messages_once_it_is_switched_on() {
    try (Window one = browser.open("about:blank")) {
      one.page()
          .addInitScript(
              "window.sounds = 0; const start = OscillatorNode.prototype.start;"
                  + " OscillatorNode.prototype.start = function (at) { window.sounds++;"
                  + " start.call(this, at); };");
      one.page().navigate(page("?room=loud"));
      one.awaitLive();
      assertThat(one.at("chkSound")).not().isChecked();
      HttpRoom lobby = HttpRoom.at(node.port(), "lobby");
      Locator badge = one.page().locator("#ulRooms .badge").first();
      lobby.publish("unheard");
      assertThat(badge).hasText("1");
      assertThat(one.page().evaluate("sounds")).isEqualTo(0);

      one.at("chkSound").check();
      assertThat(one.page().evaluate("sounds")).isEqualTo(1);
      one.page().reload();
      one.awaitLive();
      assertThat(one.at("chkSound")).isChecked();
      HttpRoom.at(node.port(), "loud").publish("read at once");
      one.awaitLast("read at once");
      assertThat(one.page().evaluate("sounds")).isEqualTo(0);
      lobby.publish("heard");
      one.page().waitForCondition(() -> one.page().evaluate("sounds").equals(1));
    }
  }

  @Test
  void on_a_phone_a_scrim_lies_behind_drawers_and_closes_them() {
    try (Window one =
        browser
            .open(page("?room=phone"), options -> options.setViewportSize(390, 844))
            .awaitLive()) {
      assertThat(one.at("txtMsg")).not().isFocused();
      for (String button : new String[] {"btnRooms", "btnMembers"}) {
        assertThat(one.at("scrim")).isHidden();
        one.at(button).click();
        assertThat(one.at("scrim")).isVisible();
        int x = button.equals("btnRooms") ? 380 : 10;
        one.page().mouse().click(x, 820);
        assertThat(one.at(button)).hasAttribute("aria-expanded", "false");
      }
      assertThat(one.at("scrim")).isHidden();
    }
  }

  @Test
  void the_box_has_the_focus_on_a_desktop_and_a_link_skips_the_header() {
    try (Window one = browser.open(page("?room=focus")).awaitLive()) {
      assertThat(one.at("txtMsg")).isFocused();
      one.page().locator("#ulRooms a").first().click();
      assertThat(one.at("txtMsg")).isFocused();
      one.page().evaluate("document.activeElement.blur(); getSelection().removeAllRanges()");
      Locator skip = one.page().locator(".skip");
      skip.focus();
      assertThat(skip).hasText("Skip to the content");
      assertThat(skip).isInViewport();
      skip.press("Enter");
      assertThat(one.page().locator("main")).isFocused();
      one.page().keyboard().press("Tab");
      assertThat(one.at("btnCopy")).isFocused();
      assertThat(one.page()).hasURL(page(""));
    }
  }

  @Test
  void the_parts_of_a_column_begin_at_the_same_left_edge() {
    HttpRoom.at(node.port(), "edges").publish("said");
    try (Window one = browser.open(page("?room=edges")).awaitLive()) {
      one.awaitLast("said");
      assertEdges(
          one,
          "#roomName",
          "#older",
          "#ulMsg .day",
          "#ulMsg .name",
          "#ulMsg .text",
          "#txtMsg",
          "#composeHint");
      assertEdges(one, "#ulRooms bdi", "#txtRoom", "#frmRoom label", "#chkSound", "#node");
    }
  }

  private static void assertEdges(Window one, String first, String... others) {
    double edge = one.page().locator(first).first().boundingBox().x;
    for (String other : others) {
      assertThat(one.page().locator(other).first().boundingBox().x)
          .as(other)
          .isCloseTo(edge, within(1.0));
    }
  }

  @Test
  void messages_that_the_log_no_longer_has_are_certainly_missing() {
    AtomicReference<WebSocketRoute> open = new AtomicReference<>();
    CompletableFuture<Void> published = new CompletableFuture<>();
    try (Window one = browser.open("about:blank")) {
      one.page()
          .routeWebSocket(
              SOCKET,
              route -> {
                if (open.getAndSet(route) != null && !published.isDone()) {
                  route.close(new CloseOptions().setCode(3001).setReason("shutdown"));
                } else {
                  route.connectToServer();
                }
              });
      one.page().navigate(page(limited.port(), "?room=few"));
      one.awaitLive().say("before").awaitLast("before");
      open.get().close(new CloseOptions().setCode(3001).setReason("shutdown"));
      one.awaitState("waiting");
      for (int i = 0; i < 5; i++) {
        HttpRoom.at(limited.port(), "few").publish("missed " + i);
      }
      published.complete(null);
      one.page().evaluate("dispatchEvent(new Event('online'))");
      one.awaitLive().awaitMessages("before", "missed 3", "missed 4");

      assertThat(one.page().locator("#ulMsg .gap")).containsText("Messages are missing here");
    }
  }

  @Test
  void a_line_stands_before_the_messages_that_came_while_older_ones_were_read() {
    try (Window one = browser.open(page("?room=line")).awaitLive()) {
      one.say("line\n".repeat(100) + "end");
      assertThat(one.texts()).hasCount(1);
      assertThat(one.page().locator(".pending")).hasCount(0);
      Locator line = one.page().locator("#ulMsg .unread");
      assertThat(line).hasCount(0);
      scrollTo(one, "0");
      HttpRoom room = HttpRoom.at(node.port(), "line");
      room.publish("news 1");
      room.publish("news 2");

      assertThat(one.at("btnNew")).hasText("2 new ↓");
      assertThat(line).hasText("New messages");
      assertThat(one.page().locator("#ulMsg li:has(.unread) .text")).hasText("news 1");
      one.at("btnNew").click();
      assertThat(line).hasCount(1);
      one.say("answer").awaitLast("answer");
      assertThat(line).hasCount(0);
    }
  }
}
