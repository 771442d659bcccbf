package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.stentor.support.ContractDocument;
import io.stentor.support.Window;
import java.nio.file.Path;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page that shows the contract. */
class ApiPageIT extends InBrowser {

  @ParameterizedTest
  @EnumSource(
      value = ColorScheme.class,
      names = {"LIGHT", "DARK"})
  void shows_every_operation_without_browser_errors_or_other_servers(ColorScheme scheme) {
    try (Window one = browser.open("about:blank", options -> options.setColorScheme(scheme))) {
      CopyOnWriteArrayList<String> asked = new CopyOnWriteArrayList<>();
      one.page().onRequest(request -> asked.add(request.url()));
      one.page().navigate(page("api.html"));

      assertThat(one.page().locator(".opblock"))
          .hasCount(ContractDocument.read().operations().size());
      one.page().locator(".opblock-summary-post").first().click();
      assertThat(one.page().locator(".opblock-body").first()).isVisible();
      one.page()
          .screenshot(
              new Page.ScreenshotOptions().setPath(Path.of("target", "api-" + scheme + ".png")));

      assertThat(isDark(one)).isEqualTo(scheme == ColorScheme.DARK);
      assertThat(one.complaints()).isEmpty();
      assertThat(asked)
          .isNotEmpty()
          .allMatch(url -> url.startsWith(page("")) || url.startsWith("data:"));
    }
  }

  @Test
  void tries_an_operation_out() {
    try (Window one = browser.open(page("api.html#/Rooms/listRooms"))) {
      one.page().locator(".try-out__btn").click();
      one.page().locator(".execute").click();
      assertThat(one.page().locator(".live-responses-table .response-col_status").last())
          .containsText("200");
      assertThat(one.complaints()).isEmpty();
    }
  }

  private static boolean isDark(Window one) {
    Object ground =
        one.page().evaluate("getComputedStyle(document.documentElement).backgroundColor");
    return !ground.equals("rgba(0, 0, 0, 0)");
  }
}
