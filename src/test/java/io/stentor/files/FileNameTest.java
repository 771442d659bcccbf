package io.stentor.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.files.StaticFiles.FileName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileNameTest {

  @ParameterizedTest
  @CsvSource({
    "/, index.html",
    "/index.html, index.html",
    "/js/chat.js, js/chat.js",
    "/js/, js/index.html",
    "/a%20b.txt, a b.txt",
    "/a+b.txt, a+b.txt",
    "/%E4%BD%A0.txt, 你.txt",
  })
  void a_path_names_a_file_below_the_root(String path, String name) {
    assertThat(FileName.of(path)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*",
        "js/chat.js",
        "//",
        "//etc/passwd",
        "/js//chat.js",
        "/.",
        "/..",
        "/../x",
        "/js/../../x",
        "/%2e%2e/x",
        "/%2E%2E/x",
        "/.%2e/x",
        "/%2e/x",
        "/..%2fx",
        "/js%2fchat.js",
        "/js%5cchat.js",
        "/js\\chat.js",
        "/..\\x",
        "/.git/config",
        "/%2egit/config",
        "/a%00.js",
        "/a%0a.js",
        "/a%7f.js",
        "/%",
        "/%zz",
        "/%2"
      })
  void a_path_that_could_lead_elsewhere_names_nothing(String path) {
    assertThat(FileName.of(path)).isNull();
  }

  @Test
  void no_path_names_nothing() {
    assertThat(FileName.of(null)).isNull();
  }
}
