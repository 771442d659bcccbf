package io.stentor.page;

import static org.assertj.core.api.Assertions.assertThat;

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

/** The texts of all pages in both languages. */
class TranslationsIT extends InBrowser {
  private static final Path WEBROOT = Path.of("webroot");
  private static final Path TRANSLATIONS = WEBROOT.resolve("js/translations");

  /** The keys of each language, each with the placeholders of its text. */
  private static final String KEYS =
      """
      (file) => import(`/js/translations/${file}`).then(({ default: { en, zh } }) => [en, zh].map((texts) =>
          Object.entries(texts).map(([key, text]) =>
              [key, ...(text.match(/\\{\\w+\\}/g) ?? []).sort()].join(' ')).sort()))
      """;

  /** Where pages name the key of a text. */
  private static final Pattern KEY =
      Pattern.compile(
          "\\btranslate\\(\\s*\"(\\w+)\"|data-(?:text|label)=\"(\\w+)\"|dataset\\.(?:text|label) ="
              + " \"(\\w+)\"");

  static List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(TRANSLATIONS)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void every_text_exists_in_both_languages_with_the_same_placeholders(String file) {
    try (Window one = browser.open(page("compare.html"))) {
      List<?> keys = (List<?>) one.page().evaluate(KEYS, file);

      assertThat((List<?>) keys.get(0)).isNotEmpty();
      assertThat(keys.get(1)).isEqualTo(keys.get(0));
    }
  }

  @Test
  void every_text_that_a_page_uses_exists() throws IOException {
    StringBuilder known = new StringBuilder();
    for (String file : files()) {
      known.append(Files.readString(TRANSLATIONS.resolve(file)));
    }
    try (Stream<Path> files = Files.walk(WEBROOT)) {
      for (Path file : files.filter(one -> one.toString().matches(".*\\.(js|html)")).toList()) {
        KEY.matcher(Files.readString(file))
            .results()
            .map(found -> found.group().replaceAll(".*\"(\\w+)\"$", "$1"))
            .forEach(
                key -> assertThat(known).as("%s in %s", key, file).contains("\n    " + key + ":"));
      }
    }
  }
}
