package io.stentor.http;

import io.stentor.identity.Access;
import io.stentor.identity.Grants.Action;
import io.stentor.identity.Identity;
import io.stentor.identity.Permissions;
import io.stentor.identity.Permissions.Verdict;
import io.stentor.identity.TokenClaims.ConnectionClaims;
import io.stentor.identity.Verified;
import io.stentor.identity.Verified.KeysUnavailable;
import io.stentor.message.RoomName;
import io.stentor.room.Cursor.Start;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.http.HttpServerRequestInternal;
import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates requests and checks room permissions, for every plain transport. Must be called on
 * the event loop of the request.
 */
public final class Authentication {

  private static final String API_KEY = "X-API-Key";
  private static final String SCHEME = "Bearer ";
  private static final String TOKEN = "token";
  private static final String IDENTITY = "stentor.identity";
  private static final int RETRY_AFTER_SECONDS = 1;

  private final Access access;

  /** Creates an instance that uses the keys and tokens of a node. */
  public Authentication(Access access) {
    this.access = access;
  }

  /**
   * Creates a handler that authenticates a request before it calls the next one, which can get the
   * identity with {@link #of}.
   */
  public Handler<RoutingContext> before(Handler<RoutingContext> handler) {
    return ctx ->
        admit(
            ctx.request(),
            identity -> {
              ctx.put(IDENTITY, identity);
              handler.handle(ctx);
            });
  }

  /** The identity of a request that was authenticated by {@link #before}. */
  public static Identity of(RoutingContext ctx) {
    return Objects.requireNonNull(ctx.get(IDENTITY), "no handler asked for an identity");
  }

  /**
   * Authenticates a request and passes its identity to the handler on the event loop of the
   * request, either immediately or later. The body is paused until then. Refused requests are
   * answered here, including refusals that the handler throws.
   */
  public void admit(HttpServerRequest request, Handler<Identity> handler) {
    Future<Identity> identity = identify(request);
    if (identity.isComplete()) {
      finish(request, identity, handler);
      return;
    }
    request.pause();
    Promise<Identity> here = ((HttpServerRequestInternal) request).context().promise();
    identity.onComplete(here);
    here.future()
        .onComplete(
            done -> {
              if (!request.response().closed()) {
                finish(request, here.future(), handler);
              }
              request.resume();
            });
  }

  private static void finish(
      HttpServerRequest request, Future<Identity> identity, Handler<Identity> handler) {
    Identity known = identity.result();
    try {
      if (known != null) {
        handler.handle(known);
      } else {
        RequestRefused.answer(request, identity.cause());
      }
    } catch (RequestRefused refusal) {
      refusal.answer(request);
    }
  }

  private Future<Identity> identify(HttpServerRequest request) {
    String bearer = bearer(request.getHeader(HttpHeaders.AUTHORIZATION));
    String key = request.getHeader(API_KEY);
    String token = request.getParam(TOKEN);
    if (bearer == null && key == null && token == null) {
      return anonymous();
    }
    if ((bearer != null ? 1 : 0) + (key != null ? 1 : 0) + (token != null ? 1 : 0) > 1) {
      return Future.failedFuture(
          RequestRefused.of(
              ProblemType.BAD_REQUEST,
              "Give one of Authorization, X-API-Key and the parameter token, not several."));
    }
    if (token != null) {
      return byToken(token);
    }
    Identity server = access.server(key != null ? key : String.valueOf(bearer));
    if (server != null) {
      return Future.succeededFuture(server);
    }
    return bearer != null && bearer.indexOf('.') >= 0
        ? byToken(bearer)
        : refused("The key of this request is not known here.");
  }

  /**
   * The bearer credentials; null if the header uses another scheme, which may be meant for a proxy.
   */
  private static @Nullable String bearer(@Nullable String authorization) {
    boolean isBearer =
        authorization != null && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    return isBearer ? String.valueOf(authorization).substring(SCHEME.length()).strip() : null;
  }

  private Future<Identity> anonymous() {
    return access.permissions().admission(Identity.ANONYMOUS) == Verdict.ALLOWED
        ? Future.succeededFuture(Identity.ANONYMOUS)
        : Future.failedFuture(
            RequestRefused.of(
                ProblemType.UNAUTHORIZED, "Authentication required: send a token or an API key."));
  }

  private Future<Identity> byToken(String token) {
    return access
        .connection(token)
        .recover(failure -> Future.failedFuture(unavailable(failure)))
        .compose(
            verified -> {
              if (verified instanceof Verified.Valid<ConnectionClaims> valid) {
                return Future.succeededFuture(valid.claims().identity());
              }
              return verified instanceof Verified.Expired<ConnectionClaims> expired
                  ? refused(toSentence(expired.why()))
                  : refused(toSentence(((Verified.Invalid<?>) verified).why()));
            });
  }

  private static Throwable unavailable(Throwable failure) {
    return failure instanceof KeysUnavailable
        ? RequestRefused.of(
            ProblemType.UNAVAILABLE,
            "The token cannot be checked at this moment.",
            RETRY_AFTER_SECONDS)
        : failure;
  }

  private static String toSentence(String why) {
    return Character.toUpperCase(why.charAt(0)) + why.substring(1) + ".";
  }

  private static Future<Identity> refused(String why) {
    return Future.failedFuture(RequestRefused.of(ProblemType.UNAUTHORIZED, why).ofToken());
  }

  /** Returns whether the room allows the action. */
  public boolean allow(Identity identity, RoomName room, Action action) {
    return access.permissions().allow(identity, room, action);
  }

  /**
   * Requires that the room allows the action.
   *
   * @throws RequestRefused if it does not
   */
  public void require(Identity identity, RoomName room, Action action) {
    require(access.permissions(), identity, room, action);
  }

  /** Like {@link #require(Identity, RoomName, Action)}, with explicit permissions. */
  public static void require(
      Permissions permissions, Identity identity, RoomName room, Action action) {
    Verdict verdict = permissions.verdict(identity, room, action);
    if (verdict != Verdict.ALLOWED) {
      throw RequestRefused.of(
          verdict == Verdict.UNAUTHORIZED ? ProblemType.UNAUTHORIZED : ProblemType.FORBIDDEN,
          permissions.explanation(room, action));
    }
  }

  /**
   * The start position that a subscriber may use. A subscriber that may not read the history starts
   * at the end of the log, and is told that its position, if it has one, cannot be recovered.
   *
   * @throws RequestRefused if the identity may not subscribe, or requests a number of older
   *     messages and may not read them
   */
  public Start requireStart(Identity identity, RoomName room, Start asked) {
    require(identity, room, Action.SUBSCRIBE);
    if (allow(identity, room, Action.HISTORY)) {
      return asked;
    }
    if (asked instanceof Start.Last) {
      require(identity, room, Action.HISTORY);
    }
    return asked instanceof Start.Since ? new Start.Lost() : new Start.Live();
  }
}
