package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.assertions.LocatorAssertions.HasCountOptions;
import com.microsoft.playwright.options.Sizes;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.Window;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Not a test but a measurement, which {@code script/frames} runs: how many frames a second the page
 * of quotes draws, and how many bytes each page loads. It writes {@code target/frames.txt}.
 */
class FrameRate extends InBrowser {
  private static final int UPDATES_PER_SECOND = 1000;
  private static final int SECONDS = 10;

  /** Frames of the browser, and the longest time between two of them. */
  private static final String COUNT =
      """
      (seconds) => new Promise((done) => {
        const start = performance.now();
        let last = start;
        let frames = 0;
        let longest = 0;
        const frame = (now) => {
          frames++;
          longest = Math.max(longest, now - last);
          last = now;
          if (now - start < seconds * 1000) {
            requestAnimationFrame(frame);
          } else {
            done({ perSecond: (frames * 1000) / (now - start), longest });
          }
        };
        requestAnimationFrame(frame);
      })
      """;

  @Test
  void measure() throws IOException {
    List<String> lines = new ArrayList<>();
    Launch launch =
        Launch.server("--demo").withEnv("STENTOR_DEMO_UPDATES_PER_SECOND", UPDATES_PER_SECOND);
    try (NodeProcess market = NodeProcess.start(launch)) {
      for (String name : List.of("", "quotes.html", "compare.html", "admin.html", "api.html")) {
        lines.add("bytes of /%s: %,d".formatted(name, bytesOf(page(market.port(), name))));
      }
      try (Window one = browser.open(page(market.port(), "quotes.html")).awaitLive()) {
        assertThat(one.page().locator("#symbols tr"))
            .hasCount(24, new HasCountOptions().setTimeout(30_000));
        one.page().waitForTimeout(5000);
        CDPSession processor = processorTimes(one);
        double before = mainThreadSeconds(processor);
        Map<?, ?> counted = (Map<?, ?>) one.page().evaluate(COUNT, SECONDS);
        lines.add("frames a second: %.1f".formatted(number(counted, "perSecond")));
        double busy = (mainThreadSeconds(processor) - before) / SECONDS;
        lines.add("the page's main thread: %.0f %% of a core".formatted(busy * 100));
        lines.add("longest frame: %.0f ms".formatted(number(counted, "longest")));
        lines.add("updates a second: " + one.at("updates").textContent());
        lines.add("conflated: " + one.at("conflated").textContent());
      }
    }
    Files.write(Path.of("target", "frames.txt"), lines);
  }

  private static CDPSession processorTimes(Window window) {
    CDPSession session = window.page().context().newCDPSession(window.page());
    JsonObject options = new JsonObject();
    options.addProperty("timeDomain", "threadTicks");
    session.send("Performance.enable", options);
    return session;
  }

  /** Processor time of all tasks of the page so far, which other processes do not add to. */
  private static double mainThreadSeconds(CDPSession session) {
    for (JsonElement metric : session.send("Performance.getMetrics").getAsJsonArray("metrics")) {
      JsonObject one = metric.getAsJsonObject();
      if (one.get("name").getAsString().equals("TaskDuration")) {
        return one.get("value").getAsDouble();
      }
    }
    throw new AssertionError("Chromium does not tell TaskDuration");
  }

  private static double number(Map<?, ?> map, String key) {
    return ((Number) map.get(key)).doubleValue();
  }

  /** Of files, heads included, for a browser that has none of them yet. */
  private static long bytesOf(String address) {
    try (Window one = browser.open("about:blank")) {
      List<Request> finished = new ArrayList<>();
      one.page().onRequestFinished(finished::add);
      one.page().navigate(address);
      one.page().waitForTimeout(2000);
      // Asking for sizes lets more events in.
      return List.copyOf(finished).stream()
          .filter(
              request ->
                  List.of("document", "stylesheet", "script", "image")
                      .contains(request.resourceType()))
          .mapToLong(request -> received(request.sizes()))
          .sum();
    }
  }

  private static long received(Sizes sizes) {
    return sizes.responseHeadersSize + sizes.responseBodySize;
  }
}
