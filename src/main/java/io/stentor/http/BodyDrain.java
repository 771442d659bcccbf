package io.stentor.http;

import io.netty.channel.EventLoop;
import io.stentor.timer.TimerWheel;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.http.HttpServerRequestInternal;

/**
 * Reads and discards the rest of the body of a refused request, so that the client can read the
 * response and reuse the connection. Closes the connection after 1 MiB or 30 s. Must be used on the
 * event loop of the request.
 */
public final class BodyDrain {
  /** Number of discarded bytes after which reading stops. */
  static final int MAX_BYTES = 1024 * 1024;

  private static final long MAX_MILLIS = 30_000;

  /** Error code NO_ERROR (RFC 9113, section 7): the rest of the stream is not needed. */
  private static final long NO_ERROR = 0;

  private final HttpServerRequest request;
  private long bytes;

  private BodyDrain(HttpServerRequest request) {
    this.request = request;
  }

  /** Returns whether the request may have a body that has not been read completely. */
  static boolean isExpected(HttpServerRequest request) {
    return !request.isEnded()
        && (request.version() == HttpVersion.HTTP_2
            || request.headers().contains(HttpHeaders.CONTENT_LENGTH)
            || request.headers().contains(HttpHeaders.TRANSFER_ENCODING));
  }

  /**
   * Discards the rest of the body. Replaces the handlers of the request. Must be called after the
   * response was sent.
   */
  public static void discard(HttpServerRequest request) {
    if (isExpected(request)) {
      new BodyDrain(request).read();
    }
  }

  private void read() {
    EventLoop loop = ((HttpServerRequestInternal) request).context().nettyEventLoop();
    TimerWheel.Timer timer = TimerWheel.of(loop).after(MAX_MILLIS, () -> cut(request));
    request
        .handler(this::count)
        .endHandler(end -> timer.cancel())
        .exceptionHandler(gone -> timer.cancel())
        .resume();
  }

  private void count(Buffer chunk) {
    bytes += chunk.length();
    if (bytes > MAX_BYTES) {
      cut(request);
    }
  }

  /** Closes the connection; over HTTP/2, resets only the stream. */
  static void cut(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      request.response().reset(NO_ERROR);
    } else {
      request.connection().close();
    }
  }
}
