package io.stentor.http.api;

import io.stentor.http.NodeUrls;
import io.stentor.http.Problem;
import io.stentor.http.Responses;
import io.stentor.http.SecurityHeaders;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/**
 * Serves {@code /nodes}, the URLs of the nodes, and {@code /nodes.html}, an empty document whose
 * policy allows connections to exactly these. The pages open their connections to other nodes
 * through a hidden frame with that document, so their own policy never names another host, and a
 * page that was loaded earlier reaches nodes that join later: it loads the frame again. Any thread.
 */
public final class NodesEndpoint {

  private static final String FRAME = "/nodes.html";

  /** How long a client may use an answer again; membership rarely changes faster. */
  private static final String CACHE = "private, max-age=5";

  private final NodeUrls urls;

  /** Creates the endpoint. */
  public NodesEndpoint(NodeUrls urls) {
    this.urls = urls;
  }

  /** Adds the route of {@code /nodes.html}, which is no part of the API. */
  public void mountFrame(Router router) {
    router.route(FRAME).handler(this::handleFrame);
  }

  /** Answers with the URLs, this node's first. */
  public void handleList(RoutingContext ctx) {
    ctx.response().putHeader(HttpHeaders.CACHE_CONTROL, CACHE);
    Responses.sendJson(ctx.response(), json(urls.of(ctx.request())));
  }

  private void handleFrame(RoutingContext ctx) {
    HttpMethod method = ctx.request().method();
    if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
      Problem.methodNotAllowed(ctx, List.of(HttpMethod.GET, HttpMethod.HEAD));
      return;
    }
    HttpServerResponse response = ctx.response();
    List<String> known = urls.of(ctx.request());
    SecurityHeaders.put(response);
    response
        .putHeader(SecurityHeaders.POLICY, SecurityHeaders.framePolicy(known))
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/html; charset=utf-8");
    String head = "<!doctype html><title>Nodes</title><body>";
    Responses.end(ctx.request(), Buffer.buffer(head).appendBuffer(json(known)));
  }

  private static Buffer json(List<String> known) {
    return new JsonObject().put("nodes", known).toBuffer();
  }
}
