package io.stentor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stentor.config.HttpOptions.TlsOptions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginPatternTest {
  @ParameterizedTest
  @CsvSource({
    "https://example.org, https://example.org",
    "HTTPS://Example.ORG, https://example.org",
    "https://example.org:443, https://example.org",
    "http://example.org:80, http://example.org",
    "http://example.org:443, http://example.org:443",
    "https://*.Example.org:*, https://*.example.org:*",
    "https://b\u00fccher.example, https://xn--bcher-kva.example",
    "https://*.b\u00fccher.example:8443, https://*.xn--bcher-kva.example:8443",
    "http://[0:0:0:0:0:0:0:1]:9898, http://[::1]:9898",
    "http://[2001:DB8::1], http://[2001:db8::1]",
    "app://local, app://local",
    "FILE://, file://",
    "file:///, file://",
    "null, null",
    "self, self"
  })
  void an_entry_becomes_what_browsers_send(String entry, String normalised) {
    assertThat(OriginPattern.normalised(entry)).isEqualTo(normalised);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://example.org/",
        "https://example.org/path",
        "https://example.org?x",
        "https://ann@example.org",
        "https://example.org:0443",
        "https://example.org:65536",
        "https://example.org:x",
        "https://stra\u00dfe.example",
        "https://b\u00fc*.example",
        "https://exam ple.org",
        "https://[::1",
        "https://[nonsense]",
        "example.org",
        "*",
        "Null",
        ""
      })
  void what_no_browser_sends_is_refused(String entry) {
    assertThatThrownBy(() -> OriginPattern.normalised(entry))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_refusal_names_the_entry() {
    assertThatThrownBy(
            () ->
                new HttpOptions(
                    "h",
                    1,
                    "",
                    "w",
                    List.of("self", "https://a.b:99999"),
                    "",
                    "660",
                    new TlsOptions("", "")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("allowedOrigins[1]")
        .hasMessageContaining("https://a.b:99999");
  }
}
