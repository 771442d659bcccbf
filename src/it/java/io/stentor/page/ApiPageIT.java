package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Sizes;
import io.stentor.support.Api;
import io.stentor.support.Axe;
import io.stentor.support.ContractDocument;
import io.stentor.support.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page that shows the contract. */
class ApiPageIT extends InBrowser {
  private static final int MAX_BYTES = 250_000;

  /** Opens everything, and lets the page write what it shows then. */
  private static final String OPEN_ALL =
      """
      () => new Promise((done) => {
        document.querySelectorAll('.operation').forEach((one) => (one.open = true));
        setTimeout(() => {
          document.querySelectorAll('.response').forEach((one) => (one.open = true));
          done();
        });
      })
      """;

  /** Texts with three English words in a row; code is not language. */
  private static final String ENGLISH =
      """
      () => [...document.querySelectorAll('main :is(h1, h2, h3, h4, p, li, td, th, label, figcaption, summary, span)')]
          .filter((one) => !one.querySelector('li, td, p, ul'))
          .map((one) => { const copy = one.cloneNode(true); copy.querySelectorAll('code').forEach((c) => c.remove());
                          return copy.textContent; })
          .filter((text) => /[a-z]+ [a-z]+ [a-z]+/i.test(text))
      """;

  /** Keys of the Chinese texts that the contract does not contain any more. */
  private static final String STALE =
      """
      async () => {
        const { chinese } = await import('/js/api/chinese.js');
        const texts = [];
        JSON.parse(await (await fetch('/openapi.json')).text(), (key, value) => {
          if (typeof value === 'string') {
            texts.push(value.replace(/\\s+/g, ' '));
          }
          return value;
        });
        return Object.keys(chinese).filter((key) => !texts.some((text) => text.includes(key)));
      }
      """;

  @ParameterizedTest
  @CsvSource({"en-GB,LIGHT,1280", "en-GB,DARK,390", "zh-CN,LIGHT,390", "zh-CN,DARK,1280"})
  void shows_every_operation_readably_and_within_the_width(
      String locale, ColorScheme scheme, int width) {
    try (Window one =
        browser.open(
            page("api.html"),
            options ->
                options.setLocale(locale).setColorScheme(scheme).setViewportSize(width, 800))) {
      Locator operations = one.page().locator(".operation");
      assertThat(operations).hasCount(ContractDocument.read().operations().size());
      one.page().evaluate(OPEN_ALL);
      assertThat(one.page().locator(".operation .request")).hasCount(operations.count());

      assertThat(Axe.findings(one)).isEmpty();
      assertThat(one.page().evaluate("document.documentElement.scrollWidth - innerWidth"))
          .isEqualTo(0);
      assertThat(one.complaints()).isEmpty();
    }
  }

  @Test
  void loads_few_bytes_and_nothing_of_other_servers() {
    try (Window one = browser.open("about:blank")) {
      List<Request> finished = new CopyOnWriteArrayList<>();
      one.page().onRequestFinished(finished::add);
      one.page().navigate(page("api.html"));
      assertThat(one.page().locator(".operation").first()).isVisible();
      one.page().waitForLoadState();

      long bytes = 0;
      for (Request request : List.copyOf(finished)) {
        assertThat(request.url()).startsWith(page(""));
        Sizes sizes = request.sizes();
        bytes += sizes.responseHeadersSize + sizes.responseBodySize;
      }
      assertThat(bytes).isBetween(20_000L, (long) MAX_BYTES);
      assertThat(LayoutShift.of(one)).isLessThan(0.1);
    }
  }

  @Test
  void operations_come_before_what_is_true_of_all() {
    try (Window one = browser.open(page("api.html"))) {
      assertThat(one.at("operations").locator("h2").first()).hasText("Messages");
      assertThat(one.at("prose").locator("h2").first()).hasText("Positions");
      double last = one.page().locator(".operation").last().boundingBox().y;
      assertThat(one.at("prose").boundingBox().y).isGreaterThan(last);
    }
  }

  @Test
  void everything_is_chinese_on_the_chinese_page() {
    try (Window one = browser.open(page("api.html"), options -> options.setLocale("zh-CN"))) {
      assertThat(one.page().locator(".operation h3").first()).hasText("读取消息");
      one.page().evaluate(OPEN_ALL);

      assertThat((List<?>) one.page().evaluate(ENGLISH)).isEmpty();
      assertThat((List<?>) one.page().evaluate(STALE)).isEmpty();
      one.at("btnLanguage").click();
      assertThat(one.page().locator(".operation h3").first()).hasText("Read messages");
      assertThat((List<?>) one.page().evaluate(ENGLISH)).isNotEmpty();
    }
  }

  @Test
  void shows_each_error_with_its_own_example() {
    try (Window one = browser.open(page("api.html#/Messages/publishMessage"))) {
      Locator operation = one.page().locator(".operation[open]");
      List<String> shown = new ArrayList<>();
      for (Locator response : operation.locator("details.response").all()) {
        if (response.getAttribute("open") == null) {
          response.locator("> summary").click();
        }
        String status = response.locator(".code").textContent();
        for (String example : response.locator("pre").allTextContents()) {
          shown.add(status);
          if (status.startsWith("4") || status.startsWith("5")) {
            assertThat(example).contains("\"status\": " + status);
          }
        }
      }
      assertThat(shown).contains("201", "401", "403", "413", "422", "429", "503");
      assertThat(operation.locator("pre", withText("idempotency-conflict"))).isVisible();
    }
  }

  private static Locator.LocatorOptions withText(String text) {
    return new Locator.LocatorOptions().setHasText(text);
  }

  @Test
  void tries_an_operation_out() {
    try (Window one = browser.open(page("api.html#/Messages/publishMessage"))) {
      Locator operation = one.page().locator(".operation[open]");
      operation.getByLabel("room", exactly()).fill("tea & 茶");
      assertThat(operation.locator(".request > pre")).containsText("/rooms/tea%20%26%20%E8%8C%B6/");
      operation.getByLabel("room", exactly()).fill("茶");
      operation.locator("textarea").fill("it's hot");
      assertThat(operation.locator(".request > pre")).containsText("-d 'it'\\''s hot'");
      operation.locator("button[type=submit]").click();

      assertThat(operation.locator(".status")).containsText("201 Created");
      assertThat(operation.locator(".answer pre")).containsText("\"offset\": 1");
      assertThat(one.complaints()).isEmpty();
    }
  }

  private static Locator.GetByLabelOptions exactly() {
    return new Locator.GetByLabelOptions().setExact(true);
  }

  @Test
  void an_error_is_shown_as_the_server_answers() {
    try (Window one = browser.open(page("api.html#/Rooms/getRoom"))) {
      Locator operation = one.page().locator(".operation[open]");
      operation.getByLabel("room", exactly()).fill("two words");
      operation.locator("button[type=submit]").click();

      assertThat(operation.locator(".status")).containsText("400 Bad Request");
      assertThat(operation.locator(".answer pre")).containsText("urn:stentor:problem:invalid-room");
    }
  }

  @Test
  void a_stream_is_shown_as_it_comes_until_it_is_stopped() {
    try (Window one = browser.open(page("api.html#/Events/streamEvents"))) {
      Locator operation = one.page().locator(".operation[open]");
      operation.getByLabel("room", exactly()).fill("stream");
      Locator button = operation.locator("button[type=submit]");
      button.click();
      assertThat(operation.locator(".answer pre")).containsText("event: position");
      Api.post(node.port(), "/rooms/stream/messages", "kettle", "Content-Type: text/plain");
      assertThat(operation.locator(".answer pre")).containsText("data: kettle");

      assertThat(button).hasText("Stop");
      button.click();
      assertThat(button).hasText("Send");
      assertThat(one.complaints()).isEmpty();
    }
  }

  @Test
  void a_key_is_sent_in_the_header_that_the_operation_takes() {
    try (Window one = browser.open(page("api.html#/Rooms/listRooms"))) {
      Locator command = one.page().locator(".operation[open] .request > pre");
      assertThat(command).not().containsText("-H");
      one.at("txtCredentials").fill("secret");
      assertThat(command).containsText("-H 'Authorization: Bearer secret'");

      one.page().navigate(page("api.html#/Servers/apiInfo"));
      Locator call = one.page().locator("[id='/Servers/apiInfo'] .request > pre");
      assertThat(call).containsText("-H 'X-API-Key: secret'");
    }
  }

  @Test
  void filters_by_the_words_of_an_operation() {
    try (Window one = browser.open(page("api.html"))) {
      Locator shown = one.page().locator(".operation:visible");
      one.at("txtFilter").fill("get /members");
      assertThat(shown).hasCount(1);
      assertThat(shown.locator(".path")).hasText("/rooms/{room}/members");
      one.at("txtFilter").fill("nothing of this kind");
      assertThat(shown).hasCount(0);
      assertThat(one.at("none")).isVisible();
    }
  }

  @Test
  void says_what_to_do_if_the_contract_cannot_be_loaded() {
    try (Window one = browser.open("about:blank")) {
      Page page = one.page();
      page.route("**/openapi.json", route -> route.abort());
      page.navigate(page("api.html"));
      assertThat(one.at("notice")).containsText("Reload the page");
    }
  }
}
