package io.stentor.http.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.Browser;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.Ports;
import io.stentor.support.Window;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The HTTP of the fat jar as {@code curl} and a browser's {@code fetch} see it. */
class HttpClientsIT {
  private static NodeProcess node;
  private static String base;

  @BeforeAll
  static void start() {
    int port = Ports.free();
    node =
        NodeProcess.start(Launch.jar("--host", "127.0.0.1").with("--port", Integer.toString(port)));
    base = "http://127.0.0.1:" + port;
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static CompletableFuture<String> curlLater(String... arguments) {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "60"));
    command.addAll(List.of(arguments));
    try {
      Process curl = new ProcessBuilder(command).redirectErrorStream(true).start();
      return CompletableFuture.supplyAsync(
          () -> {
            try {
              byte[] said = curl.getInputStream().readAllBytes();
              assertThat(curl.waitFor(60, TimeUnit.SECONDS)).isTrue();
              return new String(said, StandardCharsets.UTF_8);
            } catch (IOException | InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
    } catch (IOException e) {
      return Assumptions.abort("there is no curl here");
    }
  }

  private static String curl(String... arguments) {
    return curlLater(arguments).join();
  }

  @Test
  void curl_publishes_reads_and_waits() {
    String messages = base + "/rooms/curl/messages";
    assertThat(curl("-i", "-H", "Content-Type: text/plain", "-d", "hello", messages))
        .startsWith("HTTP/1.1 201 Created")
        .contains("location: messages?since=")
        .containsPattern("\\{\"epoch\":\"[0-9a-z]+\",\"offset\":1}");
    assertThat(curl("-d", "hello", messages)).contains("unsupported-media-type");
    assertThat(curl(messages)).contains("\"text\":\"hello\"");
    CompletableFuture<String> waiting = curlLater(base + "/rooms/curl2/messages?wait=30");
    String said =
        curl("-H", "Content-Type: text/plain", "-d", "hi", base + "/rooms/curl2/messages");
    assertThat(said).contains("\"offset\":1");
    assertThat(waiting.join()).contains("\"text\":\"hi\"");
  }

  @Test
  void curl_sees_the_answer_to_a_body_that_is_too_long_and_sends_one_that_it_asked_for_first() {
    String messages = base + "/rooms/long/messages";
    String type = "Content-Type: text/plain";
    String tooLong = "x".repeat(100_000);
    assertThat(curl("-H", type, "-d", tooLong, messages)).contains("too-large");
    String fits = "x".repeat(60_000);
    assertThat(curl("-H", type, "-H", "Expect: 100-continue", "-d", fits, messages))
        .contains("\"offset\":1");
  }

  @Test
  void curl_speaks_http_2_with_and_without_an_upgrade() {
    String messages = base + "/rooms/curl3/messages";
    for (String how : List.of("--http2", "--http2-prior-knowledge")) {
      assertThat(curl(how, "-w", "%{http_version}", messages)).endsWith("2");
    }
  }

  @Test
  void fetch_in_a_browser_publishes_once_and_reads_by_long_poll() {
    try (Browser browser = Browser.start();
        Window window = browser.open(base + "/")) {
      Object heard =
          window
              .page()
              .evaluate(
                  """
                  async () => {
                    const url = '/rooms/fetch/messages';
                    const first = await (await fetch(url)).json();
                    let since = `${first.epoch}:${first.offset}`;
                    const publish = (body, type, key) => fetch(url, {
                      method: 'POST', body, headers: {'Content-Type': type, 'Idempotency-Key': key}});
                    const heard = [];
                    const reading = (async () => {
                      while (heard.length < 20) {
                        const answer = await fetch(`${url}?wait=30&since=${since}`);
                        const {epoch, offset, messages} = await answer.json();
                        since = `${epoch}:${offset}`;
                        heard.push(...messages.map(m => m.text ?? m.data.n));
                      }
                    })();
                    for (let i = 0; i < 10; i++) {
                      await publish('t' + i, 'text/plain', 't' + i);
                      await publish('t' + i, 'text/plain', 't' + i);
                      await publish(JSON.stringify({n: i}), 'application/json', 'j' + i);
                    }
                    await reading;
                    return {heard: heard.join(' '), status: (await publish('x', 'text/plain', 't0')).status};
                  }
                  """);
      StringBuilder expected = new StringBuilder();
      for (int i = 0; i < 10; i++) {
        expected.append(i == 0 ? "" : " ").append("t").append(i).append(" ").append(i);
      }
      assertThat(heard).isEqualTo(Map.of("heard", expected.toString(), "status", 422));
    }
  }
}
