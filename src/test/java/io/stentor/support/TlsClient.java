package io.stentor.support;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** HTTP and WebSockets by TLS, to one port of the loopback interface. Any thread. */
public final class TlsClient {
  private static final long PATIENCE_SECONDS = 20;

  private final TestCertificates authority;
  private final HttpClient http;
  private final String server;

  /** A client with connections of its own, which trusts this authority. */
  public TlsClient(TestCertificates authority, int port) {
    this.authority = authority;
    this.http = HttpClient.newBuilder().sslContext(authority.trusted()).build();
    this.server = "://localhost:" + port;
  }

  /** GET, and the answer. */
  public HttpResponse<String> get(Version version, String path) {
    return getLater(version, path).orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  /** GET without waiting. */
  public CompletableFuture<HttpResponse<String>> getLater(Version version, String path) {
    return http.sendAsync(
        request(path).version(version).build(), HttpResponse.BodyHandlers.ofString());
  }

  /** Publishes a text. */
  public HttpResponse<String> publish(String room, String text) {
    HttpRequest request =
        request("/rooms/" + room + "/messages")
            .header("Content-Type", "text/plain")
            .POST(HttpRequest.BodyPublishers.ofString(text))
            .build();
    return http.sendAsync(request, HttpResponse.BodyHandlers.ofString())
        .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .join();
  }

  /** A response that does not end. */
  public Lines lines(Version version, String path) {
    HttpResponse<Stream<String>> answer =
        http.sendAsync(request(path).version(version).build(), HttpResponse.BodyHandlers.ofLines())
            .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
            .join();
    return new Lines(answer);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("https" + server + path))
        .timeout(Duration.ofSeconds(60));
  }

  /** A WebSocket. */
  public Client chat(String path) {
    return Client.connect(URI.create("wss" + server + path), authority);
  }

  /** The lines of a response as they come. */
  public static final class Lines implements AutoCloseable {
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final HttpResponse<Stream<String>> answer;

    private Lines(HttpResponse<Stream<String>> answer) {
      this.answer = answer;
      Thread reader = new Thread(this::read, "lines");
      reader.setDaemon(true);
      reader.start();
    }

    private void read() {
      try {
        answer.body().forEach(lines::add);
      } catch (RuntimeException e) {
        lines.add("ended: " + e);
      }
    }

    /** As which it came. */
    public Version version() {
      return answer.version();
    }

    /** The next line that begins like this. */
    public String skipTo(String beginning) {
      String line = take(lines);
      while (!line.startsWith(beginning)) {
        line = take(lines);
      }
      return line;
    }

    @Override
    public void close() {
      answer.body().close();
    }
  }

  private static String take(BlockingQueue<String> from) {
    try {
      String one = from.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (one == null) {
        throw new AssertionError("nothing came in " + PATIENCE_SECONDS + " s");
      }
      return one;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
