package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Sizes;
import io.stentor.support.Axe;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.Window;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The comparison page in a real browser. */
class ComparePageIT extends InBrowser {
  private static final List<String> TRANSPORTS = List.of("short", "long", "stream", "socket");

  private static Window openComparison() {
    return browser.open(page("compare.html")).awaitLive();
  }

  private static String text(Window window, String transport, String figure) {
    return window
        .page()
        .locator(".transport[data-transport=" + transport + "] ." + figure)
        .first()
        .textContent();
  }

  private static int requests(Window window, String transport) {
    return Integer.parseInt(text(window, transport, "requests").replaceAll("\\D", ""));
  }

  /** A length of time or a number of bytes, in milliseconds or bytes. */
  private static double amount(Window window, String transport, String figure) {
    String[] parts = text(window, transport, figure).split(" ");
    double unit =
        switch (parts[1]) {
          case "ms", "B" -> 1;
          case "s", "kB" -> 1000;
          default -> throw new AssertionError(parts[1]);
        };
    return Double.parseDouble(parts[0].replace(",", "")) * unit;
  }

  private static void awaitEveryTransport(Window window) {
    for (String transport : TRANSPORTS) {
      Patience.until(window, () -> !text(window, transport, "mean").equals("–"));
    }
  }

  @Test
  void receives_messages_by_all_four_transports_without_browser_errors_or_other_servers() {
    try (Window one = browser.open("about:blank")) {
      CopyOnWriteArrayList<String> asked = new CopyOnWriteArrayList<>();
      one.page().onRequest(request -> asked.add(request.url()));
      one.page().navigate(page("compare.html"));
      awaitEveryTransport(one);
      Patience.until(one, () -> requests(one, "short") >= 3);

      assertThat(requests(one, "stream")).isEqualTo(1);
      assertThat(requests(one, "socket")).isEqualTo(1);
      assertThat(requests(one, "long")).isGreaterThan(requests(one, "short"));
      assertThat(amount(one, "short", "mean")).isGreaterThan(amount(one, "socket", "mean"));
      assertThat(amount(one, "short", "p99")).isBetween(500.0, 10_000.0);
      assertThat(one.at("summary")).containsText("Short polling sends a request every 2 s");
      assertThat(one.at("summary")).containsText("The WebSocket stays open");
      assertThat(one.complaints()).isEmpty();
      assertThat(asked).isNotEmpty().allMatch(url -> url.startsWith(page("")));
    }
  }

  @Test
  void counts_the_bytes_of_requests_as_the_browser_itself_does() {
    try (Window one = browser.open("about:blank")) {
      CopyOnWriteArrayList<Request> polls = new CopyOnWriteArrayList<>();
      one.page()
          .onRequestFinished(
              request -> {
                if (request.url().contains("/messages?since=")) {
                  polls.add(request);
                }
              });
      one.page().navigate(page("compare.html"));
      Patience.until(one, () -> requests(one, "long") >= 40);
      Patience.until(one, () -> requests(one, "short") >= 5);
      double shown = amount(one, "long", "bytes") + amount(one, "short", "bytes");
      double inAll = polls.stream().mapToDouble(request -> bytes(request.sizes())).sum();

      assertThat(shown / inAll).isCloseTo(1, within(0.08));
    }
  }

  private static long bytes(Sizes sizes) {
    return sizes.requestHeadersSize + sizes.responseHeadersSize + sizes.responseBodySize;
  }

  @Test
  void counts_the_bytes_of_frames_as_the_browser_itself_does() {
    try (Window one = browser.open("about:blank")) {
      CopyOnWriteArrayList<Integer> frames = new CopyOnWriteArrayList<>();
      one.page()
          .onWebSocket(
              socket -> socket.onFrameReceived(frame -> frames.add(2 + frame.text().length())));
      one.page().navigate(page("compare.html"));
      Patience.until(one, () -> frames.size() >= 60);
      one.at("btnPause").click();
      double shown = amount(one, "socket", "bytes");
      double received = frames.stream().mapToInt(Integer::intValue).sum();

      // The handshake is what the frames are not.
      assertThat(shown - received).isBetween(500.0, 1200.0);
    }
  }

  @Test
  void keys_change_rate_and_interval_and_reset_the_figures() {
    try (Window one = openComparison()) {
      awaitEveryTransport(one);
      one.at("rngInterval").press("Home");
      assertThat(one.at("outInterval")).hasText("100 ms");
      assertThat(one.at("rngInterval")).hasAttribute("aria-valuetext", "100 ms");
      Patience.until(one, () -> requests(one, "short") > 20);
      one.at("rngRate").press("End");
      assertThat(one.at("outRate")).hasText("50/s");
      Patience.until(one, () -> messages(one) > 100);

      assertThat(amount(one, "short", "mean")).isLessThan(1000);
      assertThat(requests(one, "socket")).isEqualTo(1);
      assertThat(one.complaints()).isEmpty();
    }
  }

  private static double messages(Window window) {
    return text(window, "socket", "each").isEmpty()
        ? 0
        : amount(window, "socket", "bytes") / amount(window, "socket", "each");
  }

  @Test
  void pause_ends_all_requests_and_resume_starts_again() {
    try (Window one = openComparison()) {
      awaitEveryTransport(one);
      assertThat(one.at("cpu")).containsText("The server uses");
      one.at("btnPause").click();
      one.awaitState("paused");
      assertThat(one.at("cpu")).isEmpty();
      CopyOnWriteArrayList<String> asked = new CopyOnWriteArrayList<>();
      one.page().onRequest(request -> asked.add(request.url()));
      one.page().evaluate("() => new Promise((done) => setTimeout(done, 2500))");
      assertThat(asked).isEmpty();

      one.at("btnPause").click();
      one.awaitLive();
      awaitEveryTransport(one);
      assertThat(one.complaints()).isEmpty();
    }
  }

  @Test
  void a_hidden_page_sends_nothing() {
    try (Window one = openComparison()) {
      awaitEveryTransport(one);
      one.page()
          .evaluate(
              "Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
                  + " document.dispatchEvent(new Event('visibilitychange'))");
      one.awaitState("paused");
      one.page()
          .evaluate(
              "delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))");
      one.awaitLive();
      awaitEveryTransport(one);
    }
  }

  @Test
  void shows_what_the_server_does_not_allow() {
    String closed = "[{\"match\": \"compare:*\", \"publish\": \"server\"}]";
    try (NodeProcess locked = NodeProcess.start(Launch.server().withEnv("STENTOR_ROOMS", closed));
        Window one = browser.open(page(locked.port(), "compare.html"))) {
      assertThat(one.at("notice")).hasText(Pattern.compile("The server does not let.*compare:.*"));
      one.awaitState("closed");
    }
    String unlogged = "[{\"match\": \"compare:*\", \"history\": {\"messages\": 0}}]";
    try (NodeProcess node = NodeProcess.start(Launch.server().withEnv("STENTOR_ROOMS", unlogged));
        Window one = browser.open(page(node.port(), "compare.html"))) {
      assertThat(one.at("notice")).hasText(Pattern.compile(".*keeps no log.*"));
      one.awaitState("closed");
      assertThat(one.complaints()).isEmpty();
    }
  }

  @Test
  void continues_when_the_server_is_back() {
    NodeProcess first = NodeProcess.start(Launch.server());
    int port = first.port();
    try (first;
        Window one = browser.open(page(port, "compare.html")).awaitLive()) {
      awaitEveryTransport(one);
      first.kill9();
      assertThat(one.at("bannerText")).containsText("cannot be reached");
      one.awaitState("waiting");
      assertThat(one.at("state")).hasText(Pattern.compile("reconnecting in [1-9] s"));
      try (NodeProcess second =
          NodeProcess.start(Launch.jar("--host", "127.0.0.1", "--port", Integer.toString(port)))) {
        assertThat(second.isAlive()).isTrue();
        one.awaitLive();
        assertThat(one.at("bannerText")).hasText("Back.");
        assertThat(one.at("notice")).isHidden();
        one.at("rngRate").press("ArrowRight");
        awaitEveryTransport(one);
      }
    }
  }

  @Test
  void a_page_that_cannot_start_says_when_it_tries_again() {
    try (Window one = browser.open("about:blank")) {
      one.page().route("**/messages", Route::abort);
      one.page().navigate(page("compare.html"));
      one.awaitState("waiting");
      assertThat(one.at("state")).hasText(Pattern.compile("reconnecting in [1-9] s"));
      assertThat(one.at("bannerText")).containsText("cannot be reached");
      one.at("btnPause").click();
      one.awaitState("paused");
      assertThat(one.at("bannerText")).isEmpty();
      one.page().unroute("**/messages");
      one.at("btnPause").click();
      one.awaitLive();
      awaitEveryTransport(one);
      assertThat(one.at("notice")).isHidden();
    }
  }

  @Test
  void is_translated() {
    try (Window one =
        browser.open(page("compare.html"), options -> options.setLocale("zh-CN")).awaitLive()) {
      Locator heading = one.page().locator("h1");
      assertThat(heading).hasText("接收消息的四种方式");
      awaitEveryTransport(one);
      assertThat(one.at("summary")).containsText("短轮询每隔 2 s 请求一次");
      one.at("btnLanguage").click();
      assertThat(heading).hasText("Four ways to receive a message");
      assertThat(one.page().locator("#transport-short")).hasText("Short polling");
      assertThat(one.page()).hasTitle("Four ways to receive a message – Stentor");
      assertThat(one.complaints()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ColorScheme.class,
      names = {"LIGHT", "DARK"})
  void is_accessible_at_any_size(ColorScheme scheme) {
    try (Window one =
        browser.open(page("compare.html"), options -> options.setColorScheme(scheme)).awaitLive()) {
      awaitEveryTransport(one);
      Patience.until(one, () -> requests(one, "short") >= 4);
      Pictures.take(one, "compare", scheme);
      assertThat(Axe.findings(one)).isEmpty();
      assertThat(LayoutShift.of(one)).isLessThan(0.05);
      assertThat(one.complaints()).isEmpty();
    }
  }
}
