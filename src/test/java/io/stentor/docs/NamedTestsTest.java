package io.stentor.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every test that a document names as proof exists. */
class NamedTestsTest {
  /**
   * {@code `ClassTest`}, {@code `ClassTest.method`}, or {@code `.method`} of the class before it.
   */
  private static final Pattern NAME =
      Pattern.compile("`([A-Z]\\w+(?:Test|IT|Contract))?(?:[.#]([a-z0-9]+_\\w+))?`");

  @Test
  void every_test_that_a_document_names_exists() throws IOException {
    Map<String, String> sources = new HashMap<>();
    for (Path file : files("src", ".java")) {
      sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
    }
    int found = 0;
    for (Path file : files("docs", ".md")) {
      Matcher name = NAME.matcher(Files.readString(file));
      String type = "";
      while (name.find()) {
        if (name.group(1) != null) {
          type = name.group(1);
          assertThat(sources.keySet()).as("%s, named in %s", type, file).contains(type);
          found++;
        }
        if (name.group(2) != null) {
          assertThat(sources.get(type)).as("%s, named in %s", type, file).contains(name.group(2));
        }
      }
    }
    assertThat(found).isGreaterThan(50);
  }

  private static Iterable<Path> files(String directory, String ending) {
    try (Stream<Path> all = Files.walk(Path.of(directory))) {
      return all.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
