package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.assertions.LocatorAssertions.HasTextOptions;
import io.stentor.support.HttpRoom;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.StallingProxy;
import io.stentor.support.Window;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A page of quotes that really does not read for a while, as {@code slowConsumer} has it. */
class SlowQuotesIT extends InBrowser {
  private static final HasTextOptions PATIENCE = new HasTextOptions().setTimeout(30_000);

  /** More than all buffers between the server and the page hold together. */
  private static final int BATCHES = 40;

  private static final int QUOTES_IN_A_BATCH = 500;
  private static final String FILLER = "x".repeat(900);

  private static NodeProcess nodeWith(String slowConsumer) {
    String rule =
        """
        [{"match": "quotes:*", "slowConsumer": "%s", "tailBytes": 16384, "maxMessageBytes": 2048,
          "appendQueueBytes": 4194304, "history": {"messages": 5000, "bytes": 8388608}}]
        """
            .formatted(slowConsumer);
    return NodeProcess.start(Launch.server().withEnv("STENTOR_ROOMS", rule.replace("\n", "")));
  }

  /** Prices from this one on, one after the other. */
  private static void publish(NodeProcess node, int first, int count) {
    String messages =
        IntStream.range(first, first + count)
            .mapToObj(
                price ->
                    "{\"room\": \"quotes:SLOW\", \"data\": {\"price\": %d, \"note\": \"%s\"}}"
                        .formatted(price, FILLER))
            .collect(Collectors.joining(",", "{\"messages\": [", "]}"));
    assertThat(HttpRoom.at(node.port(), "quotes:SLOW").publishBatch(messages).status())
        .isEqualTo(200);
  }

  @Test
  void a_page_that_does_not_read_continues_with_the_newest_quote_and_counts_those_it_missed() {
    int quotes = BATCHES * QUOTES_IN_A_BATCH;
    AtomicInteger received = new AtomicInteger();
    try (NodeProcess node = nodeWith("latest");
        StallingProxy network = new StallingProxy(node.port());
        Window one = browser.open("about:blank")) {
      publish(node, 1, 1);
      one.page()
          .onWebSocket(
              socket ->
                  socket.onFrameReceived(frame -> received.addAndGet(publications(frame.text()))));
      one.page().navigate(page(network.port(), "quotes.html"));
      one.awaitLive();
      Locator last = one.page().locator("#symbols .last");
      Locator conflated = one.page().locator("#symbols .conflated");
      assertThat(last).hasText("1.00", PATIENCE);
      assertThat(one.at("settings")).containsText("slowConsumer: latest");
      publish(node, 2, 1);
      assertThat(last).hasText("2.00");
      assertThat(conflated).hasText("0");

      network.stall();
      for (int i = 0; i < BATCHES; i++) {
        publish(node, 3 + i * QUOTES_IN_A_BATCH, QUOTES_IN_A_BATCH);
      }
      network.flow();

      assertThat(last).hasText("%,d.00".formatted(quotes + 2), PATIENCE);
      publish(node, quotes + 3, 1);
      assertThat(last).hasText("%,d.00".formatted(quotes + 3), PATIENCE);
      // Each quote after the first was either heard or is counted: no gap passes for complete.
      int missed = quotes + 2 - received.get();
      assertThat(missed).isPositive();
      assertThat(conflated).hasText("%,d".formatted(missed), PATIENCE);
      assertThat(one.at("conflated")).hasText("%,d".formatted(missed), PATIENCE);
      assertThat(one.at("state")).hasAttribute("data-state", "live");
      assertThat(one.complaints()).isEmpty();
    }
  }

  @Test
  void a_page_that_reconnects_to_another_log_shows_the_newest_quote_at_once() {
    NodeProcess first = nodeWith("latest");
    Launch again = Launch.jar("--host", "127.0.0.1", "--port", Integer.toString(first.port()));
    try (first;
        Window one = browser.open("about:blank")) {
      publish(first, 1, 1);
      one.page().navigate(page(first.port(), "quotes.html"));
      one.awaitLive();
      Locator last = one.page().locator("#symbols .last");
      assertThat(last).hasText("1.00", PATIENCE);
      one.page().context().setOffline(true);
      first.kill9();
      one.awaitState("offline");
      try (NodeProcess second = NodeProcess.start(again)) {
        publish(second, 7, 1);
        one.page().context().setOffline(false);
        one.awaitLive();

        assertThat(last).hasText("7.00", PATIENCE);
        publish(second, 8, 1);
        assertThat(last).hasText("8.00", PATIENCE);
      }
    }
  }

  private static int publications(String frame) {
    return (int) frame.lines().filter(line -> line.contains("\"pub\":{")).count();
  }
}
