package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.Window;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Logging in to the console, and what happens to the key. */
class ConsoleKeysIT extends InConsole {
  @Test
  void without_a_key_it_explains_how_to_create_one_and_sends_no_requests() {
    try (Window one = browser.open("about:blank")) {
      CopyOnWriteArrayList<String> asked = new CopyOnWriteArrayList<>();
      one.page().onRequest(request -> asked.add(request.url()));
      one.page().navigate(page("admin.html"));

      assertThat(one.at("login")).containsText("--new-api-key");
      assertThat(one.at("login")).containsText("\"admin\": true");
      assertThat(one.at("dashboard")).isHidden();
      assertThat(one.at("state")).isHidden();
      assertThat(asked).noneMatch(url -> url.matches(".*/(rooms|api)(/.*|\\?.*)?"));
      assertThat(one.complaints()).isEmpty();
    }
  }

  @Test
  void a_key_that_is_not_an_admin_key_is_refused_and_forgotten() {
    try (Window one = browser.open(page(open.port(), "admin.html"))) {
      show(one, "wrong");
      assertThat(one.at("loginError")).containsText("does not know this key");
      show(one, "schlüssel");
      assertThat(one.at("loginError")).containsText("does not know this key");
      show(one, SHOP);
      assertThat(one.at("loginError")).containsText("is not an admin key");
      assertThat(one.at("txtKey")).hasValue("");
      assertThat(one.at("dashboard")).isHidden();
      assertThat((String) one.page().evaluate("JSON.stringify({...sessionStorage})"))
          .doesNotContain("wrong")
          .doesNotContain(SHOP);
      one.page().navigate(page("admin.html"));
      show(one, ADMIN);
      assertThat(one.at("loginError")).containsText("does not know this key");
    }
  }

  @Test
  void the_key_is_kept_in_its_tab_until_the_user_forgets_it() {
    try (Window one = enter()) {
      one.page().reload();
      one.awaitLive();
      assertThat(nodes(one)).hasCount(1);
      assertThat((String) one.page().evaluate("JSON.stringify({...localStorage})"))
          .doesNotContain(ADMIN);
      assertThat(one.page().url()).doesNotContain(ADMIN);
      assertThat((String) one.page().evaluate("document.cookie")).isEmpty();

      one.at("btnLeave").click();
      assertThat(one.at("txtKey")).isFocused();
      assertThat(one.at("dashboard")).isHidden();
      one.page().reload();
      assertThat(one.at("login")).isVisible();
      assertThat((String) one.page().evaluate("JSON.stringify({...sessionStorage})"))
          .doesNotContain(ADMIN);
    }
    assertThat(open.log().toString()).doesNotContain(ADMIN);
  }
}
