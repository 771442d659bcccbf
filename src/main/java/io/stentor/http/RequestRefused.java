package io.stentor.http;

import io.stentor.admission.Limit;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A request is refused: the problem that it is answered with. */
public final class RequestRefused extends RuntimeException {
  private static final long serialVersionUID = 1;

  private static final Logger LOG = LoggerFactory.getLogger(RequestRefused.class);

  private final ProblemType type;
  private final String detail;
  private final int retryAfterSeconds;
  private final transient JsonObject members;
  private String challenge = "Bearer";

  private RequestRefused(
      ProblemType type, String detail, int retryAfterSeconds, JsonObject members) {
    super(detail, null, false, false);
    this.type = type;
    this.detail = detail;
    this.retryAfterSeconds = retryAfterSeconds;
    this.members = members;
  }

  /** Creates a refusal with one sentence for people. */
  public static RequestRefused of(ProblemType type, String detail) {
    return new RequestRefused(type, detail, 0, new JsonObject());
  }

  /** The same where trying again after a while may help. */
  public static RequestRefused of(ProblemType type, String detail, int retryAfterSeconds) {
    return new RequestRefused(type, detail, retryAfterSeconds, new JsonObject());
  }

  /** The same, naming the limit that was met and what it allows. */
  public RequestRefused of(Limit limit, int allowed) {
    JsonObject named = members.copy().put("limit", limit.label()).put("allowed", allowed);
    return new RequestRefused(type, detail, retryAfterSeconds, named);
  }

  /** The same with members of its own. */
  public RequestRefused with(String member, String value) {
    return new RequestRefused(type, detail, retryAfterSeconds, members.copy().put(member, value));
  }

  /** The same for an invalid token (RFC 6750). */
  RequestRefused ofToken() {
    challenge = "Bearer error=\"invalid_token\"";
    return this;
  }

  public ProblemType type() {
    return type;
  }

  public String detail() {
    return detail;
  }

  /** Answers a request that failed. Anything but a refusal is an internal error and is logged. */
  public static void answer(HttpServerRequest request, Throwable failure) {
    if (failure instanceof RequestRefused refusal) {
      refusal.answer(request);
    } else {
      LOG.warn("{} {} failed: {}", request.method(), request.path(), failure.toString());
      LOG.debug("the failure", failure);
      Problem.answer(request, ProblemType.INTERNAL, "The server failed at this request.");
    }
  }

  /**
   * Answers the request with it. Where trying again may help, a request for an event stream gets a
   * stream that says so, since an {@code EventSource} would give up for good.
   */
  public void answer(HttpServerRequest request) {
    if (retryAfterSeconds > 0 && EventStreamRefusal.isExpected(request)) {
      EventStreamRefusal.answer(request, type, detail, retryAfterSeconds);
      return;
    }
    if (retryAfterSeconds > 0 && !request.response().headWritten()) {
      request.response().putHeader(HttpHeaders.RETRY_AFTER, Integer.toString(retryAfterSeconds));
    }
    // RFC 9110, section 15.5.2.
    if (type == ProblemType.UNAUTHORIZED && !request.response().headWritten()) {
      request.response().putHeader("WWW-Authenticate", challenge);
    }
    Problem.answer(request, type, detail, members);
  }
}
