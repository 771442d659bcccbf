package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.stentor.support.Window;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Language, light and dark, and what the browser remembers of them. */
class PreferencesIT extends InBrowser {
  private static final Path WEBROOT = Path.of("webroot");

  @Test
  void speaks_the_language_of_the_browser_until_another_is_chosen() {
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

  static Stream<String> dictionaries() throws IOException {
    try (Stream<Path> files = Files.list(WEBROOT.resolve("js/translations"))) {
      return files.map(file -> file.getFileName().toString()).toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("dictionaries")
  void every_sentence_is_there_in_both_languages_with_the_same_blanks(String dictionary) {
    String compare =
        "import('/js/translations/%s').then(({default: all}) => [all.en, all.zh].map(words =>"
            + " Object.entries(words).map(([key, text]) =>"
            + " key + (text.match(/\\{\\w+\\}/g) ?? []).sort())))";
    try (Window one = browser.open(page(""))) {
      List<?> keys = (List<?>) one.page().evaluate(compare.formatted(dictionary));

      assertThat((List<?>) keys.get(0)).isNotEmpty().isEqualTo(keys.get(1));
    }
  }

  @Test
  void every_word_that_pages_ask_for_is_known() throws IOException {
    Pattern asked =
        Pattern.compile(
            "\\bsay\\(\\s*\"(\\w+)\"|data-(?:word|label)=\"(\\w+)\"|dataset\\.(?:word|label) = \"(\\w+)\"");
    StringBuilder known = new StringBuilder();
    for (String dictionary : dictionaries().toList()) {
      known.append(Files.readString(WEBROOT.resolve("js/translations").resolve(dictionary)));
    }
    try (Stream<Path> files = Files.walk(WEBROOT)) {
      for (Path file : files.filter(one -> one.toString().matches(".*\\.(js|html)")).toList()) {
        asked
            .matcher(Files.readString(file))
            .results()
            .map(found -> found.group().replaceAll(".*\"(\\w+)\"$", "$1"))
            .forEach(
                key -> assertThat(known).as("%s in %s", key, file).contains("\n    " + key + ":"));
      }
    }
  }

  @Test
  void is_as_light_or_dark_as_the_system_until_one_is_chosen() {
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
