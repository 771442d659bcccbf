package io.stentor.support;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A room as a client of HTTP sees it, on the JDK's own client, which shares no code with the
 * server. Any thread.
 */
public final class HttpRoom {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final HttpClient HTTP_1 =
      HttpClient.newBuilder().version(Version.HTTP_1_1).build();
  private static final HttpClient HTTP_2 = HttpClient.newBuilder().version(Version.HTTP_2).build();

  private final HttpClient client;
  private final String base;
  private final String room;

  private HttpRoom(HttpClient client, String address, String room) {
    this.client = client;
    this.base = "http://" + address;
    this.room = URLEncoder.encode(room, StandardCharsets.UTF_8);
  }

  /** A room of the server at this port of the loopback interface, over HTTP/1.1. */
  public static HttpRoom at(int port, String room) {
    return at("127.0.0.1:" + port, room);
  }

  /** A room of the server at this {@code host:port}, over HTTP/1.1. */
  public static HttpRoom at(String address, String room) {
    return new HttpRoom(HTTP_1, address, room);
  }

  /** The same over HTTP/2. */
  public static HttpRoom overHttp2(int port, String room) {
    return new HttpRoom(HTTP_2, "127.0.0.1:" + port, room);
  }

  /** What was answered. */
  public record Answer(HttpResponse<String> response) {
    /** The status code. */
    public int status() {
      return response.statusCode();
    }

    /** The body, which is JSON. */
    public JsonObject json() {
      return new JsonObject(response.body());
    }

    /** A header's value, empty where it is missing. */
    public String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    /** Where the client, or the message, is. */
    public String position() {
      return json().getString("epoch") + ":" + json().getLong("offset");
    }

    /** The contents of the messages, as they are in JSON. */
    public List<Object> contents() {
      List<Object> contents = new ArrayList<>();
      JsonArray messages = json().getJsonArray("messages");
      for (int i = 0; i < messages.size(); i++) {
        JsonObject message = messages.getJsonObject(i);
        contents.add(
            message.containsKey("text") ? message.getString("text") : message.getValue("data"));
      }
      return contents;
    }

    /** The last part of a problem's type. */
    public String problem() {
      return json().getString("type").replace("urn:stentor:problem:", "");
    }
  }

  /** GET of the messages with this query, without waiting for the answer. */
  public CompletableFuture<Answer> readLater(String query) {
    return send(request("/rooms/" + room + "/messages" + query).GET());
  }

  /** GET of the messages with this query. */
  public Answer read(String query) {
    return readLater(query).join();
  }

  /** POST of a text. */
  public Answer publish(String text) {
    return publish("text/plain", text.getBytes(StandardCharsets.UTF_8));
  }

  /** POST of this body, with these header fields: name, value, and so on. */
  public Answer publish(String type, byte[] body, String... headers) {
    return publishLater("", type, body, headers).join();
  }

  /** The same with a query, without waiting for the answer. */
  public CompletableFuture<Answer> publishLater(
      String query, String type, byte[] body, String... headers) {
    HttpRequest.Builder request = request("/rooms/" + room + "/messages" + query);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request.header("Content-Type", type).POST(BodyPublishers.ofByteArray(body)));
  }

  /** GET of a path of the server, with these header fields. */
  public Answer get(String path, String... headers) {
    HttpRequest.Builder request = request(path);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request.GET()).join();
  }

  /** POST of a batch. */
  public Answer publishBatch(String body) {
    HttpRequest.Builder request = request("/messages").header("Content-Type", "application/json");
    return send(request.POST(BodyPublishers.ofString(body))).join();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path)).timeout(PATIENCE);
  }

  private CompletableFuture<Answer> send(HttpRequest.Builder request) {
    return client.sendAsync(request.build(), BodyHandlers.ofString()).thenApply(Answer::new);
  }
}
