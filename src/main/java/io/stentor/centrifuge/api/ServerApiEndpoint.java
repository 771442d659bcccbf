package io.stentor.centrifuge.api;

import io.stentor.centrifuge.codec.CommandError;
import io.stentor.centrifuge.codec.CommandError.ErrorCode;
import io.stentor.http.ProblemType;
import io.stentor.http.RequestBody;
import io.stentor.http.RequestRefused;
import io.stentor.http.Responses;
import io.stentor.identity.Access;
import io.stentor.json.JsonWriter;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Serves the Centrifuge server API: {@code POST /api/<method>} and {@code POST /api}, with an API
 * key. Confined to one event loop.
 */
public final class ServerApiEndpoint {

  static final int MAX_BODY_BYTES = 1024 * 1024;

  private static final String ERROR_MODE = "X-Centrifugo-Error-Mode";
  private static final String SCHEME = "apikey ";
  private static final String BEARER = "bearer ";

  private final ServerApi api;
  private final Access access;
  private final ContextInternal context;

  /** Creates an endpoint that writes its responses on this context. */
  public ServerApiEndpoint(ServerApi api, Access access, ContextInternal context) {
    this.api = api;
    this.access = access;
    this.context = context;
  }

  /** Returns the handlers, by {@code operationId}: {@code apiHistoryRemove} and so on. */
  public Map<String, Handler<RoutingContext>> operations() {
    Map<String, Handler<RoutingContext>> operations = new HashMap<>();
    for (String method : api.methods()) {
      StringBuilder id = new StringBuilder("api");
      for (String word : method.split("_", -1)) {
        id.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
      }
      operations.put(id.toString(), ctx -> handle(method, ctx.request()));
    }
    operations.put("apiCommands", ctx -> handleCommands(ctx.request()));
    return operations;
  }

  private boolean isRefused(HttpServerRequest request) {
    String key = key(request);
    if (key != null && access.server(key) != null) {
      return false;
    }
    RequestRefused.of(ProblemType.UNAUTHORIZED, "An API key that is known here is needed.")
        .answer(request);
    return true;
  }

  /** Calls named methods; the response has one reply in each line. */
  private void handleCommands(HttpServerRequest request) {
    if (isRefused(request)) {
      return;
    }
    Promise<List<JsonWriter>> answer = context.promise();
    RequestBody.read(request, MAX_BODY_BYTES)
        .compose(body -> api.commands(body.getBytes()))
        .onComplete(answer);
    answer
        .future()
        .onSuccess(replies -> answer(request.response(), replies))
        .onFailure(failure -> refuse(request, failure, false));
  }

  private static void answer(HttpServerResponse response, List<JsonWriter> replies) {
    Buffer body = Buffer.buffer();
    for (JsonWriter reply : replies) {
      body.appendBuffer(BufferInternal.buffer(reply.bytes())).appendByte((byte) '\n');
    }
    Responses.sendJson(response, body);
  }

  private void handle(String method, HttpServerRequest request) {
    if (isRefused(request)) {
      return;
    }
    boolean byStatus = "transport".equals(request.getHeader(ERROR_MODE));
    Promise<JsonWriter> answer = context.promise();
    RequestBody.read(request, MAX_BODY_BYTES)
        .compose(body -> api.call(method, body.getBytes()))
        .onComplete(answer);
    answer
        .future()
        .onSuccess(result -> answer(request.response(), method, result))
        .onFailure(failure -> refuse(request, failure, byStatus));
  }

  /** Returns the API key from wherever the request has it; null if there is none. */
  private static @Nullable String key(HttpServerRequest request) {
    String key = request.getHeader("X-API-Key");
    if (key != null) {
      return key;
    }
    String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (authorization == null) {
      return request.getParam("api_key");
    }
    for (String scheme : new String[] {SCHEME, BEARER}) {
      if (authorization.regionMatches(true, 0, scheme, 0, scheme.length())) {
        return authorization.substring(scheme.length()).strip();
      }
    }
    return null;
  }

  private static void answer(HttpServerResponse response, String method, JsonWriter result) {
    boolean bare = method.equals(CallBatch.NAME);
    answer(response, bare ? result : new JsonWriter().open().name("result").raw(result).close());
  }

  private static void answer(HttpServerResponse response, JsonWriter object) {
    Responses.sendJson(response, BufferInternal.buffer(object.bytes()));
  }

  private static void refuse(HttpServerRequest request, Throwable failure, boolean byStatus) {
    if (failure instanceof IllegalArgumentException wrong) {
      RequestRefused.of(ProblemType.INVALID_JSON, sentence(String.valueOf(wrong.getMessage())))
          .answer(request);
    } else if (failure instanceof RequestRefused refusal) {
      refusal.answer(request);
    } else {
      CommandError error = CommandError.of(failure);
      HttpServerResponse response = request.response();
      if (byStatus) {
        Responses.send(
            response, open -> answer(open.setStatusCode(status(error.code())), error.json()));
      } else {
        answer(response, new JsonWriter().open().name("error").raw(error.json()).close());
      }
    }
  }

  private static String sentence(String why) {
    return Character.toUpperCase(why.charAt(0)) + why.substring(1) + ".";
  }

  /** Returns the HTTP status of an error, for clients that request it. */
  private static int status(ErrorCode code) {
    return switch (code) {
      case INTERNAL -> 500;
      case METHOD_NOT_FOUND -> 404;
      case CONFLICT -> 409;
      case UNRECOVERABLE_POSITION -> 416;
      case TOO_MANY_REQUESTS -> 429;
      default -> 400;
    };
  }
}
