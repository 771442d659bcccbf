package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.WebSocketRoute;
import com.microsoft.playwright.assertions.LocatorAssertions.HasCountOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.HasTextOptions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import io.stentor.identity.Signer;
import io.stentor.support.Axe;
import io.stentor.support.HttpRoom;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.Window;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The page of live quotes in a real browser, beside a node with the simulated market. */
class QuotesPageIT extends InBrowser {
  private static final int SOON_MILLIS = 30_000;
  private static final String TIME = "\\d\\d:\\d\\d:\\d\\d";
  private static final String SECRET = "a secret of more than thirty-two bytes";
  private static NodeProcess market;

  @BeforeAll
  static void startMarket() {
    market = NodeProcess.start(Launch.server("--demo"));
  }

  @AfterAll
  static void stopMarket() {
    if (market != null) {
      market.close();
    }
  }

  private static String quotes(NodeProcess node) {
    return page(node.port(), "quotes.html");
  }

  private static Window openMarket() {
    return openMarket(options -> {});
  }

  private static Window openMarket(
      java.util.function.Consumer<com.microsoft.playwright.Browser.NewContextOptions> settings) {
    Window one = browser.open(quotes(market), settings).awaitLive();
    assertThat(rows(one)).hasCount(24, new HasCountOptions().setTimeout(SOON_MILLIS));
    Patience.until(one, () -> number(one, "updates") > 50);
    return one;
  }

  private static Locator rows(Window window) {
    return window.page().locator("#symbols tr");
  }

  private static Locator row(Window window, String symbol) {
    return window.page().locator("#symbols tr[data-symbol='" + symbol + "']");
  }

  private static int number(Window window, String id) {
    return Integer.parseInt(window.at(id).textContent().replaceAll("\\D", ""));
  }

  private static String prices(Window window) {
    return String.join(" ", window.page().locator("#symbols .last").allTextContents());
  }

  private static void publish(NodeProcess node, String symbol, String json) {
    HttpRoom room = HttpRoom.at(node.port(), "quotes:" + symbol);
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    assertThat(room.publish("application/json", body).status()).isEqualTo(201);
  }

  @Test
  void shows_every_symbol_live_without_browser_errors_or_other_servers() {
    try (Window one = browser.open("about:blank")) {
      CopyOnWriteArrayList<String> asked = new CopyOnWriteArrayList<>();
      one.page().onRequest(request -> asked.add(request.url()));
      one.page().navigate(quotes(market));
      assertThat(rows(one)).hasCount(24, new HasCountOptions().setTimeout(SOON_MILLIS));
      String before = prices(one);

      Patience.until(one, () -> number(one, "updates") > 50);
      assertThat(prices(one)).isNotEqualTo(before);
      assertThat(one.at("settings")).containsText("slowConsumer: latest");
      assertThat(one.at("count")).hasText("24");
      assertThat(one.page().locator("#chart canvas")).isVisible();
      assertThat(one.complaints()).isEmpty();
      assertThat(asked).isNotEmpty().allMatch(url -> url.startsWith(page(market.port(), "")));
    }
  }

  @Test
  void shows_what_deltas_save_where_the_server_allows_them() {
    try (Window one = openMarket()) {
      Pattern much = Pattern.compile("[\\d.,]+ [kM]B \\([34]\\d %\\)");
      assertThat(one.at("saved")).hasText(much, new HasTextOptions().setTimeout(SOON_MILLIS));
      assertThat(one.at("range")).hasText(Pattern.compile("Day: [\\d.,]+ to [\\d.,]+"));
    }
    publish(node, "WHOLE", "{\"price\":5}");
    try (Window one = browser.open(quotes(node)).awaitLive()) {
      assertThat(row(one, "WHOLE").locator(".last")).hasText("5.00");
      assertThat(one.at("saved")).hasText("–");
      assertThat(one.at("range")).hasText("");
    }
  }

  @Test
  void the_chosen_symbol_has_a_chart_with_a_description() {
    try (Window one = openMarket()) {
      assertThat(one.at("symbol")).hasText("AEGI");
      row(one, "TROY").click();
      assertThat(one.at("symbol")).hasText("TROY");
      assertThat(one.at("chart"))
          .hasAttribute("aria-label", Pattern.compile("^TROY: [\\d.,]+, [+−]?[\\d.]+ % since .*"));
      row(one, "TROY").locator("button").press("ArrowUp");
      assertThat(one.at("symbol")).hasText("STNT");
      assertThat(row(one, "STNT").locator("button")).isFocused();
      assertThat(row(one, "STNT").locator("button")).hasAttribute("aria-pressed", "true");
      assertThat(row(one, "TROY").locator("button")).hasAttribute("aria-pressed", "false");
    }
  }

  @Test
  void the_chart_is_full_at_once_and_tells_the_price_under_pointer_and_keys() {
    publishMinute("FULL");
    try (Window one = browser.open(quotes(node)).awaitLive()) {
      row(one, "FULL").click();
      Locator chart = one.at("chart");
      Patience.until(
          one,
          () -> {
            chart.press("Home");
            return Integer.parseInt(chart.getAttribute("aria-valuenow")) < -55;
          });
      assertThat(one.at("pointed")).hasText(Pattern.compile(TIME + " · [1-9]\\d\\.00"));
      assertThat(chart).hasAttribute("aria-valuetext", Pattern.compile(TIME + ", \\d+\\.00"));
      chart.press("End");
      assertThat(one.at("pointed")).hasText(Pattern.compile(".* · 600\\.00"));
      chart.press("PageDown");
      assertThat(one.at("pointed")).hasText(Pattern.compile(".* · 5\\d\\d\\.00"));
      chart.press("Escape");
      assertThat(one.at("pointed")).hasText("");
      chart.hover();
      assertThat(one.at("pointed")).hasText(Pattern.compile(TIME + " · [2-4]\\d\\d\\.00"));
      one.page().mouse().move(0, 0);
      assertThat(one.at("pointed")).hasText("");
      assertThat(one.complaints()).isEmpty();
    }
  }

  /** Six hundred prices, one in a tenth of a second until now. */
  private static void publishMinute(String symbol) {
    long now = System.currentTimeMillis();
    String messages =
        IntStream.rangeClosed(1, 600)
            .mapToObj(
                i ->
                    "{\"room\": \"quotes:%s\", \"data\": {\"price\": %d, \"time\": %d}}"
                        .formatted(symbol, i, now - 60_000 + 100L * i))
            .collect(Collectors.joining(",", "{\"messages\": [", "]}"));
    assertThat(HttpRoom.at(node.port(), "quotes:" + symbol).publishBatch(messages).status())
        .isEqualTo(200);
  }

  @Test
  void rises_are_green_in_english_and_red_in_chinese_and_a_sign_says_the_same() {
    publish(node, "RISE", "{\"price\": 11, \"open\": 10}");
    publish(node, "FALL", "{\"price\": 9, \"open\": 10}");
    try (Window one = browser.open(quotes(node)).awaitLive()) {
      Locator rise = row(one, "RISE").locator(".change");
      Locator fall = row(one, "FALL").locator(".change");
      assertThat(rise).hasText("+10.00 %");
      assertThat(fall).hasText("−10.00 %");
      String good = colour(one, "--good");
      String bad = colour(one, "--bad");
      assertThat(rise).hasCSS("color", good);
      assertThat(fall).hasCSS("color", bad);
      one.at("btnLanguage").click();
      assertThat(rise).hasCSS("color", bad);
      assertThat(fall).hasCSS("color", good);
      assertThat(rise).hasText("+10.00 %");
    }
  }

  private static String colour(Window one, String token) {
    String script =
        """
        (token) => {
          const probe = document.body.appendChild(document.createElement("span"));
          probe.style.color = `var(${token})`;
          const { color } = getComputedStyle(probe);
          probe.remove();
          return color;
        }
        """;
    return (String) one.page().evaluate(script, token);
  }

  @Test
  void reads_slowly_for_a_while_and_counts_what_the_server_skips_meanwhile() {
    try (Window one = openMarket()) {
      one.at("btnSlow").click();
      assertThat(one.at("btnSlow")).isDisabled();
      assertThat(one.at("btnSlow")).hasText(Pattern.compile("Reading slowly: \\d+ s"));
      assertThat(one.at("slowNote")).containsText("every 2.5 seconds");
      Patience.until(one, () -> number(one, "conflated") > 0);
      int early = number(one, "conflated");
      assertThat(one.at("slowNote"))
          .hasText(
              Pattern.compile(".* the server skipped [\\d,]+ updates\\. .*"),
              new HasTextOptions().setTimeout(SOON_MILLIS));
      assertThat(number(one, "slowNote")).isEqualTo(number(one, "conflated")).isGreaterThan(early);
      assertThat(one.at("btnSlow")).isEnabled();
      Patience.until(one, () -> number(one, "updates") > 50);
      one.awaitLive();
      assertThat(one.complaints()).isEmpty();
    }
  }

  @Test
  void a_node_without_the_demo_says_that_it_cannot_be_read_slowly() {
    publish(node, "CALM", "{\"price\": 1}");
    try (Window one = browser.open(quotes(node)).awaitLive()) {
      one.at("btnSlow").click();
      assertThat(one.at("slowNote")).containsText("start it with --demo");
      assertThat(one.at("btnSlow")).isEnabled();
    }
  }

  @Test
  void pause_freezes_the_page_and_counts_updates_that_are_not_shown() {
    try (Window one = openMarket()) {
      one.at("btnPause").click();
      String before = one.page().locator("#symbols").textContent();

      assertThat(one.at("pausedNote")).hasText(Pattern.compile("[1-9]\\d+ updates not shown"));
      assertThat(one.at("frames")).hasText("0");
      row(one, "TROY").click();
      one.at("chart").hover();
      assertThat(one.at("pointed")).hasText(Pattern.compile(TIME + " · [\\d.,]+"));
      one.at("btnTheme").click();
      assertThat(one.page().locator("#symbols")).hasText(before);
      assertThat(one.at("price")).hasText(row(one, "TROY").locator(".last").textContent());
      one.at("btnPause").click();
      Patience.until(one, () -> !one.page().locator("#symbols").textContent().equals(before));
      assertThat(one.at("pausedNote")).hasText("");
    }
  }

  @Test
  void after_a_pause_every_update_is_in_the_chart() {
    publish(node, "HELD", "{\"price\": 1}");
    try (Window one = browser.open(quotes(node)).awaitLive()) {
      row(one, "HELD").click();
      Locator last = row(one, "HELD").locator(".last");
      assertThat(last).hasText("1.00");
      one.at("btnPause").click();
      for (int price : List.of(5, 3, 4)) {
        publish(node, "HELD", "{\"price\": " + price + "}");
      }
      assertThat(one.at("pausedNote")).hasText("3 updates not shown");
      assertThat(last).hasText("1.00");
      one.at("btnPause").click();
      assertThat(last).hasText("4.00");
      assertThat(row(one, "HELD").locator(".conflated")).hasText("0");
      // The description is renewed at once.
      row(one, "HELD").click();
      assertThat(one.at("chart"))
          .hasAttribute("aria-label", Pattern.compile(".*between 1\\.00 and 5\\.00 .*"));
    }
  }

  @Test
  void is_translated() {
    try (Window one = openMarket(options -> options.setLocale("zh-CN"))) {
      assertThat(one.page().locator("h1")).hasText("实时行情");
      assertThat(one.at("btnPause")).hasText("暂停");
      assertThat(one.at("chart")).hasAttribute("aria-label", Pattern.compile(".*较开盘.*"));
      one.at("btnLanguage").click();
      assertThat(one.page().locator("h1")).hasText("Live quotes");
      assertThat(one.page()).hasTitle("Live quotes – Stentor");
      assertThat(one.at("btnPause")).hasText("Pause");
      assertThat(one.complaints()).isEmpty();
    }
  }

  @Test
  void without_quotes_it_explains_how_to_publish_one_and_shows_the_first() {
    try (NodeProcess empty = NodeProcess.start(Launch.server());
        Window one = browser.open(quotes(empty)).awaitLive()) {
      assertThat(one.at("statusText")).containsText("has no quotes");
      assertThat(one.at("example")).containsText("--demo");
      assertThat(Axe.findings(one)).isEmpty();
      publish(empty, "MINE", "{\"price\": 12.5}");

      assertThat(row(one, "MINE")).isVisible(visibleSoon());
      assertThat(row(one, "MINE").locator(".last")).hasText("12.50");
      assertThat(one.at("status")).isHidden();
      assertThat(one.at("settings")).containsText("slowConsumer: disconnect");
      assertThat(one.complaints()).isEmpty();
    }
  }

  @Test
  void without_a_connection_it_does_not_say_that_there_are_no_quotes() {
    try (NodeProcess empty = NodeProcess.start(Launch.server());
        Window one = browser.open(quotes(empty)).awaitLive()) {
      assertThat(one.at("statusText")).containsText("has no quotes");
      // From here on requests of the page get no answer, not even a failure.
      one.page().route("**/rooms?*", route -> {});
      empty.kill9();
      assertThat(one.at("statusText"))
          .hasText(
              "There is no connection to the server. This page looks for quotes when it is back.");
      assertThat(one.at("example")).isHidden();
      one.at("btnLanguage").click();
      assertThat(one.at("statusText")).hasText("与服务器的连接已断开，恢复后本页会重新查找行情。");

      one.page().unroute("**/rooms?*");
      try (NodeProcess again = NodeProcess.start(again(empty))) {
        publish(again, "MINE", "{\"price\": 12.5}");
        assertThat(row(one, "MINE").locator(".last")).hasText("12.50");
        assertThat(one.at("status")).isHidden();
      }
    }
  }

  private static Launch again(NodeProcess node) {
    return Launch.jar("--host", "127.0.0.1", "--port", Integer.toString(node.port()));
  }

  private static com.microsoft.playwright.assertions.LocatorAssertions.IsVisibleOptions
      visibleSoon() {
    return new com.microsoft.playwright.assertions.LocatorAssertions.IsVisibleOptions()
        .setTimeout(SOON_MILLIS);
  }

  @Test
  void messages_that_are_no_quotes_are_ignored_and_never_markup() {
    String attack = "<img src=x onerror=\\\"document.title='taken'\\\">";
    publish(node, "~a@b#c+1", "{\"price\": 7}");
    publish(node, "EVIL", "{\"price\": 1}");
    for (String bad :
        List.of(
            "\"" + attack + "\"",
            "{\"price\": \"" + attack + "\"}",
            "{\"price\": [3]}",
            "{\"open\": 5}",
            "null",
            "[]")) {
      publish(node, "EVIL", bad);
    }
    try (Window one = browser.open(quotes(node)).awaitLive()) {
      assertThat(row(one, "EVIL").locator(".last"))
          .hasText("1.00", new HasTextOptions().setTimeout(SOON_MILLIS));
      publish(node, "EVIL", "{\"price\": 2, \"open\": \"" + attack + "\", \"time\": \"now\"}");

      assertThat(row(one, "EVIL").locator(".last")).hasText("2.00");
      assertThat(row(one, "EVIL").locator(".change")).hasText("+100.00 %");
      assertThat(row(one, "~a@b#c+1").locator(".last")).hasText("7.00");
      assertThat(one.page().locator("main img, main script")).hasCount(0);
      assertThat(one.page()).hasTitle("Live quotes – Stentor");
      assertThat(one.complaints()).isEmpty();
    }
  }

  @Test
  void updates_that_the_server_left_out_are_counted_by_gaps_in_the_offsets() {
    publish(node, "GAPS", "{\"price\": 1}");
    try (Window one = browser.open("about:blank")) {
      one.page()
          .routeWebSocket(
              Pattern.compile("/connection/websocket"), QuotesPageIT::passWithoutPrices2To4);
      one.page().navigate(quotes(node));
      Locator last = row(one, "GAPS").locator(".last");
      assertThat(last).hasText("1.00", new HasTextOptions().setTimeout(SOON_MILLIS));
      for (int price = 2; price <= 5; price++) {
        publish(node, "GAPS", "{\"price\": " + price + "}");
      }

      assertThat(last).hasText("5.00");
      assertThat(row(one, "GAPS").locator(".conflated")).hasText("3");
      assertThat(one.at("conflated")).hasText("3");
    }
  }

  private static void passWithoutPrices2To4(WebSocketRoute route) {
    WebSocketRoute server = route.connectToServer();
    server.onMessage(
        frame -> {
          String text =
              frame
                  .text()
                  .lines()
                  .filter(line -> !line.matches("\\{\"push\".*\"price\": ?[234]}.*"))
                  .reduce("", (all, line) -> all.isEmpty() ? line : all + "\n" + line);
          if (!text.isEmpty()) {
            route.send(text);
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"en-GB, Sign in to see the quotes of this server.", "zh-CN, 登录后即可查看此服务器的行情。"})
  void a_node_that_wants_a_token_is_no_node_without_quotes(String locale, String text) {
    try (NodeProcess locked = startLocked();
        Window one = browser.open(quotes(locked), options -> options.setLocale(locale))) {
      one.awaitState("signedOut");
      assertThat(one.at("statusText")).hasText(text);
      assertThat(one.at("example")).isHidden();
      assertThat(Axe.findings(one)).isEmpty();
      signIn(one);
      assertThat(one.at("example")).containsText("--demo");
    }
  }

  private static NodeProcess startLocked() {
    return NodeProcess.start(
        Launch.server()
            .withEnv("STENTOR_IDENTITY_TOKENS_HMAC_SECRET", SECRET)
            .withEnv("STENTOR_IDENTITY_ANONYMOUS", false));
  }

  private static void signIn(Window one) {
    String token = Signer.secret("HS256", SECRET).sign(new JsonObject().put("sub", "ann"));
    one.at("txtToken").fill(token);
    one.at("txtToken").press("Enter");
    one.awaitLive();
  }

  @Test
  void the_server_is_not_asked_for_quotes_while_the_user_has_to_sign_in() {
    try (NodeProcess locked = startLocked();
        Window one = browser.open("about:blank")) {
      List<String> asked = new CopyOnWriteArrayList<>();
      List<String> answered = new CopyOnWriteArrayList<>();
      one.page().onRequest(request -> asked.add(request.url()));
      one.page().onResponse(response -> answered.add(response.url()));
      one.page().clock().install();
      one.page().navigate(quotes(locked));
      one.awaitState("signedOut");
      Patience.until(one, () -> answered.stream().anyMatch(url -> url.contains("/rooms?")));
      asked.clear();
      for (int i = 0; i < 3; i++) {
        one.page().clock().fastForward(60_000);
        one.page().evaluate("() => fetch('./health/live').then((answer) => answer.text())");
      }
      assertThat(asked).isNotEmpty().noneMatch(url -> url.contains("/rooms?"));

      signIn(one);
      assertThat(one.at("example")).isVisible();
      asked.clear();
      one.page().clock().fastForward(60_000);
      Patience.until(one, () -> asked.stream().anyMatch(url -> url.contains("/rooms?")));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ColorScheme.class,
      names = {"LIGHT", "DARK"})
  void is_accessible_at_any_size(ColorScheme scheme) {
    try (Window one = openMarket(options -> options.setColorScheme(scheme))) {
      Pictures.take(one, "quotes", scheme);
      assertThat(Axe.findings(one)).isEmpty();
      assertThat(LayoutShift.of(one)).isLessThan(0.05);
      assertThat(one.complaints()).isEmpty();
    }
  }

  @Test
  void nothing_flashes_if_the_user_prefers_reduced_motion() {
    try (Window one = openMarket(options -> options.setReducedMotion(ReducedMotion.REDUCE))) {
      Locator flashing = one.page().locator("#symbols .last[data-flash]").first();
      assertThat(flashing).hasCSS("background-color", "rgba(0, 0, 0, 0)");
    }
  }
}
