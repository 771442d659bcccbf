package io.stentor.http;

import io.stentor.admission.ConnectionGuard;
import io.stentor.admission.Limit;
import io.stentor.timer.TimerWheel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.http.HttpServerRequestInternal;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of one request, with a limit on its size, whether or not its length is declared,
 * and on its time. The rest of a body that is too long is discarded, so that the client can read
 * the response, see {@link BodyDrain}. Must be used on the event loop of the request.
 */
public final class RequestBody {
  /*
   * vertx-web's BodyHandler parses forms and uploads, has no timeout, keeps reading without a limit
   * after a 413, and treats a client disconnect as a server failure.
   */

  /** Timeout for connections without a guard. */
  private static final int DEFAULT_SECONDS = 30;

  private static final int MAX_LENGTH_DIGITS = 18;

  private final HttpServerRequest request;
  private final ContextInternal context;
  private final int maxBytes;
  private final int timeoutSeconds;
  private final Promise<Buffer> result = Promise.promise();
  private @Nullable Buffer received;
  private TimerWheel.@Nullable Timer timer;

  private RequestBody(HttpServerRequest request, int maxBytes, int timeoutSeconds) {
    this.request = request;
    this.context = ((HttpServerRequestInternal) request).context();
    this.maxBytes = maxBytes;
    this.timeoutSeconds = timeoutSeconds;
  }

  /**
   * Reads the body. Must be called before the request handler returns. Fails with a {@link
   * RequestRefused} if the body is too long, has a content coding, or does not arrive in time.
   * Never completes if the client disconnects.
   */
  public static Future<Buffer> read(HttpServerRequest request, int maxBytes) {
    ConnectionGuard guard = ConnectionGuard.of(Takeover.channel(request.connection()));
    int seconds = guard == null ? DEFAULT_SECONDS : guard.options().bodySeconds();
    return new RequestBody(request, maxBytes, seconds).read();
  }

  private Future<Buffer> read() {
    String coding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
    if (coding != null && !coding.equalsIgnoreCase("identity")) {
      String detail =
          "A body is taken as it is, not in the coding " + Printable.value(coding) + ".";
      return Future.failedFuture(RequestRefused.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, detail));
    }
    if (declaredLength(request.getHeader(HttpHeaders.CONTENT_LENGTH)) > maxBytes) {
      return Future.failedFuture(tooLarge());
    }
    request.handler(this::receive);
    request.endHandler(end -> finish());
    request.exceptionHandler(gone -> cancelTimer());
    if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
      request.response().writeContinue();
    }
    // Most bodies arrive within the current task, and a timer for each would cost more than a task.
    context.runOnContext(turn -> setTimer());
    return result.future();
  }

  private static long declaredLength(@Nullable String length) {
    if (length == null || !length.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return 0;
    }
    return length.length() > MAX_LENGTH_DIGITS ? Long.MAX_VALUE : Long.parseLong("0" + length);
  }

  private RequestRefused tooLarge() {
    String detail = "The body may have at most " + maxBytes + " bytes here.";
    return RequestRefused.of(ProblemType.TOO_LARGE, detail);
  }

  private void receive(Buffer chunk) {
    Buffer before = received;
    if (before == null && chunk.length() <= maxBytes) {
      received = chunk;
    } else if (before != null && before.length() + chunk.length() <= maxBytes) {
      received = before.appendBuffer(chunk);
    } else {
      cancelTimer();
      result.tryFail(tooLarge());
    }
  }

  private void finish() {
    cancelTimer();
    result.tryComplete(received == null ? Buffer.buffer() : received);
  }

  private void setTimer() {
    if (timeoutSeconds > 0 && !request.isEnded() && !result.future().isComplete()) {
      timer = TimerWheel.of(context.nettyEventLoop()).after(timeoutSeconds * 1000L, this::timeOut);
    }
  }

  private void timeOut() {
    String detail = "The body did not arrive in " + timeoutSeconds + " seconds.";
    result.tryFail(
        RequestRefused.of(ProblemType.REQUEST_TIMEOUT, detail)
            .of(Limit.BODY_SECONDS, timeoutSeconds));
    BodyDrain.cut(request);
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel();
    }
  }
}
