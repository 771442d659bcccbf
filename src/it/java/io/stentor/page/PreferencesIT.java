package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.stentor.support.Window;
import org.junit.jupiter.api.Test;

/** Language and theme, and that the browser remembers them. */
class PreferencesIT extends InBrowser {
  @Test
  void uses_the_language_of_the_browser_until_another_is_chosen() {
    try (Window one = browser.open(page(""), options -> options.setLocale("zh-CN")).awaitLive()) {
      Locator html = one.page().locator("html");
      assertThat(html).hasAttribute("lang", "zh-CN");
      assertThat(one.at("btnSend")).hasText("发送");
      assertThat(one.at("state")).hasText("已连接");

      one.at("btnLanguage").click();
      assertThat(html).hasAttribute("lang", "en");
      assertThat(one.at("btnSend")).hasText("Send");

      one.page().reload();
      assertThat(one.at("btnSend")).hasText("Send");
      assertThat(html).hasAttribute("lang", "en");
    }
  }

  @Test
  void uses_the_theme_of_the_system_until_one_is_chosen() {
    try (Window one =
        browser.open(page(""), options -> options.setColorScheme(ColorScheme.DARK)).awaitLive()) {
      String dark = ground(one);
      one.page().emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
      String light = ground(one);
      one.at("btnTheme").click();

      assertThat(light).isNotEqualTo(dark);
      assertThat(ground(one)).isEqualTo(dark);
      one.page().reload();
      assertThat(ground(one)).isEqualTo(dark);
      assertThat(one.complaints()).isEmpty();
    }
  }

  private static String ground(Window window) {
    String colour = "getComputedStyle(document.body).backgroundColor";
    return (String) window.page().evaluate(colour);
  }
}
