package io.stentor.sse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.launchdarkly.eventsource.ConnectStrategy;
import com.launchdarkly.eventsource.ErrorStrategy;
import com.launchdarkly.eventsource.EventSource;
import com.launchdarkly.eventsource.MessageEvent;
import com.launchdarkly.eventsource.StreamEvent;
import com.microsoft.playwright.Page;
import io.stentor.support.Browser;
import io.stentor.support.Client;
import io.stentor.support.ClusterOfProcesses;
import io.stentor.support.EventClient;
import io.stentor.support.Launch;
import io.stentor.support.LogLines;
import io.stentor.support.NodeProcess;
import io.stentor.support.NpmPackages;
import io.stentor.support.Window;
import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import okhttp3.Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Event streams with clients that are not ours, against real processes. */
class EventStreamsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int PART = 100;

  private static String events(NodeProcess node, String room) {
    return "http://127.0.0.1:" + node.port() + "/rooms/" + room + "/events";
  }

  /** What curl writes, up to the first comment. */
  private static String curl(String http, String address) throws IOException {
    Process curl =
        new ProcessBuilder("curl", "-sN", "--max-time", "60", http, address)
            .redirectErrorStream(true)
            .start();
    try (InputStream out = curl.getInputStream()) {
      StringBuilder printed = new StringBuilder();
      for (int b = out.read(); b >= 0 && printed.indexOf("\n:\n") < 0; b = out.read()) {
        printed.append((char) b);
      }
      return printed.toString();
    } finally {
      curl.destroyForcibly();
    }
  }

  @Test
  void curl_prints_messages_as_they_come_and_a_comment_when_none_came_for_15_seconds()
      throws IOException {
    try (NodeProcess node = NodeProcess.start(Launch.server());
        Client chat = Client.connect(node.port(), "/rooms/tea")) {
      chat.publish("hello").expect("hello");
      String address = events(node, "tea") + "?last=1";
      List<String> ways = List.of("--http1.1", "--http1.0", "--http2", "--http2-prior-knowledge");
      List<CompletableFuture<String>> curls = new ArrayList<>();
      for (String way : ways) {
        curls.add(CompletableFuture.supplyAsync(() -> unchecked(way, address)));
      }
      for (CompletableFuture<String> curl : curls) {
        String[] blocks = curl.orTimeout(60, TimeUnit.SECONDS).join().split("\n\n");
        assertThat(blocks).hasSize(3);
        assertThat(blocks[0])
            .matches(
                "retry: [0-9]{4}\n"
                    + "event: position\n"
                    + "id: \\S+\n"
                    + "data: .*:0\",\"connection\":\"\\S+\"}");
        assertThat(blocks[1]).startsWith("id: ").endsWith(":1\ndata: hello");
        assertThat(blocks[2]).isEqualTo(":\n");
      }
    }
  }

  private static String unchecked(String http, String address) {
    try {
      return curl(http, address);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void streams_are_logged_and_counted_like_websockets() {
    try (NodeProcess node = NodeProcess.start(Launch.server().atDebug())) {
      int before = node.log().all().size();
      try (EventClient events = EventClient.connect(node.port(), "/rooms/tea/events")) {
        events.joined();
        node.log().await("connected: .*127.0.0.1:.* to room tea, 1 open", before, PATIENCE);
      }
      node.log().await("closed: .*in room tea: by the client, 0 open", before, PATIENCE);
    }
  }

  @Test
  void at_sigterm_clients_are_told_why_and_when_to_come_back() {
    try (NodeProcess node = NodeProcess.start(Launch.server());
        EventClient events = EventClient.connect(node.port(), "/rooms/tea/events")) {
      events.joined();
      node.terminate();
      events.expect("close", "{\"code\":3001,\"reason\":\"shutdown\"}");
      assertThat(events.parser().retryMillis()).isBetween(1000, 6000);
      events.expectEnd();
      assertThat(node.exitCode()).isZero();
    }
  }

  /**
   * Publishes at one node what a client of the other one has to hear, through the death and the
   * return of that node.
   */
  private static void withoutAGap(ClusterOfProcesses cluster, Supplier<List<String>> heard) {
    int port = cluster.node(0).port();
    try (Client chat = Client.connect(cluster.node(1).port(), "/rooms/through")) {
      publish(chat, 0);
      await().atMost(PATIENCE).until(() -> heard.get().size() >= PART);
      publish(chat, PART);
      cluster.node(0).kill9();
      publish(chat, 2 * PART);
      cluster.addAt(port);
      publish(chat, 3 * PART);
      await().atMost(PATIENCE).until(() -> heard.get().size() >= 4 * PART);
      assertThat(heard.get())
          .isEqualTo(IntStream.range(0, 4 * PART).mapToObj(i -> "m" + i).toList());
    }
  }

  private static void publish(Client chat, int from) {
    for (int i = from; i < from + PART; i++) {
      chat.publish("m" + i).expect("m" + i);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "H2_PRIOR_KNOWLEDGE"})
  void a_client_library_comes_back_to_a_node_that_was_killed_and_misses_nothing(Protocol protocol)
      throws IOException {
    List<String> heard = new CopyOnWriteArrayList<>();
    List<String> others = new CopyOnWriteArrayList<>();
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2);
        EventSource source = source(events(cluster.node(0), "through"), protocol)) {
      Thread reader = new Thread(() -> read(source, heard, others), "event source");
      reader.setDaemon(true);
      reader.start();
      await().atMost(PATIENCE).until(() -> !others.isEmpty());
      withoutAGap(cluster, () -> heard);
      assertThat(others).hasSizeGreaterThan(1);
      assertThat(others.get(1)).startsWith("position ").contains("\"recovered\":true,");
    }
  }

  private static EventSource source(String address, Protocol protocol) {
    ConnectStrategy connecting =
        ConnectStrategy.http(URI.create(address))
            .clientBuilderActions(builder -> builder.protocols(List.of(protocol)));
    return new EventSource.Builder(connecting)
        .errorStrategy(ErrorStrategy.alwaysContinue())
        .build();
  }

  private static void read(EventSource source, List<String> heard, List<String> others) {
    for (StreamEvent event : source.anyEvents()) {
      if (event instanceof MessageEvent message) {
        if (message.getEventName().equals("message")) {
          heard.add(message.getData());
        } else {
          others.add(message.getEventName() + " " + message.getData());
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"fetch-event-source", "eventsource"})
  void a_client_in_node_is_given_no_empty_message_and_comes_back_after_a_stop(String client)
      throws IOException {
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2);
        Client chat = Client.connect(cluster.node(1).port(), "/rooms/through")) {
      int port = cluster.node(0).port();
      Process process =
          new ProcessBuilder("node", "streams.js", client, events(cluster.node(0), "through"))
              .directory(NpmPackages.directory().toFile())
              .redirectErrorStream(true)
              .start();
      try {
        LogLines lines = new LogLines(process.getInputStream(), client);
        lines.await("^\\[\"position\"", PATIENCE);
        publish(chat, 0);
        await().atMost(PATIENCE).until(() -> messages(lines).size() >= PART);
        cluster.node(0).terminate();
        publish(chat, PART);
        assertThat(cluster.node(0).exitCode()).isZero();
        cluster.addAt(port);
        publish(chat, 2 * PART);
        await().atMost(PATIENCE).until(() -> messages(lines).size() >= 3 * PART);
        assertThat(messages(lines))
            .isEqualTo(IntStream.range(0, 3 * PART).mapToObj(i -> "m" + i).toList());
        assertThat(lines.all()).noneMatch(line -> line.endsWith(",\"\"]"));
      } finally {
        process.destroyForcibly();
      }
    }
  }

  private static List<String> messages(LogLines lines) {
    return lines.all().stream()
        .filter(line -> line.startsWith("[\"message\""))
        .map(line -> new JsonArray(line).getString(1))
        .toList();
  }

  @Test
  void a_polyfill_sends_its_last_event_id_in_the_query_and_misses_nothing() throws IOException {
    Path polyfill = Path.of("node_modules/event-source-polyfill/src/eventsource.js");
    String source = Files.readString(NpmPackages.directory().resolve(polyfill));
    try (Browser browser = Browser.start();
        ClusterOfProcesses cluster = ClusterOfProcesses.of(2);
        Window window = browser.open("http://127.0.0.1:" + cluster.node(0).port() + "/")) {
      Page page = window.page();
      page.evaluate(source);
      page.evaluate(
          "window.heard = []; window.positions = [];"
              + "window.source = new EventSourcePolyfill('/rooms/through/events');"
              + "source.onmessage = (event) => heard.push(event.data);"
              + "source.addEventListener('position', (e) => positions.push(JSON.parse(e.data)));");
      page.waitForCondition(() -> count(page, "positions") == 1);
      withoutAGap(cluster, () -> strings(page.evaluate("heard")));
      assertThat(page.evaluate("positions[1].recovered")).isEqualTo(true);
    }
  }

  @Test
  void a_browser_comes_back_to_a_node_that_was_killed_and_misses_nothing() {
    try (Browser browser = Browser.start();
        ClusterOfProcesses cluster = ClusterOfProcesses.of(2);
        Window window = browser.open("http://127.0.0.1:" + cluster.node(0).port() + "/")) {
      Page page = window.page();
      page.evaluate(
          "window.heard = []; window.positions = [];"
              + "window.source = new EventSource('/rooms/through/events');"
              + "source.onmessage = (event) => heard.push(event.data);"
              + "source.addEventListener('position', (e) => positions.push(JSON.parse(e.data)));");
      page.waitForCondition(() -> count(page, "positions") == 1);
      withoutAGap(cluster, () -> strings(page.evaluate("heard")));
      assertThat(page.evaluate("positions[1].recovered")).isEqualTo(true);
      assertThat(page.evaluate("source.readyState")).isEqualTo(1);
    }
  }

  private static int count(Page page, String array) {
    return ((Number) page.evaluate(array + ".length")).intValue();
  }

  private static List<String> strings(Object array) {
    return ((List<?>) array).stream().map(String::valueOf).toList();
  }

  @Test
  void a_browser_hears_any_text_and_why_a_stream_ends() {
    String text = "<b>聊</b> \u0000 \uFEFF : \n\n data: x\n";
    try (Browser browser = Browser.start();
        NodeProcess node = NodeProcess.start(Launch.server());
        Window window = browser.open("http://127.0.0.1:" + node.port() + "/");
        Client chat = Client.connect(node.port(), "/rooms/any")) {
      chat.publish(text).expect(text);
      Page page = window.page();
      page.evaluate(
          "window.heard = [];"
              + "window.source = new EventSource('/rooms/any/events?last=1');"
              + "source.onmessage = (event) => heard.push(event.data);"
              + "source.addEventListener('close', (event) => heard.push(event.data));");
      page.waitForCondition(() -> count(page, "heard") == 1);
      node.terminate();
      page.waitForCondition(() -> count(page, "heard") == 2);
      assertThat(strings(page.evaluate("heard")))
          .containsExactly(text, "{\"code\":3001,\"reason\":\"shutdown\"}");
    }
  }
}
