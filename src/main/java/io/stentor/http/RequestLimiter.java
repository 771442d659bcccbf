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
 * Counts every request for its client, and refuses it where the client has reached a limit. Event
 * loop of the request.
 */
public final class RequestLimiter {
  private static final List<String> FORWARDING =
      List.of("X-Forwarded-For", "Forwarded", "X-Real-IP");

  private static final int RETRY_SECONDS = 5;
  private static final long MAX_DELAY_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** HTTP/2, RFC 9113, section 7: nothing was done for the stream, so the client may try again. */
  private static final long REFUSED_STREAM = 7;

  private final Limits limits;

  /** Creates a limiter with these limits. */
  public RequestLimiter(Limits limits) {
    this.limits = limits;
  }

  /**
   * Counts each request, and then hands it on. A further request waits until the client has taken
   * its answers, so that they do not pile up here.
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
      if (guard.hasTakenAll() && !guard.isHolding()) {
        next.handle(request);
      } else if (isRead(request)) {
        guard.whenTaken(() -> later.handle(request));
      } else {
        refuseUnread(request);
      }
    };
  }

  /** Its body would have to be kept; over HTTP/1 nobody sends this before the last answer. */
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

  private static boolean isRead(HttpServerRequest request) {
    return request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
  }

  /**
   * Whether a request may go on; else it is answered. Who asks too often is answered only when it
   * may ask again, or after a second, so that refusing is no work that an address can cause without
   * end; a proxy, which others need, is answered at once.
   */
  public boolean admits(HttpServerRequest request) {
    ConnectionGuard guard = guard(request);
    if (guard == null) {
      return true;
    }
    Limit refusedBy = guard.refusedBy();
    if (refusedBy != null) {
      noteForwarding(request, refusedBy);
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

  /** A limit for one address that a proxy meets is mostly a proxy that nobody has named. */
  private void noteForwarding(HttpServerRequest request, Limit limit) {
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
   * Whether a request for health or metrics may go on; else it is answered, as late as others are.
   * It may also where there is no place for the connection, which ends behind the answer then.
   */
  public boolean admitsProbe(HttpServerRequest request) {
    ConnectionGuard guard = guard(request);
    if (guard == null) {
      return true;
    }
    if (guard.refusedBy() != null) {
      endBehindAnswer(request);
    }
    long wait = guard.tryProbe(request);
    if (wait > 0) {
      refuse(request, guard, wait, Limit.PROBES_PER_SECOND_PER_ADDRESS);
    }
    return wait == 0;
  }

  private static void endBehindAnswer(HttpServerRequest request) {
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
      noteForwarding(request, limit);
      guard.after(Math.min(waitNanos, MAX_DELAY_NANOS), () -> refusal.answer(request));
    }
  }

  /** Takes the rest of a request's messages from its client's rate; never refuses. */
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

  /** For {@code Retry-After}, at least 1. */
  public static int seconds(long nanos) {
    return 1 + (int) TimeUnit.NANOSECONDS.toSeconds(nanos);
  }
}
