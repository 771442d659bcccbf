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
import io.vertx.core.json.JsonObject;
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
import java.util.stream.IntStream;
import java.util.stream.Stream;
import okhttp3.Protocol;
import org.junit.jupiter.api.Test;

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

  /** A client of the event stream of one room. */
  private interface StreamListener extends AutoCloseable {
    /** The messages that it was given. */
    List<String> messages();

    /** What it was told when it came, and each time that it came back. */
    List<JsonObject> positions();

    @Override
    void close();
  }

  @Test
  void clients_come_back_to_a_node_that_was_killed_and_miss_nothing() throws IOException {
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2);
        Browser browser = Browser.start();
        StreamListener own = new BrowserListener(browser, cluster.node(0), "null", "EventSource");
        StreamListener polyfill =
            new BrowserListener(browser, cluster.node(0), polyfill(), "EventSourcePolyfill");
        StreamListener http1 = new LibraryListener(cluster.node(0), Protocol.HTTP_1_1);
        StreamListener http2 = new LibraryListener(cluster.node(0), Protocol.H2_PRIOR_KNOWLEDGE);
        Client chat = Client.connect(cluster.node(1).port(), "/rooms/through")) {
      List<StreamListener> all = List.of(own, polyfill, http1, http2);
      all.forEach(one -> await().atMost(PATIENCE).until(() -> one.positions().size() == 1));
      int port = cluster.node(0).port();
      publish(chat, 0);
      awaitMessages(all, PART);
      publish(chat, PART);
      cluster.node(0).kill9();
      publish(chat, 2 * PART);
      cluster.addAt(port);
      publish(chat, 3 * PART);
      awaitMessages(all, 4 * PART);
      for (StreamListener one : all) {
        assertThat(one.messages()).isEqualTo(published(4 * PART));
        assertThat(one.positions().get(1).getBoolean("recovered")).isTrue();
      }
    }
  }

  @Test
  void clients_in_node_are_given_no_empty_message_and_come_back_after_a_stop() throws IOException {
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2);
        ProgramListener fetch = new ProgramListener("fetch-event-source", cluster.node(0));
        ProgramListener source = new ProgramListener("eventsource", cluster.node(0));
        Client chat = Client.connect(cluster.node(1).port(), "/rooms/through")) {
      List<StreamListener> all = List.of(fetch, source);
      all.forEach(one -> await().atMost(PATIENCE).until(() -> one.positions().size() == 1));
      int port = cluster.node(0).port();
      publish(chat, 0);
      awaitMessages(all, PART);
      cluster.node(0).terminate();
      publish(chat, PART);
      assertThat(cluster.node(0).exitCode()).isZero();
      cluster.addAt(port);
      publish(chat, 2 * PART);
      awaitMessages(all, 3 * PART);
      for (ProgramListener one : List.of(fetch, source)) {
        assertThat(one.messages()).isEqualTo(published(3 * PART));
        assertThat(one.lines.all()).noneMatch(line -> line.endsWith(",\"\"]"));
      }
    }
  }

  private static void publish(Client chat, int from) {
    for (int i = from; i < from + PART; i++) {
      chat.publish("m" + i).expect("m" + i);
    }
  }

  private static List<String> published(int count) {
    return IntStream.range(0, count).mapToObj(i -> "m" + i).toList();
  }

  private static void awaitMessages(List<StreamListener> all, int count) {
    all.forEach(one -> await().atMost(PATIENCE).until(() -> one.messages().size() >= count));
  }

  /** The library of LaunchDarkly. */
  private static final class LibraryListener implements StreamListener {
    private final List<String> messages = new CopyOnWriteArrayList<>();
    private final List<JsonObject> positions = new CopyOnWriteArrayList<>();
    private final EventSource source;

    LibraryListener(NodeProcess node, Protocol protocol) {
      ConnectStrategy connecting =
          ConnectStrategy.http(URI.create(events(node, "through")))
              .clientBuilderActions(builder -> builder.protocols(List.of(protocol)));
      source =
          new EventSource.Builder(connecting).errorStrategy(ErrorStrategy.alwaysContinue()).build();
      Thread reader = new Thread(this::read, "event source");
      reader.setDaemon(true);
      reader.start();
    }

    private void read() {
      for (StreamEvent event : source.anyEvents()) {
        if (event instanceof MessageEvent message) {
          if (message.getEventName().equals("message")) {
            messages.add(message.getData());
          } else if (message.getEventName().equals("position")) {
            positions.add(new JsonObject(message.getData()));
          }
        }
      }
    }

    @Override
    public List<String> messages() {
      return messages;
    }

    @Override
    public List<JsonObject> positions() {
      return positions;
    }

    @Override
    public void close() {
      source.close();
    }
  }

  /** A class of a page: the browser's own, or one of a script. */
  private static final class BrowserListener implements StreamListener {
    private final Window window;

    BrowserListener(Browser browser, NodeProcess node, String script, String type) {
      window = browser.open("http://127.0.0.1:" + node.port() + "/");
      window.page().evaluate(script);
      window
          .page()
          .evaluate(
              "window.messages = []; window.positions = [];"
                  + "window.source = new %s('/rooms/through/events');".formatted(type)
                  + "source.onmessage = (event) => messages.push(event.data);"
                  + "source.addEventListener('position', (e) => positions.push(e.data));");
    }

    @Override
    public List<String> messages() {
      return strings(window.page().evaluate("messages"));
    }

    @Override
    public List<JsonObject> positions() {
      return strings(window.page().evaluate("positions")).stream().map(JsonObject::new).toList();
    }

    @Override
    public void close() {
      window.close();
    }
  }

  /** A package of npm, in a program that prints what it is given. */
  private static final class ProgramListener implements StreamListener {
    private final Process process;
    final LogLines lines;

    ProgramListener(String client, NodeProcess node) throws IOException {
      process =
          new ProcessBuilder("node", "streams.js", client, events(node, "through"))
              .directory(NpmPackages.directory().toFile())
              .redirectErrorStream(true)
              .start();
      lines = new LogLines(process.getInputStream(), client);
    }

    private Stream<String> given(String event) {
      return lines.all().stream()
          .filter(line -> line.startsWith("[\"" + event + "\""))
          .map(line -> new JsonArray(line).getString(1));
    }

    @Override
    public List<String> messages() {
      return given("message").toList();
    }

    @Override
    public List<JsonObject> positions() {
      return given("position").map(JsonObject::new).toList();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  /** A class that sends its last event ID in the query. */
  private static String polyfill() throws IOException {
    Path script = Path.of("node_modules/event-source-polyfill/src/eventsource.js");
    return Files.readString(NpmPackages.directory().resolve(script));
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

  private static int count(Page page, String array) {
    return ((Number) page.evaluate(array + ".length")).intValue();
  }

  private static List<String> strings(Object array) {
    return ((List<?>) array).stream().map(String::valueOf).toList();
  }
}
