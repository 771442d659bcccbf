package io.stentor.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.ConcurrentTest;
import io.stentor.support.NodeInProcess;
import io.stentor.support.Scrape;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;

/** Clients that ask and do not read what they are answered, or read it slowly. */
class UnreadAnswersTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  /** An answer of 64 KiB. */
  private static final String ASK = "GET /openapi.yaml HTTP/1.1\r\nHost: localhost\r\n\r\n";

  private final Vertx vertx = Vertx.vertx();
  private NodeInProcess node;

  private void start(JsonObject limits) throws IOException {
    node = NodeInProcess.start(new JsonObject().put("limits", limits));
  }

  @AfterEach
  void stop() {
    vertx.close().await();
    node.close();
  }

  private double idle() {
    return Scrape.of(node.port()).get("stentor_limits_hit_total{limit=\"idleSeconds\"}");
  }

  /** A connection of which the system keeps little. */
  private Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4096);
    socket.connect(new InetSocketAddress("127.0.0.1", node.port()));
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Reads on to the connection's end; returns how much that was. */
  private static long readToEnd(Socket socket) {
    long read = 0;
    try {
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[65536];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        read += n;
      }
    } catch (IOException reset) {
      assertThat(reset).isNotInstanceOf(SocketTimeoutException.class);
    }
    return read;
  }

  @ConcurrentTest
  void who_asks_on_and_reads_nothing_is_cut() throws IOException {
    start(new JsonObject().put("idleSeconds", 1));
    try (Socket greedy = connect()) {
      send(greedy, ASK.repeat(1000));
      await().atMost(SOON).until(() -> idle() >= 1);
      // All of them would be 65 MB.
      assertThat(readToEnd(greedy)).isLessThan(16 * 1024 * 1024);
    }
  }

  @ConcurrentTest
  void who_does_not_read_and_begins_a_head_is_cut_too() throws IOException {
    start(new JsonObject().put("idleSeconds", 2).put("handshakeSeconds", 5));
    try (Socket greedy = connect()) {
      send(greedy, ASK.repeat(200) + "POST /rooms/a/messages HTTP/1.1\r\nHost:");
      await().atMost(SOON).until(() -> idle() >= 1);
      assertThat(readToEnd(greedy)).isLessThan(16 * 1024 * 1024);
    }
  }

  @ConcurrentTest
  void who_reads_slowly_is_answered_to_the_end() throws IOException {
    start(new JsonObject().put("idleSeconds", 1));
    int answers = 200;
    try (Socket slow = connect()) {
      send(slow, ASK.repeat(answers) + ASK.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
      InputStream in = slow.getInputStream();
      AtomicInteger read = new AtomicInteger();
      // For much longer than a connection may be idle.
      await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(250))
          .atMost(SOON)
          .until(() -> read.addAndGet(in.readNBytes(200_000).length) >= 4_000_000);
      assertThat(read.get() + readToEnd(slow)).isGreaterThan(answers * 65_000L);
    }
    assertThat(idle()).isZero();
  }

  private HttpClient http2() {
    return vertx.createHttpClient(
        new HttpClientOptions()
            .setDefaultHost("127.0.0.1")
            .setDefaultPort(node.port())
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ConnectionWindowSize(1 << 26)
            .setHttp2ClearTextUpgrade(false),
        new PoolOptions().setHttp2MaxSize(1));
  }

  /**
   * Asks for answers and reads none of them; returns those of which something has come. On the loop
   * of the connection, so that each is paused before anything of it is taken.
   */
  private List<HttpClientResponse> askWithoutReading(HttpClient client, int times) {
    List<HttpClientResponse> begun = new CopyOnWriteArrayList<>();
    vertx.runOnContext(
        turn -> {
          for (int i = 0; i < times; i++) {
            client
                .request(HttpMethod.GET, "/openapi.yaml")
                .compose(HttpClientRequest::send)
                .onSuccess(response -> begun.add(response.pause()));
          }
        });
    return begun;
  }

  @ConcurrentTest
  void over_http2_answers_that_are_not_read_do_not_pile_up_and_come_when_they_are()
      throws IOException {
    start(new JsonObject());
    int asked = 90;
    List<HttpClientResponse> begun = askWithoutReading(http2(), asked);
    // The connection's window is wide, so heads come: so many requests were served.
    await().atMost(SOON).until(() -> begun.size() >= 8);
    await().during(Duration.ofMillis(500)).atMost(SOON).until(() -> begun.size() <= 30);
    AtomicInteger whole = new AtomicInteger();
    await()
        .atMost(SOON)
        .until(
            () -> {
              for (HttpClientResponse response : List.copyOf(begun)) {
                begun.remove(response);
                response.endHandler(end -> whole.incrementAndGet());
                response.resume();
              }
              return whole.get() == asked;
            });
  }

  @ConcurrentTest
  void over_http2_who_reads_nothing_is_cut_also_while_it_waits_for_something_else()
      throws IOException {
    start(new JsonObject().put("idleSeconds", 1));
    HttpClient client = http2();
    AtomicInteger ended = new AtomicInteger();
    client
        .request(HttpMethod.GET, "/rooms/a/messages?wait=60")
        .onSuccess(request -> request.send().onFailure(cut -> ended.incrementAndGet()));
    askWithoutReading(client, 50);
    await().atMost(SOON).until(() -> ended.get() == 1);
    assertThat(idle()).isEqualTo(1);
  }
}
