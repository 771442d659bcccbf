package io.stentor.http.api;

import io.stentor.http.Problem;
import io.stentor.http.ProblemType;
import io.stentor.http.RequestBody;
import io.stentor.http.RequestRefused;
import io.stentor.http.Responses;
import io.stentor.identity.Access;
import io.stentor.json.InvalidJson;
import io.stentor.json.JsonFields;
import io.stentor.message.Member;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.function.BooleanSupplier;

/**
 * Serves {@code GET /login}, which tells anybody how users can log in, and {@code /demo/login}:
 * {@code GET} tells whether the demo login is enabled, {@code POST} issues a token to anybody, for
 * any name. The demo login is only for demonstrations; enabled by {@code identity.demoLogin}. Must
 * be used on one event loop only.
 */
public final class LoginEndpoint {

  private static final int TOKEN_SECONDS = 600;
  private static final int MAX_BODY_BYTES = 4096;

  private final BooleanSupplier on;
  private final Access access;

  /**
   * Creates the endpoint.
   *
   * @param on whether the demo login is enabled
   * @param access signs tokens, and knows whether any are accepted
   */
  public LoginEndpoint(BooleanSupplier on, Access access) {
    this.on = on;
    this.access = access;
  }

  /** Tells whether any tokens are accepted and whether the demo login is enabled, and no more. */
  public void handleOptions(RoutingContext ctx) {
    JsonObject json =
        new JsonObject().put("tokens", access.acceptsTokens()).put("demo", on.getAsBoolean());
    Responses.sendUncachedJson(ctx.response(), json.toBuffer());
  }

  /** Tells whether the demo login is enabled, so that a page need not try it. */
  public void handleOffered(RoutingContext ctx) {
    JsonObject json = new JsonObject().put("offered", on.getAsBoolean());
    Responses.sendUncachedJson(ctx.response(), json.toBuffer());
  }

  /** Answers with a token that is valid for 600 s. */
  public void handleLogin(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    if (!on.getAsBoolean()) {
      Problem.answer(request, ProblemType.NOT_FOUND, "There is no demo login on this server.");
      return;
    }
    RequestBody.read(request, MAX_BODY_BYTES)
        .map(this::token)
        .onSuccess(json -> Responses.sendUncachedJson(request.response(), json))
        .onFailure(failure -> RequestRefused.answer(request, failure));
  }

  private Buffer token(Buffer body) {
    String name = name(body);
    return new JsonObject()
        .put("name", name)
        .put("token", access.issue(name, TOKEN_SECONDS))
        .put("expiresInSeconds", TOKEN_SECONDS)
        .toBuffer();
  }

  private static String name(Buffer body) {
    try {
      return Member.checkedName(JsonFields.of(body.getBytes()).text("name"));
    } catch (InvalidJson e) {
      throw RequestRefused.of(
          ProblemType.INVALID_JSON,
          "A body is a JSON object with a text called name; bad request: " + e.getMessage() + ".");
    } catch (IllegalArgumentException e) {
      throw RequestRefused.of(ProblemType.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
  }
}
