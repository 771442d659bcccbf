package io.stentor.server;

import io.stentor.health.Health;
import io.stentor.http.Problem;
import io.stentor.http.ProblemType;
import io.stentor.http.Responses;
import io.stentor.metrics.Metrics;
import io.stentor.metrics.SharedScrape;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.http.HttpServerRequestInternal;
import io.vertx.ext.healthchecks.CheckResult;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code /health/live}, {@code /health/ready} and {@code /metrics} ahead of all other
 * routes, so that they keep working while the node drains. Runs on the request's event loop.
 */
public final class OperationsEndpoint implements Handler<HttpServerRequest> {

  public static final String LIVE = "/health/live";
  public static final String READY = "/health/ready";
  public static final String METRICS = "/metrics";

  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";
  private static final Logger LOG = LoggerFactory.getLogger(OperationsEndpoint.class);

  private final Health health;
  private final @Nullable Scrapes scrapes;
  private final Predicate<HttpServerRequest> admits;
  private final Handler<HttpServerRequest> others;

  /** The metrics in both formats, shared by all endpoints of a node. */
  record Scrapes(SharedScrape prometheus, SharedScrape openMetrics) {

    /** Creates the scrapes of these metrics. */
    static Scrapes of(Vertx vertx, Metrics metrics) {
      return new Scrapes(
          new SharedScrape(vertx, () -> metrics.scrape(PROMETHEUS), System::nanoTime),
          new SharedScrape(vertx, () -> metrics.scrape(OPEN_METRICS), System::nanoTime));
    }
  }

  /**
   * Creates an endpoint.
   *
   * @param scrapes null if metrics are not served here
   * @param admits checks the limits; returns false after answering a refused request
   * @param others handles all other requests
   */
  public OperationsEndpoint(
      Health health,
      @Nullable Scrapes scrapes,
      Predicate<HttpServerRequest> admits,
      Handler<HttpServerRequest> others) {
    this.health = health;
    this.scrapes = scrapes;
    this.admits = admits;
    this.others = others;
  }

  @Override
  public void handle(HttpServerRequest request) {
    String path = String.valueOf(request.path());
    Scrapes served = scrapes;
    boolean ours =
        path.equals(LIVE) || path.equals(READY) || (path.equals(METRICS) && served != null);
    if (!ours) {
      others.handle(request);
    } else if (!admits.test(request)) {
      return;
    } else if (!isRead(request)) {
      request.response().putHeader(HttpHeaders.ALLOW, "GET, HEAD");
      Problem.answer(request, ProblemType.METHOD_NOT_ALLOWED, "This can only be read.");
    } else if (path.equals(LIVE)) {
      answer(request, health.live());
    } else if (path.equals(READY)) {
      answer(request, health.ready());
    } else if (served != null) {
      scrape(request, served);
    }
  }

  /** Answers any other request with 404. */
  static void notFound(HttpServerRequest request) {
    Problem.answer(request, ProblemType.NOT_FOUND, "There is nothing at this path.");
  }

  private static boolean isRead(HttpServerRequest request) {
    return request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
  }

  private static void answer(HttpServerRequest request, Future<CheckResult> asked) {
    asked
        .onSuccess(
            result -> {
              boolean up = CheckResult.isUp(result);
              Buffer body = result.toJson().toBuffer().appendString("\n");
              answer(request, up ? 200 : 503, "application/json", body);
            })
        .onFailure(failure -> failed(request, failure));
  }

  private static void scrape(HttpServerRequest request, Scrapes from) {
    String accepted = String.valueOf(request.getHeader(HttpHeaders.ACCEPT));
    boolean open = accepted.toLowerCase(Locale.ROOT).contains("application/openmetrics-text");
    String type = open ? OPEN_METRICS : PROMETHEUS;
    ContextInternal context = ((HttpServerRequestInternal) request).context();
    Promise<Buffer> rendered = context.promise();
    (open ? from.openMetrics() : from.prometheus()).ask().onComplete(rendered);
    rendered
        .future()
        .onSuccess(body -> answer(request, 200, type, body))
        .onFailure(failure -> failed(request, failure));
  }

  private static void answer(HttpServerRequest request, int status, String type, Buffer body) {
    Responses.send(
        request.response(),
        open -> {
          open.setStatusCode(status)
              .putHeader(HttpHeaders.CONTENT_TYPE, type)
              .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
              .putHeader("X-Content-Type-Options", "nosniff");
          Responses.end(request, body);
        });
  }

  private static void failed(HttpServerRequest request, Throwable failure) {
    LOG.warn("{} failed: {}", request.path(), failure.toString());
    Problem.answer(request, ProblemType.INTERNAL, "The server failed at this request.");
  }
}
