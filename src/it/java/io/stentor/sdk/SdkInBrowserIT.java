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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
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
  private static final List<String> ON_EACH_TRANSPORT =
      List.of(
          "subscribes_and_publishes", "recovers_after_a_cut", "stays_away_after_a_terminal_close");

  /** The rest of the library is the same as in Node. */
  @ParameterizedTest
  @ValueSource(strings = {"websocket", "http_stream", "sse", "protobuf_websocket"})
  void the_client_plays_its_scenarios(String transport) throws IOException {
    play(transport, transport.equals("websocket") ? EVERYWHERE : ON_EACH_TRANSPORT);
  }

  private static void play(String transport, List<String> scenarios) throws IOException {
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
              ([names, transport, url, posts, tokens]) => scenarios.run(names, {
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
                  String.join(",", scenarios),
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
    play(transport, List.of("exchanges_long_messages"));
    Setting.assertCompressed(before, Scrape.of(server.port()));
  }

  private static Path file(String script) {
    Path directory = NpmPackages.directory();
    Path shipped = directory.resolve("node_modules/centrifuge/dist").resolve(script);
    return Files.exists(shipped) ? shipped : directory.resolve(script);
  }
}
