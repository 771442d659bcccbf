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
 * The body of one request, read up to a limit, announced or not, and for so long. What comes beyond
 * is thrown away, so that the client sees the answer, see {@link BodyDrain}. Event loop of the
 * request.
 */
public final class RequestBody {
  /*
   * vertx-web's BodyHandler looks for forms and uploads, has no time limit, reads on without end
   * behind a 413, and takes a client that leaves for a failure of the server.
   */

  /** Where nobody guards the connection. */
  private static final int USUAL_SECONDS = 30;

  private static final int MAX_LENGTH_DIGITS = 18;

  private final HttpServerRequest request;
  private final ContextInternal context;
  private final int maxBytes;
  private final int timeoutSeconds;
  private final Promise<Buffer> whole = Promise.promise();
  private @Nullable Buffer received;
  private TimerWheel.@Nullable Timer timer;

  private RequestBody(HttpServerRequest request, int maxBytes, int timeoutSeconds) {
    this.request = request;
    this.context = ((HttpServerRequestInternal) request).context();
    this.maxBytes = maxBytes;
    this.timeoutSeconds = timeoutSeconds;
  }

  /**
   * Reads the body. To be called before the request's handler returns. Fails with a {@link
   * RequestRefused} where the body is too long, in a coding, or does not come; never completes
   * where the client goes away.
   */
  public static Future<Buffer> read(HttpServerRequest request, int maxBytes) {
    ConnectionGuard guard = ConnectionGuard.of(Takeover.channel(request.connection()));
    int seconds = guard == null ? USUAL_SECONDS : guard.options().bodySeconds();
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
    // Most bodies are there within the turn, and a timer for each would cost more than a task.
    context.runOnContext(turn -> setTimer());
    return whole.future();
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
      whole.tryFail(tooLarge());
    }
  }

  private void finish() {
    cancelTimer();
    whole.tryComplete(received == null ? Buffer.buffer() : received);
  }

  private void setTimer() {
    if (timeoutSeconds > 0 && !request.isEnded() && !whole.future().isComplete()) {
      timer = TimerWheel.of(context.nettyEventLoop()).after(timeoutSeconds * 1000L, this::timeOut);
    }
  }

  private void timeOut() {
    String detail = "The body did not arrive in " + timeoutSeconds + " seconds.";
    whole.tryFail(
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
