package io.stentor.transport;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * The body of one request, read up to a limit. What comes beyond is thrown away, so that the client
 * sees the answer; a client that does not stop then is cut off. Event loop of the request.
 */
final class RequestBody {

  /** How much of a body that is refused is still read. */
  private static final long MAX_DISCARDED_BYTES = 8L * 1024 * 1024;

  private final HttpServerRequest request;
  private final int maxBytes;
  private final Promise<Buffer> whole = Promise.promise();
  private final Buffer received = Buffer.buffer();
  private long discarded;

  private RequestBody(HttpServerRequest request, int maxBytes) {
    this.request = request;
    this.maxBytes = maxBytes;
  }

  /**
   * Reads the body. To be called before the request's handler returns. Fails with a {@link Refusal}
   * where the body is too long or in a coding; never completes where the client goes away.
   */
  static Future<Buffer> read(HttpServerRequest request, int maxBytes) {
    return new RequestBody(request, maxBytes).read();
  }

  private Future<Buffer> read() {
    request.handler(this::received);
    request.endHandler(end -> whole.tryComplete(received));
    request.exceptionHandler(gone -> {});
    String coding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
    if (coding != null && !coding.equalsIgnoreCase("identity")) {
      whole.fail(
          Refusal.of(
              ProblemType.UNSUPPORTED_MEDIA_TYPE, "A body is taken as it is, without a coding."));
    } else if (declaredLength(request.getHeader(HttpHeaders.CONTENT_LENGTH)) > maxBytes) {
      refuse();
    } else if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
      request.response().writeContinue();
    }
    return whole.future();
  }

  private static long declaredLength(@Nullable String length) {
    return length != null && length.matches("[0-9]{1,18}") ? Long.parseLong(length) : 0;
  }

  private void received(Buffer chunk) {
    if (whole.future().isComplete()) {
      discard(chunk);
    } else if (received.length() + chunk.length() > maxBytes) {
      refuse();
      discard(chunk);
    } else {
      received.appendBuffer(chunk);
    }
  }

  private void discard(Buffer chunk) {
    discarded += chunk.length();
    if (discarded > MAX_DISCARDED_BYTES) {
      request.connection().close();
    }
  }

  private void refuse() {
    whole.fail(
        Refusal.of(
            ProblemType.TOO_LARGE, "The body may have at most " + maxBytes + " bytes here."));
  }
}
