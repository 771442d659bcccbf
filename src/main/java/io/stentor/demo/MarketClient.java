package io.stentor.demo;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends the market's requests to the HTTP API of a node. Belongs to one event loop, on which
 * futures complete. Failures have a message for the log.
 */
final class MarketClient {

  private static final int TIMEOUT_MILLIS = 10_000;
  private static final int OK = 200;

  private final HttpClient client;
  private final String key;

  /**
   * Creates a client of one node.
   *
   * @param key an API key of that node
   */
  MarketClient(Vertx vertx, String host, int port, String key) {
    this.key = key;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setDefaultHost(host)
                .setDefaultPort(port)
                .setConnectTimeout(TIMEOUT_MILLIS));
  }

  /** Publishes the messages in one request. */
  Future<Void> publish(List<JsonObject> entries) {
    Buffer body = new JsonObject().put("messages", new JsonArray(entries)).toBuffer();
    return request(
            HttpMethod.POST,
            "/messages",
            request ->
                request
                    .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                    .send(body)
                    .mapEmpty())
        .compose(MarketClient::checkResults);
  }

  private static Future<Void> checkResults(JsonObject response) {
    for (Object result : response.getJsonArray("results")) {
      JsonObject one = (JsonObject) result;
      if (one.getInteger("status") >= 300) {
        return Future.failedFuture(one.getString("detail"));
      }
    }
    return Future.succeededFuture();
  }

  /** Returns the newest message of a room if it is JSON; otherwise null. */
  Future<@Nullable JsonObject> newest(String room) {
    return request(HttpMethod.GET, "/rooms/" + room + "/messages?limit=1", HttpClientRequest::send)
        .map(
            answer -> {
              JsonArray messages = answer.getJsonArray("messages");
              boolean found =
                  !messages.isEmpty()
                      && messages.getJsonObject(0).getValue("data") instanceof JsonObject;
              return found ? messages.getJsonObject(0).getJsonObject("data") : null;
            });
  }

  private Future<JsonObject> request(
      HttpMethod method, String path, Function<HttpClientRequest, Future<?>> send) {
    RequestOptions options =
        new RequestOptions().setMethod(method).setURI(path).setTimeout(TIMEOUT_MILLIS);
    return client
        .request(options)
        .compose(
            request -> {
              request.putHeader(HttpHeaders.AUTHORIZATION, "Bearer " + key);
              return send.apply(request).compose(sent -> request.response());
            })
        .compose(
            response ->
                response
                    .body()
                    .compose(
                        body ->
                            response.statusCode() == OK
                                ? Future.succeededFuture(body.toJsonObject())
                                : Future.failedFuture(response.statusCode() + " " + body)));
  }

  /** Closes the connections. */
  Future<Void> close() {
    return client.close();
  }
}
