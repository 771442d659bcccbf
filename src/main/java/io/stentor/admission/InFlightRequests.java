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
 * The unanswered requests of one connection with the permits of proxied clients and, over HTTP/2,
 * the responses that the client has not read completely. Confined to one event loop.
 */
public final class InFlightRequests {
  /*
   * Responses are polled for their end, because the end handlers that Vert.x could call belong to
   * the endpoints.
   */

  private static final Logger LOG = LoggerFactory.getLogger(InFlightRequests.class);

  /** The time that a handler has to respond, in seconds. A long poll takes up to a minute. */
  public static final int ANSWER_SECONDS = 120;

  private static final class Request {
    final HttpServerRequest request;
    final HttpServerResponse response;
    final @Nullable Permit byProxy;

    /** The check at which it was first seen, or last seen incomplete; 0 before that. */
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

  /**
   * Responses on HTTP/2 streams that stay open because the client's flow-control window is full.
   */
  private final List<HttpServerResponse> unread = new ArrayList<>(0);

  /** Creates an empty list of requests. */
  public InFlightRequests(HttpFallback http) {
    this.http = http;
  }

  public void add(HttpServerRequest request, @Nullable Permit byProxy) {
    removeAnswered();
    requests.add(new Request(request, byProxy));
  }

  /** Returns the latest request if it is unanswered, otherwise null. */
  @Nullable HttpServerRequest latest() {
    removeAnswered();
    return requests.isEmpty() ? null : requests.get(requests.size() - 1).request;
  }

  /**
   * Checks all requests. Must be called every second. A request that has waited too long for its
   * response was lost by a bug: it is answered, and its connection is closed.
   *
   * @param now the number of this check, at least 1
   * @param bodySeconds the time that a client has to send a body; 0 for no limit
   */
  public void check(int now, int bodySeconds) {
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

  /** Returns whether every request was answered. */
  public boolean isEmpty() {
    removeAnswered();
    return requests.isEmpty();
  }

  /** Returns the number of bytes in HTTP/2 responses that the client has not read completely. */
  long unreadBytes() {
    removeAnswered();
    unread.removeIf(HttpServerResponse::closed);
    long bytes = 0;
    for (HttpServerResponse response : unread) {
      bytes += Math.max(response.bytesWritten(), announced(response));
    }
    return bytes;
  }

  /**
   * Returns the announced length, because Vert.x counts written bytes only when they fit the
   * client's window.
   */
  private static long announced(HttpServerResponse response) {
    String length = response.headers().get(HttpHeaders.CONTENT_LENGTH);
    return length == null ? 0 : Long.parseLong(length);
  }

  private void removeAnswered() {
    for (int i = requests.size() - 1; i >= 0; i--) {
      Request one = requests.get(i);
      HttpServerResponse response = one.response;
      if (response.ended() || response.closed()) {
        one.end();
        requests.remove(i);
        if (response.streamId() > 0 && !response.closed()) {
          unread.add(response);
        }
      }
    }
  }

  /** Releases all requests. Must be called when the connection has ended. */
  void endAll() {
    requests.forEach(Request::end);
    requests.clear();
    unread.clear();
  }
}
