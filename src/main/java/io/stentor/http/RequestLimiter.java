package io.stentor.http;

import io.netty.channel.Channel;
import io.stentor.admission.ConnectionGuard;
import io.stentor.admission.Limit;
import io.stentor.admission.Limits;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counts requests per client and refuses those that exceed a limit. Must be called on the event
 * loop of the request.
 */
public final class RequestLimiter {
  private static final List<String> FORWARDING =
      List.of("X-Forwarded-For", "Forwarded", "X-Real-IP");

  private static final int RETRY_SECONDS = 5;
  private static final long MAX_DELAY_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * Error code REFUSED_STREAM (RFC 9113, section 7): the request was not processed, so the client
   * may retry it.
   */
  private static final long REFUSED_STREAM = 7;

  private final Limits limits;

  /** Creates a limiter with these limits. */
  public RequestLimiter(Limits limits) {
    this.limits = limits;
  }

  /**
   * Wraps a handler to count each request before it is handled. A GET or HEAD request is delayed
   * until the client has read its previous responses, so that they do not accumulate in memory; any
   * other request is refused then.
   */
  public Handler<HttpServerRequest> before(Handler<HttpServerRequest> next) {
    Handler<HttpServerRequest> later = ErrorHandlers.answering(next);
    return request -> {
      ConnectionGuard guard = guard(request);
      if (guard == null) {
        next.handle(request);
        return;
      }
      guard.begin(request);
      if (guard.hasReadResponses() && !guard.hasDeferred()) {
        next.handle(request);
      } else if (isGetOrHead(request)) {
        guard.defer(() -> later.handle(request));
      } else {
        refuseUnread(request);
      }
    };
  }

  /**
   * Refuses a request that may have a body, because the body would have to be buffered. Over
   * HTTP/1, clients do not send such a request before the previous response.
   */
  private static void refuseUnread(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      request.response().reset(REFUSED_STREAM);
    } else {
      request.connection().close();
    }
  }

  private static @Nullable ConnectionGuard guard(HttpServerRequest request) {
    Channel channel = Takeover.channel(request.connection());
    return ConnectionGuard.of(channel);
  }

  private static boolean isGetOrHead(HttpServerRequest request) {
    return request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
  }

  /**
   * Returns whether a request is admitted; otherwise answers it. A request that exceeds the rate is
   * answered only when the client may send again, at most one second later, so that refusals cannot
   * cause unbounded work. A request through a proxy is answered immediately, because other clients
   * share the proxy.
   */
  public boolean admits(HttpServerRequest request) {
    ConnectionGuard guard = guard(request);
    if (guard == null) {
      return true;
    }
    Limit refusedBy = guard.refusedBy();
    if (refusedBy != null) {
      warnIfForwarded(request, refusedBy);
      refusal(refusedBy).answer(request);
      request.connection().close();
      return false;
    }
    Limit clientRefusedBy = guard.refusedBy(request);
    if (clientRefusedBy != null) {
      refusal(clientRefusedBy).answer(request);
      return false;
    }
    long wait = guard.tryTake(request);
    if (wait > 0) {
      refuse(request, guard, wait, Limit.MESSAGES_PER_SECOND_PER_ADDRESS);
    }
    return wait == 0;
  }

  /**
   * Logs a warning if a request that exceeds a limit per address has a forwarding header: its
   * sender is probably a proxy that is not configured as trusted.
   */
  private void warnIfForwarded(HttpServerRequest request, Limit limit) {
    if (limit == Limit.CONNECTIONS || request.remoteAddress() == null) {
      return;
    }
    for (String header : FORWARDING) {
      if (request.headers().contains(header)) {
        limits
            .hits()
            .warnOfForwarding(limit, header, String.valueOf(request.remoteAddress().host()));
        return;
      }
    }
  }

  /**
   * Returns whether a health or metrics request is admitted; otherwise answers it with the same
   * delay as other requests. It is also admitted if the connection was refused by a limit; the
   * connection is then closed after the response.
   */
  public boolean admitsProbe(HttpServerRequest request) {
    ConnectionGuard guard = guard(request);
    if (guard == null) {
      return true;
    }
    if (guard.refusedBy() != null) {
      closeAfterResponse(request);
    }
    long wait = guard.tryProbe(request);
    if (wait > 0) {
      refuse(request, guard, wait, Limit.PROBES_PER_SECOND_PER_ADDRESS);
    }
    return wait == 0;
  }

  private static void closeAfterResponse(HttpServerRequest request) {
    if (request.version() != HttpVersion.HTTP_2) {
      request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    request.response().endHandler(answered -> request.connection().close());
  }

  private void refuse(
      HttpServerRequest request, ConnectionGuard guard, long waitNanos, Limit limit) {
    RequestRefused refusal = tooFast(waitNanos, limit);
    if (guard.isProxied(request)) {
      refusal.answer(request);
    } else {
      warnIfForwarded(request, limit);
      guard.after(Math.min(waitNanos, MAX_DELAY_NANOS), () -> refusal.answer(request));
    }
  }

  /** Charges further messages of a request to the rate of its client. Never refuses. */
  public static void charge(HttpServerRequest request, int messages) {
    ConnectionGuard guard = guard(request);
    if (guard != null && messages > 0) {
      guard.charge(request, messages);
    }
  }

  private RequestRefused refusal(Limit limit) {
    int allowed = limits.allowed(limit);
    boolean ofNode = limit == Limit.CONNECTIONS;
    String detail =
        switch (limit) {
          case CONNECTIONS -> "This node has " + allowed + " connections, and takes no more";
          case CONNECTIONS_PER_ADDRESS ->
              "Your address has " + allowed + " connections here, and gets no more";
          default -> "Your address may open " + allowed + " connections a second here";
        };
    return RequestRefused.of(
            ofNode ? ProblemType.UNAVAILABLE : ProblemType.TOO_MANY_REQUESTS,
            detail + " (limits." + limit.label() + ").",
            RETRY_SECONDS)
        .of(limit, allowed);
  }

  private RequestRefused tooFast(long waitNanos, Limit limit) {
    int allowed = limits.allowed(limit);
    String detail =
        limit == Limit.PROBES_PER_SECOND_PER_ADDRESS
            ? "Your address may ask " + allowed + " times a second for health and metrics."
            : "Your address may send "
                + allowed
                + " requests and messages a second here (limits."
                + limit.label()
                + ").";
    return RequestRefused.of(ProblemType.TOO_MANY_REQUESTS, detail, seconds(waitNanos))
        .of(limit, allowed);
  }

  /** Converts a wait to seconds for {@code Retry-After}; at least 1. */
  public static int seconds(long nanos) {
    return 1 + (int) TimeUnit.NANOSECONDS.toSeconds(nanos);
  }
}
