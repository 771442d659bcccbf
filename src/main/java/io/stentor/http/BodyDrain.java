package io.stentor.http;

import io.netty.channel.EventLoop;
import io.stentor.timer.TimerWheel;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.http.HttpServerRequestInternal;

/**
 * What still comes of a body after the request was refused. It is read and thrown away, so that the
 * client gets to read the answer and may go on with the connection; but no more than 1 MiB of it
 * and no longer than 30 s, then the connection is closed. Event loop of the request.
 */
public final class BodyDrain {
  /** At this many bytes a client that does not listen is not read any more. */
  static final int MAX_BYTES = 1024 * 1024;

  private static final long MAX_MILLIS = 30_000;

  /** HTTP/2, RFC 9113, section 7: the stream is not needed any longer. */
  private static final long NO_ERROR = 0;

  private final HttpServerRequest request;
  private long bytes;

  private BodyDrain(HttpServerRequest request) {
    this.request = request;
  }

  /** Whether there may be a body that was not read to its end. */
  static boolean isExpected(HttpServerRequest request) {
    return !request.isEnded()
        && (request.version() == HttpVersion.HTTP_2
            || request.headers().contains(HttpHeaders.CONTENT_LENGTH)
            || request.headers().contains(HttpHeaders.TRANSFER_ENCODING));
  }

  /** Takes the request's handlers over. To be called when the answer was given. */
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

  /** Ends the connection, over HTTP/2 only the stream. */
  static void cut(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      request.response().reset(NO_ERROR);
    } else {
      request.connection().close();
    }
  }
}
