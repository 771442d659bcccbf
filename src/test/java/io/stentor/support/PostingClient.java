package io.stentor.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;

/**
 * A client of the Centrifuge protocol whose answers come on a stream and whose commands are posted.
 * One thread at a time.
 */
public final class PostingClient implements AutoCloseable {
  private final int port;
  private final LineStream stream;
  private final String session;
  private final String node;

  /** Connects without a token by a path: {@code /connection/http_stream}, for example. */
  public PostingClient(int port, String path) {
    this.port = port;
    this.stream = LineStream.post(port, path, "{\"id\":1,\"connect\":{}}");
    JsonObject connect = new JsonObject(stream.next()).getJsonObject("connect");
    this.session = connect.getString("session");
    this.node = connect.getString("node");
  }

  /** The stream. */
  public LineStream stream() {
    return stream;
  }

  /** The secret of the session. */
  public String session() {
    return session;
  }

  /** The node that has the session. */
  public String node() {
    return node;
  }

  /** The next object of the stream. */
  public String next() {
    return stream.next();
  }

  /** Posts commands together, and sees that they are taken. */
  public void send(String... commands) {
    String body = body(session, node, String.join("\n", commands));
    assertThat(post(port, body).status()).isEqualTo(204);
  }

  /** Subscribes, and reads the answer. */
  public void subscribe(int id, String room) {
    send(command(id, "subscribe", "{\"channel\":\"" + room + "\"}"));
    assertThat(next()).startsWith("{\"id\":" + id + ",\"subscribe\":");
  }

  /** A command. */
  public static String command(int id, String name, String body) {
    return "{\"id\":" + id + ",\"" + name + "\":" + body + "}";
  }

  /** A command to publish JSON. */
  public static String publish(int id, String room, String data) {
    return command(id, "publish", "{\"channel\":\"" + room + "\",\"data\":" + data + "}");
  }

  /** The body of a post. */
  public static String body(String session, String node, String data) {
    return new JsonObject().put("session", session).put("node", node).put("data", data).encode();
  }

  /** Posts any body to a node. */
  public static RawHttp.Answer post(int port, String body) {
    return exchange(port, LineStream.request("POST", "/emulation", body, "Connection: close"));
  }

  /** Sends a request on a connection of its own. */
  public static RawHttp.Answer exchange(int port, String request) {
    try (RawHttp http = new RawHttp(port)) {
      return http.send(request).answer();
    }
  }

  @Override
  public void close() {
    stream.close();
  }
}
