package io.stentor.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.function.Consumer;

/**
 * Sends responses to requests that may have been answered meanwhile, or whose client may have gone.
 * Must be called on the event loop of the request.
 */
public final class Responses {

  private Responses() {}

  /**
   * Sends a response, unless the client has gone or another response was started.
   *
   * @param sending sets the status and the headers, and ends the response
   * @return whether it was sent
   */
  public static boolean send(HttpServerResponse response, Consumer<HttpServerResponse> sending) {
    boolean open = !response.closed() && !response.headWritten();
    if (open) {
      sending.accept(response);
    }
    return open;
  }

  /** Sends a JSON body like {@link #send}, with the status and the headers that are set. */
  public static void sendJson(HttpServerResponse response, Buffer body) {
    send(response, open -> open.putHeader(HttpHeaders.CONTENT_TYPE, "application/json").end(body));
  }

  /** Sends a JSON body like {@link #sendJson}; no cache may store it. */
  public static void sendUncachedJson(HttpServerResponse response, Buffer body) {
    send(response, open -> sendJson(open.putHeader(HttpHeaders.CACHE_CONTROL, "no-store"), body));
  }

  /** Ends a response with a body, or for a {@code HEAD} request with the length of the body. */
  public static void end(HttpServerRequest request, Buffer body) {
    HttpServerResponse response = request.response();
    if (request.method().equals(HttpMethod.HEAD)) {
      response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length())).end();
    } else {
      response.end(body);
    }
  }
}
