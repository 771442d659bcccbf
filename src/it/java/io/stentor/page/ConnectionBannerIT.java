package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.Window;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The line that says that the connection is lost, on a page whose client and clock the test plays,
 * so that everything happens in a given order.
 */
class ConnectionBannerIT extends InBrowser {

  private static final String ADD_LINE =
      """
      async () => {
        const { ConnectionBanner } = await import('/js/common/connection-banner.js');
        const { translate } = await import('/js/translations/chat.js');
        window.client = new EventTarget();
        window.client.node = { url: 'http://a/' };
        new ConnectionBanner(window.client, translate);
      }
      """;

  private static final String TELL =
      """
      (type) => {
        const detail = { state: type, retryAt: performance.now() + 99, complete: true, recovered: 0 };
        window.client.dispatchEvent(new CustomEvent(type === 'resumed' ? type : 'state', { detail }));
      }
      """;

  private static Window openPage() {
    Window window = browser.open("about:blank");
    window.page().clock().install();
    window.page().navigate(page("api.html"));
    window.page().clock().pauseAt(System.currentTimeMillis() + 60_000);
    window.page().evaluate(ADD_LINE);
    return window;
  }

  /** Each step is a node that is in use from then on, milliseconds that pass, or an event. */
  private static void play(Window window, String steps) {
    for (String step : steps.split(" ")) {
      if (step.startsWith("http")) {
        window.page().evaluate("(url) => (window.client.node = { url })", step);
      } else if (step.matches("\\d+")) {
        window.page().clock().runFor(Long.parseLong(step));
      } else {
        window.page().evaluate(TELL, step);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          waiting connecting http://b/ waiting connecting live resumed                | b
          # Lost again before the line could be read, and back at either node.
          waiting http://b/ live resumed 9000 waiting connecting live resumed         | b
          waiting http://b/ live resumed 9000 waiting http://a/ live resumed          | a
          # Closed at the other node, because a token has expired, and signed in again.
          waiting http://b/ closed connecting live resumed                            | b
          # Paused while it was lost.
          waiting http://b/ paused connecting resumed                                 | b
          waiting http://b/ live resumed 10000 waiting http://a/ live resumed         | a
          """)
  void tells_of_a_move_however_often_the_connection_is_lost(String steps, String node) {
    try (Window window = openPage()) {
      play(window, steps);
      assertThat(window.at("bannerText"))
          .hasText("This page moved to http://%s. Back: nothing was missed.".formatted(node));
      play(window, "10000");
      assertThat(window.at("bannerText")).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          waiting connecting live resumed                                     | Back: nothing was missed.
          waiting http://b/ live resumed 10000 waiting connecting live resumed | Back: nothing was missed.
          closed connecting live resumed                                      | ''
          """)
  void tells_of_no_move_that_there_was_not(String steps, String text) {
    try (Window window = openPage()) {
      play(window, steps);
      assertThat(window.at("bannerText")).hasText(text);
    }
  }

  @Test
  void does_not_say_that_it_tries_to_connect_while_a_connected_page_waits_for_its_rooms() {
    try (Window window = openPage()) {
      play(window, "waiting http://b/ connecting live");
      assertThat(window.at("bannerNext")).hasText("Trying b …");
      play(window, "500");
      assertThat(window.at("bannerText")).hasText("Connected to b. Waiting for the messages …");
      assertThat(window.at("bannerNext")).isEmpty();
      assertThat(window.at("btnTryNow")).isHidden();
      assertThat(window.page().locator("body[data-lost]")).hasCount(1);
      play(window, "resumed");
      assertThat(window.page().locator("body[data-lost]")).hasCount(0);
      play(window, "waiting");
      assertThat(window.at("btnTryNow")).isVisible();
    }
  }
}
