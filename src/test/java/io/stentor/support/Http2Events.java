package io.stentor.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.EventParser.Event;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Event streams over one connection of HTTP/2 in clear text. Verbs wait up to ten seconds. One
 * thread at a time.
 */
public final class Http2Events implements AutoCloseable {
  private static final int SECONDS = 10;

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client;
  private final int port;

  /**
   * A client that has not connected.
   *
   * @param upgrade whether it begins with HTTP/1.1 and asks for an upgrade
   */
  public Http2Events(int port, boolean upgrade) {
    this.port = port;
    client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ConnectionWindowSize(1 << 20)
                .setHttp2ClearTextUpgrade(upgrade));
  }

  /** One stream. */
  public final class Stream {
    private final BlockingQueue<Event> received = new LinkedBlockingQueue<>();
    private final EventParser parser = new EventParser();
    private final HttpClientRequest request;
    private final HttpClientResponse response;
    private volatile boolean ended;

    private Stream(HttpClientRequest request, HttpClientResponse response, boolean reading) {
      this.request = request;
      this.response = response;
      response.handler(
          bytes -> {
            parser.feed(bytes.toString(StandardCharsets.ISO_8859_1));
            for (Event event = parser.poll(); event != null; event = parser.poll()) {
              received.add(event);
            }
          });
      response.endHandler(end -> ended = true);
      response.exceptionHandler(reset -> {});
      if (reading) {
        response.resume();
      }
    }

    /** The answer's head. */
    public HttpClientResponse response() {
      return response;
    }

    /** Reads again, or for the first time. */
    public void resume() {
      response.resume();
    }

    /** The next event. */
    public Event next() {
      Event event = poll();
      assertThat(event).as("an event, ended: %s", ended).isNotNull();
      return event;
    }

    private @Nullable Event poll() {
      try {
        return received.poll(SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    /** Whether the stream has come to its end. */
    public boolean isEnded() {
      return ended;
    }

    /** Says that nothing more is wanted of this stream. */
    public void cancel() {
      request.reset(8);
    }
  }

  /** Asks for a stream and reads it. */
  public Stream open(String path) {
    return open(path, Map.of(), true);
  }

  /** Asks for a stream with headers; it is read from the beginning or from {@code resume} on. */
  public Stream open(String path, Map<String, String> headers, boolean reading) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setHost("127.0.0.1")
            .setPort(port)
            .setURI(path);
    headers.forEach(options::addHeader);
    return client
        .request(options)
        .compose(
            request ->
                request
                    .send()
                    .map(
                        response -> {
                          response.pause();
                          return new Stream(request, response, reading);
                        }))
        .toCompletionStage()
        .toCompletableFuture()
        .orTimeout(SECONDS, TimeUnit.SECONDS)
        .join();
  }

  /** Cuts the connection. */
  @Override
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }
}
