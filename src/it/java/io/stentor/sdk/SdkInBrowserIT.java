package io.stentor.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import io.stentor.support.Browser;
import io.stentor.support.NpmPackages;
import io.stentor.support.Scrape;
import io.stentor.support.Window;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The official client of the Centrifuge protocol in Chromium, as its package ships it for pages.
 */
class SdkInBrowserIT extends SdkScenarios {
  private static Browser browser;

  @BeforeAll
  static void start() {
    browser = Browser.start();
    NpmPackages.directory();
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  /** What depends on how a browser connects, reads, and notices a cut. */
  private static final Set<String> ON_EACH_TRANSPORT =
      Set.of(
          "subscribes_and_publishes", "recovers_after_a_cut", "stays_away_after_a_terminal_close");

  /** The rest of the library is the same as in Node. */
  static Stream<Arguments> inBrowsers() {
    return scenarios()
        .filter(
            one -> one.get()[0].equals("websocket") || ON_EACH_TRANSPORT.contains(one.get()[1]));
  }

  @ParameterizedTest
  @MethodSource("inBrowsers")
  void the_client(String transport, String scenario) throws IOException {
    try (Window window = browser.open("http://127.0.0.1:" + server.port() + "/")) {
      Page page = window.page();
      boolean protobuf = transport.startsWith("protobuf_");
      String sdk = protobuf ? "centrifuge.protobuf.js" : "centrifuge.js";
      for (String script : List.of(sdk, "sockets.js", "protobuf.js", "scenarios.js")) {
        // What a script ends with is called if it is a function.
        page.evaluate(Files.readString(file(script)) + "\n;null");
      }
      Object result =
          page.evaluate(
              """
              ([scenario, transport, url, posts, tokens]) => scenarios.run(scenario, {
                sdk: transport.startsWith("protobuf_") ? withJson({ Centrifuge }) : { Centrifuge },
                transport: transport.replace("protobuf_", ""),
                urls: [url],
                posts,
                tokens: JSON.parse(tokens),
                sockets: watchedSockets(WebSocket),
                tell: () => {},
              })\
              """,
              List.of(
                  scenario,
                  transport,
                  Setting.url(transport, server.port()),
                  Setting.posts(server.port()),
                  Setting.tokens()));
      assertThat(result).isEqualTo("done");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"websocket", "protobuf_websocket"})
  void sends_and_receives_compressed(String transport) throws IOException {
    Scrape before = Scrape.of(server.port());
    the_client(transport, "exchanges_long_messages");
    Setting.assertCompressed(before, Scrape.of(server.port()));
  }

  private static Path file(String script) {
    Path directory = NpmPackages.directory();
    Path shipped = directory.resolve("node_modules/centrifuge/dist").resolve(script);
    return Files.exists(shipped) ? shipped : directory.resolve(script);
  }
}
