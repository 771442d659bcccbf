package io.stentor.support;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The JDK's clients by TLS, to one port of the loopback interface. Any thread. */
public final class TlsClient {
  private static final long PATIENCE_SECONDS = 20;

  private final HttpClient http;
  private final String authority;

  /** A client with connections of its own. */
  public TlsClient(SSLContext trusted, int port) {
    this.http = HttpClient.newBuilder().sslContext(trusted).build();
    this.authority = "://localhost:" + port;
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
    return HttpRequest.newBuilder(URI.create("https" + authority + path))
        .timeout(Duration.ofSeconds(60));
  }

  /** A WebSocket. */
  public Chat chat(String path) {
    return new Chat(http, URI.create("wss" + authority + path));
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

  /** A WebSocket with the verbs of a chat. One thread at a time. */
  public static final class Chat implements AutoCloseable, WebSocket.Listener {
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final StringBuilder parts = new StringBuilder();
    private final WebSocket socket;
    private volatile boolean ended;

    private Chat(HttpClient http, URI address) {
      socket =
          http.newWebSocketBuilder()
              .buildAsync(address, this)
              .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
              .join();
    }

    /** Sends one text. */
    public void send(String text) {
      socket.sendText(text, true).orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    /** The next text. */
    public String next() {
      return take(received);
    }

    /** The next text that holds this. */
    public String skipTo(String part) {
      String text = next();
      while (!text.contains(part)) {
        text = next();
      }
      return text;
    }

    /** Whether the connection has ended. */
    public boolean isClosed() {
      return ended;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      parts.append(data);
      if (last) {
        received.add(parts.toString());
        parts.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      ended = true;
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      ended = true;
    }

    @Override
    public void close() {
      socket.abort();
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
