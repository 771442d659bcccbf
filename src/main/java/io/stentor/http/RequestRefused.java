package io.stentor.http;

import io.stentor.admission.Limit;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Thrown to refuse a request. Contains the problem to answer it with. */
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

  /** Creates a refusal with one human-readable sentence. */
  public static RequestRefused of(ProblemType type, String detail) {
    return new RequestRefused(type, detail, 0, new JsonObject());
  }

  /** Creates a refusal that the client may retry after the given time. */
  public static RequestRefused of(ProblemType type, String detail, int retryAfterSeconds) {
    return new RequestRefused(type, detail, retryAfterSeconds, new JsonObject());
  }

  /** Returns a copy that names the exceeded limit and its allowed value. */
  public RequestRefused of(Limit limit, int allowed) {
    JsonObject named = members.copy().put("limit", limit.label()).put("allowed", allowed);
    return new RequestRefused(type, detail, retryAfterSeconds, named);
  }

  /** Returns a copy with a further member. */
  public RequestRefused with(String member, String value) {
    return new RequestRefused(type, detail, retryAfterSeconds, members.copy().put(member, value));
  }

  /** Marks this refusal as caused by an invalid token (RFC 6750). Returns this object. */
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

  /**
   * Answers a failed request. Any failure other than a refusal is logged and answered as an
   * internal error.
   */
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
   * Answers a request with this refusal. If a retry may help, a request for an event stream gets a
   * stream with the reason, because an {@code EventSource} would never reconnect after an error
   * status.
   */
  public void answer(HttpServerRequest request) {
    if (retryAfterSeconds > 0 && EventStreamRefusal.isExpected(request)) {
      EventStreamRefusal.answer(request, type, detail, retryAfterSeconds);
      return;
    }
    Map<CharSequence, String> headers = new HashMap<>();
    if (retryAfterSeconds > 0) {
      headers.put(HttpHeaders.RETRY_AFTER, Integer.toString(retryAfterSeconds));
    }
    if (type == ProblemType.UNAUTHORIZED) { // RFC 9110, section 15.5.2.
      headers.put("WWW-Authenticate", challenge);
    }
    Problem.answer(request, type, detail, members, headers);
  }
}
