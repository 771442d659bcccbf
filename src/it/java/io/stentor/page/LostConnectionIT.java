package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.WebSocketRoute;
import com.microsoft.playwright.WebSocketRoute.CloseOptions;
import io.stentor.support.Axe;
import io.stentor.support.HttpRoom;
import io.stentor.support.Window;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the chat page says about a lost connection, and what becomes of messages that are not sent.
 */
class LostConnectionIT extends InBrowser {
  private static final Pattern SOCKET = Pattern.compile("/connection/websocket");

  /** The sockets of one window, which the test cuts and lets through again. */
  private static final class Network {
    private boolean isUp = true;
    private WebSocketRoute last;

    Network(Window window) {
      window.page().routeWebSocket(SOCKET, this::route);
    }

    private void route(WebSocketRoute route) {
      last = route;
      if (isUp) {
        route.connectToServer();
      } else {
        route.close(new CloseOptions().setCode(3004).setReason("cable pulled"));
      }
    }

    void cut() {
      isUp = false;
      last.close(new CloseOptions().setCode(3004).setReason("cable pulled"));
    }

    void repair() {
      isUp = true;
    }
  }

  @Test
  void a_line_gives_the_reason_and_the_next_try_and_afterwards_what_was_recovered() {
    try (Window window = browser.open("about:blank")) {
      Network network = new Network(window);
      window.page().navigate(page("?room=recovered"));
      window.awaitLive().say("before").awaitLast("before");
      assertThat(banner(window)).hasAttribute("data-kind", "none");

      network.cut();
      assertThat(window.at("bannerText"))
          .hasText("The server closed the connection: cable pulled.");
      assertThat(window.at("bannerNext"))
          .hasText(Pattern.compile("Next try: localhost:\\d+ in \\d+ s|Trying localhost:\\d+ …"));
      assertThat(window.page().locator("body[data-lost]")).hasCount(1);
      assertThat(Axe.findings(window)).isEmpty();
      HttpRoom room = HttpRoom.at(node.port(), "recovered");
      room.publish("missed 1");
      room.publish("missed 2");

      network.repair();
      tryNow(window);
      assertThat(window.at("bannerText")).hasText("Back: 2 messages recovered.");
      window.awaitMessages("before", "missed 1", "missed 2");
      assertThat(window.page().locator("body[data-lost]")).hasCount(0);
      assertThat(window.page().locator("#btnTryNow")).isHidden();
    }
  }

  @Test
  void nothing_missed_is_said_as_well_and_in_the_language_of_the_page() {
    try (Window window = browser.open("about:blank", options -> options.setLocale("zh-CN"))) {
      Network network = new Network(window);
      window.page().navigate(page("?room=nothing"));
      window.awaitLive().say("before").awaitLast("before");

      network.cut();
      assertThat(window.at("bannerText")).hasText("服务器关闭了连接：cable pulled。");
      network.repair();
      tryNow(window);
      assertThat(window.at("bannerText")).hasText("连接已恢复，没有遗漏消息。");
    }
  }

  @Test
  void what_is_not_sent_survives_a_reload_and_is_sent_once() {
    try (Window window = browser.open("about:blank")) {
      Network network = new Network(window);
      window.page().navigate(page("?room=unsent"));
      window.awaitLive().say("before").awaitLast("before");
      network.cut();
      window.say("one").say("two");
      window.at("txtMsg").fill("a draft");

      window.page().reload();
      assertThat(window.page().locator(".pending .text")).hasText(new String[] {"one", "two"});
      assertThat(window.at("txtMsg")).hasValue("a draft");
      network.repair();
      tryNow(window);
      window.awaitLive().awaitMessages("before", "one", "two");
      assertThat(window.at("bannerText")).hasText("Back.");
      window.page().reload();
      window.awaitLive().awaitMessages("before", "one", "two");
      assertThat(window.at("txtMsg")).hasValue("a draft");
      assertThat(window.page().locator("#ulMsg .own")).hasCount(3);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "quotes.html", "compare.html", "admin.html", "api.html"})
  void a_page_one_of_whose_scripts_does_not_arrive_is_loaded_again(String path) {
    try (Window window = browser.open("about:blank")) {
      AtomicInteger asked = new AtomicInteger();
      window
          .page()
          .route(
              "**/js/common/i18n.js",
              route -> {
                if (asked.incrementAndGet() == 1) {
                  route.abort();
                } else {
                  route.resume();
                }
              });
      window.page().navigate(page(path));
      assertThat(window.page().locator("#btnLanguage")).hasText("中文");
      assertThat(window.page().locator("h1")).not().isEmpty();
      assertThat(asked.get()).isEqualTo(2);
    }
  }

  @Test
  void a_page_whose_script_never_arrives_is_not_loaded_for_ever() {
    try (Window window = browser.open("about:blank")) {
      AtomicInteger asked = new AtomicInteger();
      AtomicInteger loaded = new AtomicInteger();
      window.page().onLoad(page -> loaded.incrementAndGet());
      // The pauses between the loads do not take time.
      window
          .page()
          .addInitScript(
              "const timeout = window.setTimeout; window.setTimeout = (task) => timeout(task, 0);");
      window
          .page()
          .route(
              "**/js/common/i18n.js",
              route -> {
                asked.incrementAndGet();
                route.abort();
              });
      window.page().navigate(page(""));
      window.page().waitForCondition(() -> asked.get() == 4 && loaded.get() == 4);
      window.page().evaluate("() => new Promise((done) => requestAnimationFrame(done))");
      assertThat(asked.get()).isEqualTo(4);
    }
  }

  /** The next try may come first, and the button goes then. */
  private static void tryNow(Window window) {
    window.page().evaluate("document.getElementById('btnTryNow').click()");
  }

  private static Locator banner(Window window) {
    return window.at("banner");
  }
}
