package io.stentor.transport;

import io.stentor.config.RoomOptions;
import io.stentor.identity.ApiKeys;
import io.stentor.identity.Identity;
import io.stentor.identity.Permissions;
import io.stentor.identity.Permissions.Action;
import io.stentor.identity.Permissions.Verdict;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/** Who sends a request, and whether a room allows it. Any thread. */
final class Callers {

  private static final String API_KEY = "X-API-Key";
  private static final String SCHEME = "Bearer ";

  private final ApiKeys keys;

  Callers(ApiKeys keys) {
    this.keys = keys;
  }

  /**
   * Who sends the request: by {@code Authorization: Bearer KEY} or {@code X-API-Key: KEY}, else
   * nobody in particular.
   *
   * @throws Refusal where there is a key that is nobody's
   */
  Identity of(HttpServerRequest request) {
    String key = key(request);
    if (key == null) {
      return Identity.ANONYMOUS;
    }
    Identity server = keys.server(key);
    if (server == null) {
      request.response().putHeader("WWW-Authenticate", "Bearer error=\"invalid_token\"");
      throw Refusal.of(ProblemType.UNAUTHORIZED, "The key of this request is not known here.");
    }
    return server;
  }

  private static @Nullable String key(HttpServerRequest request) {
    String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (authorization != null && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return authorization.substring(SCHEME.length()).strip();
    }
    return request.getHeader(API_KEY);
  }

  /** Whether the room shows what is in it to this identity. */
  static boolean maySubscribe(Identity identity, RoomOptions room) {
    return Permissions.verdict(identity, room, Action.SUBSCRIBE) == Verdict.ALLOWED;
  }

  /**
   * Goes on only where the room allows the action.
   *
   * @throws Refusal where it does not
   */
  static void require(Identity identity, RoomOptions room, Action action) {
    Verdict verdict = Permissions.verdict(identity, room, action);
    if (verdict != Verdict.ALLOWED) {
      throw Refusal.of(
          verdict == Verdict.UNAUTHORIZED ? ProblemType.UNAUTHORIZED : ProblemType.FORBIDDEN,
          Permissions.explanation(room, action));
    }
  }
}
