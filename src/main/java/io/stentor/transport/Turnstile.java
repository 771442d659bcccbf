package io.stentor.transport;

import io.netty.channel.Channel;
import io.stentor.limits.Limit;
import io.stentor.limits.Limits;
import io.stentor.limits.Source;
import io.stentor.limits.Ticket;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What every request passes: it is counted for its client, and refused where that has had enough.
 * Event loop of the request.
 */
final class Turnstile {
  private static final List<String> FORWARDING =
      List.of("X-Forwarded-For", "Forwarded", "X-Real-IP");

  private static final int RETRY_SECONDS = 5;
  private static final long MAX_DELAY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Limits limits;

  Turnstile(Limits limits) {
    this.limits = limits;
  }

  /**
   * Counts each request, and then hands it on. On HTTP/1 a further request waits until the client
   * has taken its answers, so that they do not pile up here.
   */
  Handler<HttpServerRequest> before(Handler<HttpServerRequest> next) {
    return request -> {
      Guard guard = guard(request);
      if (guard == null) {
        next.handle(request);
        return;
      }
      guard.begin(request, guard.usage() == null ? placeByProxy(request) : null);
      if (request.version() == HttpVersion.HTTP_2 || guard.hasTakenAll()) {
        next.handle(request);
      } else if (isRead(request)) {
        guard.whenTaken(() -> next.handle(request));
      } else {
        // Its body would have to be kept; nobody sends this before the last answer.
        request.connection().close();
      }
    };
  }

  private static @Nullable Guard guard(HttpServerRequest request) {
    Channel channel = Takeover.channel(request.connection());
    return Guard.of(channel);
  }

  private static boolean isRead(HttpServerRequest request) {
    return request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
  }

  private @Nullable Ticket placeByProxy(HttpServerRequest request) {
    InetAddress client = ClientAddress.of(request, limits);
    return client == null ? null : limits.enter(Source.of(client));
  }

  /**
   * Whether a request may go on; else it is answered. Who asks too often is answered only when it
   * may ask again, or after a second, so that refusing is no work that an address can cause without
   * end; a proxy, which others need, is answered at once.
   */
  boolean admits(HttpServerRequest request) {
    Guard guard = guard(request);
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
    Ticket place = guard.place();
    Limit placeRefusedBy = place == null ? null : place.refusedBy();
    if (placeRefusedBy != null) {
      refusal(placeRefusedBy).answer(request);
      return false;
    }
    long wait = limits.tryTake(guard.client(), 1);
    if (wait > 0) {
      if (place == null) {
        noteForwarding(request, Limit.MESSAGES_PER_SECOND_PER_ADDRESS);
      }
      Refusal refusal = tooFast(wait);
      if (place != null) {
        refusal.answer(request);
      } else {
        guard.later(() -> refusal.answer(request), Math.min(wait, MAX_DELAY_NANOS));
      }
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
        limits.hits().forwarding(limit, header, String.valueOf(request.remoteAddress().host()));
        return;
      }
    }
  }

  /** Takes the rest of a request's messages from its client's rate; never refuses. */
  static void owe(HttpServerRequest request, int messages) {
    Guard guard = guard(request);
    if (guard != null && messages > 0) {
      guard.owe(messages);
    }
  }

  private Refusal refusal(Limit limit) {
    int allowed = limits.allowed(limit);
    boolean ofNode = limit == Limit.CONNECTIONS;
    String detail =
        switch (limit) {
          case CONNECTIONS -> "This node has " + allowed + " connections, and takes no more";
          case CONNECTIONS_PER_ADDRESS ->
              "Your address has " + allowed + " connections here, and gets no more";
          default -> "Your address may open " + allowed + " connections a second here";
        };
    return Refusal.of(
            ofNode ? ProblemType.UNAVAILABLE : ProblemType.TOO_MANY_REQUESTS,
            detail + " (limits." + limit.label() + ").",
            RETRY_SECONDS)
        .of(limit, allowed);
  }

  private Refusal tooFast(long waitNanos) {
    Limit limit = Limit.MESSAGES_PER_SECOND_PER_ADDRESS;
    int allowed = limits.allowed(limit);
    return Refusal.of(
            ProblemType.TOO_MANY_REQUESTS,
            "Your address may send "
                + allowed
                + " requests and messages a second here (limits."
                + limit.label()
                + ").",
            seconds(waitNanos))
        .of(limit, allowed);
  }

  /** For {@code Retry-After}, at least 1. */
  static int seconds(long nanos) {
    return 1 + (int) TimeUnit.NANOSECONDS.toSeconds(nanos);
  }
}
