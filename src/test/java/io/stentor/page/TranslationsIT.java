package io.stentor.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.Window;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The words of all pages. */
class TranslationsIT extends InBrowser {

  /** Keys of each language, each with the blanks of its sentence. */
  private static final String KEYS =
      """
      (file) => import(`/js/translations/${file}`).then(({ default: { en, zh } }) => [en, zh].map((words) =>
          Object.entries(words).map(([key, text]) =>
              [key, ...(text.match(/\\{\\w+\\}/g) ?? []).sort()].join(' ')).sort()))
      """;

  static List<String> files() throws IOException {
    try (Stream<Path> words = Files.list(Path.of("webroot", "js", "translations"))) {
      return words.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void every_sentence_is_there_in_both_languages_with_the_same_blanks(String file) {
    try (Window one = browser.open(page("compare.html"))) {
      List<?> keys = (List<?>) one.page().evaluate(KEYS, file);

      assertThat((List<?>) keys.get(0)).isNotEmpty();
      assertThat(keys.get(1)).isEqualTo(keys.get(0));
    }
  }
}
