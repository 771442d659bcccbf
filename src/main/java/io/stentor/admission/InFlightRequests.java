package io.stentor.admission;

import io.stentor.admission.Limits.Permit;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of one connection that are not answered yet, with the permits of clients behind a
 * proxy, and over HTTP/2 the answers that the client has not taken yet. One event loop.
 */
public final class InFlightRequests {
  /*
   * Whether a request is answered is asked of its response now and then, since every handler that
   * Vert.x could call at its end is the endpoint's to set.
   */

  private static final Logger LOG = LoggerFactory.getLogger(InFlightRequests.class);

  /** Longer than anything here takes: a long poll waits for a minute. */
  public static final int ANSWER_SECONDS = 120;

  private static final class Request {
    final HttpServerRequest request;
    final HttpServerResponse response;
    final @Nullable Permit byProxy;

    /** The look at which it was first seen, or last seen incomplete; 0 before that. */
    int since;

    Request(HttpServerRequest request, @Nullable Permit byProxy) {
      this.request = request;
      this.response = request.response();
      this.byProxy = byProxy;
    }

    boolean isOverdue(int now, int bodySeconds) {
      if (since == 0 || (bodySeconds == 0 && !request.isEnded())) {
        since = now;
      }
      return !response.headWritten() && now - since >= bodySeconds + ANSWER_SECONDS;
    }

    void end() {
      if (byProxy != null) {
        byProxy.release();
      }
    }
  }

  private final HttpFallback http;
  private final List<Request> requests = new ArrayList<>(1);

  /** Answered, on streams that stay open while the client's windows hold the answers back. */
  private final List<HttpServerResponse> untaken = new ArrayList<>(0);

  /** Creates an empty list. */
  public InFlightRequests(HttpFallback http) {
    this.http = http;
  }

  public void add(HttpServerRequest request, @Nullable Permit byProxy) {
    forgetAnswered();
    requests.add(new Request(request, byProxy));
  }

  /** The request that came last, where it is not answered yet; else null. */
  @Nullable HttpServerRequest latest() {
    forgetAnswered();
    return requests.isEmpty() ? null : requests.get(requests.size() - 1).request;
  }

  /**
   * Looks at all requests, once a second. A fault has lost a request that nobody has answered for
   * too long: it is answered, and its connection ends.
   *
   * @param now a count of seconds, at least 1
   * @param bodySeconds how long a body may take to come; 0 for as long as it likes
   */
  public void look(int now, int bodySeconds) {
    for (Request one : List.copyOf(requests)) {
      if (one.isOverdue(now, bodySeconds)) {
        HttpServerRequest request = one.request;
        LOG.warn("{} {} was not answered in time", request.method(), request.path());
        http.answerOverdue(request);
        if (request.version() != HttpVersion.HTTP_2) {
          request.connection().close();
        }
      }
    }
  }

  /** Whether every request was answered, as far as the endpoint goes. */
  public boolean isEmpty() {
    forgetAnswered();
    return requests.isEmpty();
  }

  /** Bytes of answers over HTTP/2 that are written and not taken as a whole. */
  long untakenBytes() {
    forgetAnswered();
    untaken.removeIf(HttpServerResponse::closed);
    long bytes = 0;
    for (HttpServerResponse response : untaken) {
      bytes += Math.max(response.bytesWritten(), announced(response));
    }
    return bytes;
  }

  /** Vert.x counts what it writes only when the client's window takes it. */
  private static long announced(HttpServerResponse response) {
    String length = response.headers().get(HttpHeaders.CONTENT_LENGTH);
    return length == null ? 0 : Long.parseLong(length);
  }

  private void forgetAnswered() {
    for (int i = requests.size() - 1; i >= 0; i--) {
      Request one = requests.get(i);
      HttpServerResponse response = one.response;
      if (response.ended() || response.closed()) {
        one.end();
        requests.remove(i);
        if (response.streamId() > 0 && !response.closed()) {
          untaken.add(response);
        }
      }
    }
  }

  /** The connection has ended, and all of them with it. */
  void endAll() {
    requests.forEach(Request::end);
    requests.clear();
    untaken.clear();
  }
}
