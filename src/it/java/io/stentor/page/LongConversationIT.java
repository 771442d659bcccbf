package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.assertions.LocatorAssertions.HasTextOptions;
import io.stentor.support.Window;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A conversation with more messages than the page keeps as rows. */
class LongConversationIT extends InBrowser {
  private static final String TEXTS =
      "[...document.querySelectorAll('#ulMsg .text')].map((one) => one.textContent)";

  @Test
  void ten_thousand_messages_cost_the_page_a_window_of_them() {
    try (Window one = browser.open(page("?room=many")).awaitLive()) {
      one.page()
          .evaluate(
              """
              () => new Promise((heardAll) => {
                const socket = new WebSocket(`ws://${location.host}/rooms/many`);
                let [heard, sent] = [0, 0];
                const more = () => {
                  for (let i = 0; i < 100 && sent < 10000; i++) socket.send(`m${sent++}`);
                };
                socket.onopen = more;
                socket.onmessage = () => {
                  heard++;
                  if (heard === 10000) heardAll();
                  else if (heard % 100 === 0) more();
                };
              })\
              """);
      assertThat(one.texts().last()).hasText("m9999", new HasTextOptions().setTimeout(30_000));
      assertBounded(one);
      // Up through all of them, and down again.
      for (int i = 0; i < 500 && !isFirst(one, "m0"); i++) {
        scrollTo(one, "0");
        assertBounded(one);
      }
      assertThat(one.texts().first()).hasText("m0");
      assertInOrder(one);
      one.page().evaluate("document.getElementById('log').scrollTop = 1e9");
      assertInOrder(one);
      one.say("last").awaitLast("last");
      assertBounded(one);
      Object elements = one.page().evaluate("document.querySelectorAll('*').length");
      assertThat((Integer) elements).isLessThan(2000);
    }
  }

  private static boolean isFirst(Window one, String text) {
    return one.texts().first().textContent().equals(text);
  }

  private static void assertBounded(Window one) {
    assertThat(one.page().locator("#ulMsg > li").count()).isBetween(1, 201);
  }

  private static void assertInOrder(Window one) {
    List<?> texts = (List<?>) one.page().evaluate(TEXTS);
    int first = Integer.parseInt(((String) texts.get(0)).substring(1));
    for (int i = 0; i < texts.size(); i++) {
      assertThat(texts.get(i)).isEqualTo("m" + (first + i));
    }
  }
}
