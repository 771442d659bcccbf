package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.stentor.support.Axe;
import io.stentor.support.HttpRoom;
import io.stentor.support.Window;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the chat page looks and is reached, on small and large screens, in light and dark. */
class ChatLooksIT extends InBrowser {

  /** Publishes some messages. */
  private static void talk(String room) {
    String[] said = {"hello", "a second line", "does anybody read https://example.org/a?b=c", "你好"};
    for (int i = 0; i < said.length; i++) {
      HttpRoom.at(node.port(), room)
          .publishLater(
              "?name=" + (i < 2 ? "Ann" : "Bo"),
              "text/plain",
              said[i].getBytes(StandardCharsets.UTF_8))
          .join();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "desktop, LIGHT, 1280, 800, en-GB",
    "desktop, DARK, 1280, 800, zh-CN",
    "tablet, LIGHT, 900, 700, zh-CN",
    "phone, LIGHT, 390, 844, zh-CN",
    "phone, DARK, 390, 844, en-GB"
  })
  void is_accessible_and_fits_the_screen(
      String name, ColorScheme scheme, int width, int height, String locale) {
    Consumer<NewContextOptions> settings =
        options -> options.setColorScheme(scheme).setViewportSize(width, height).setLocale(locale);
    String room = name + "-" + scheme;
    talk(room);
    try (Window one = browser.open(page("?room=" + room), settings).awaitLive().rename("Cy")) {
      one.awaitLast("你好").say("two\nlines");
      assertThat(one.page().locator(".pending")).hasCount(0);
      one.at("txtMsg").blur();
      check(one, name, scheme, "");
      for (String button : new String[] {"btnRooms", "btnMembers", "btnMenu", "btnConnection"}) {
        if (one.at(button).isVisible()) {
          one.at(button).click();
          assertThat(one.at(button)).hasAttribute("aria-expanded", "true");
          check(one, name, scheme, "-" + button);
          one.page().keyboard().press("Escape");
          assertThat(one.at(button)).hasAttribute("aria-expanded", "false");
          assertThat(one.at(button)).isFocused();
        }
      }
      assertThat(one.complaints()).isEmpty();
    }
  }

  private static void check(Window one, String name, ColorScheme scheme, String part) {
    String file = "chat-%s-%s%s.png".formatted(name, scheme, part);
    one.page().screenshot(new Page.ScreenshotOptions().setPath(Path.of("target", "screens", file)));
    assertThat(Axe.findings(one)).isEmpty();
    assertThat(one.page().evaluate("document.documentElement.scrollWidth - innerWidth"))
        .isEqualTo(0);
  }

  @Test
  void works_at_twice_the_size() {
    Consumer<NewContextOptions> zoomed =
        options -> options.setViewportSize(640, 400).setDeviceScaleFactor(2);
    talk("zoomed");
    try (Window one = browser.open(page("?room=zoomed"), zoomed).awaitLive()) {
      one.awaitLast("你好");
      check(one, "zoomed", ColorScheme.LIGHT, "");
      assertThat(one.at("btnSend")).isInViewport();
      assertThat(one.texts().last()).isInViewport();
    }
  }

  @Test
  void is_reached_by_keys_alone() {
    try (Window one = browser.open(page("?room=keys-alone")).awaitLive()) {
      Page page = one.page();
      page.locator("#log").focus();
      page.keyboard().press("/");
      assertThat(one.at("txtMsg")).isFocused();
      page.keyboard().type("/typed");
      page.keyboard().press("Enter");
      one.awaitLast("/typed");
      assertThat(one.at("announcer")).isEmpty();
      HttpRoom.at(node.port(), "keys-alone").publish("read to me");
      assertThat(one.at("announcer")).hasText("someone: read to me");
      page.keyboard().press("Tab");
      assertThat(one.at("btnSend")).isFocused();
    }
  }

  @Test
  void nothing_moves_while_the_page_loads() {
    try (Window one = browser.open("about:blank")) {
      one.page()
          .addInitScript(
              "window.shift = 0; new PerformanceObserver((list) => { for (const one of"
                  + " list.getEntries()) window.shift += one.value; })"
                  + ".observe({ type: 'layout-shift', buffered: true });");
      talk("calm");
      one.page().navigate(page("?room=calm"));
      one.awaitLive().awaitLast("你好");
      Number shift = (Number) one.page().evaluate("window.shift");
      assertThat(shift.doubleValue()).isLessThan(0.02);
    }
  }

  @Test
  void is_small() {
    try (Window one = browser.open(page("")).awaitLive()) {
      Number bytes =
          (Number)
              one.page()
                  .evaluate(
                      "[...performance.getEntriesByType('resource'),"
                          + " ...performance.getEntriesByType('navigation')]"
                          + ".reduce((sum, one) => sum + one.encodedBodySize, 0)");
      assertThat(bytes.intValue()).isBetween(20_000, 215_000);
    }
  }
}
