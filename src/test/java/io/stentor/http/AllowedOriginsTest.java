package io.stentor.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllowedOriginsTest {
  private static final NodeUrls ALONE = new NodeUrls("", List::of, List::of);

  @ParameterizedTest
  @CsvSource({
    "https://*.example.org, https://a.example.org, true",
    "https://*.example.org, https://a.b.example.org, true",
    "https://*.example.org, https://example.org, false",
    "https://*.example.org, http://a.example.org, false",
    "https://*.example.org, https://a.example.org:8443, false",
    "https://*.example.org, https://a.example.org.evil.net, false",
    "https://*.example.org, https://evil.net/.example.org, false",
    "https://*.example.org, https://evil.net?.example.org, false",
    "https://*.example.org, https://evil.net#.example.org, false",
    "https://*.example.org, https://evil.net@a.example.org, false",
    "https://localhost:*, https://localhost:3000, true",
    "https://localhost:*, https://localhost, false",
    "https://*, https://any.where, true",
    "https://*, http://any.where, false",
    "https://example.org, https://example.org, true",
    "https://example.org, https://example.org:443, false",
    "https://example.org, null, false",
    "null, null, true",
  })
  void a_star_stands_for_any_run_of_characters_within_host_and_port(
      String allowed, String origin, boolean served) {
    assertThat(new AllowedOrigins(() -> List.of(allowed), ALONE).allow(origin, "h"))
        .isEqualTo(served);
  }

  @ParameterizedTest
  @CsvSource({
    "file://, null, h, true",
    "file://, file://, h, true",
    "file://, https://a.example, h, false",
    "self, http://chat.example:9898, chat.example:9898, true",
    "self, https://chat.example, chat.example, true",
    "self, https://chat.example, CHAT.example:443, true",
    "self, http://[::1]:9898, [::1]:9898, true",
    "self, https://evil.example, chat.example, false",
    "self, http://chat.example:9899, chat.example:9898, false",
    "self, null, chat.example, false",
    "self, null, null, false",
    "self, https://chat.example, , false"
  })
  void pages_of_files_and_of_the_server_itself_may_be_named(
      String allowed, String origin, String host, boolean served) {
    assertThat(new AllowedOrigins(() -> List.of(allowed), ALONE).allow(origin, host))
        .isEqualTo(served);
  }

  @Test
  void an_empty_list_allows_all_and_what_has_no_origin_is_no_page() {
    assertThat(new AllowedOrigins(List::of, ALONE).allow("https://any.where", null)).isTrue();
    assertThat(new AllowedOrigins(() -> List.of("https://a.b"), ALONE).allow(null, null)).isTrue();
  }
}
