package io.stentor.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.identity.ApiKeys;
import io.stentor.identity.Signer;
import io.stentor.support.LineStream;
import io.stentor.support.NodeInProcess;
import io.stentor.support.RawHttp;
import io.stentor.support.RawWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A node with rooms that are closed to clients ({@code closed*}), an API key, a secret for tokens
 * and the demo login; and what it answers to single requests.
 */
final class DoorNode implements AutoCloseable {
  private static final String SECRET = "a secret of more than thirty-two bytes";
  private static final String KEY = ApiKeys.generate();

  /** The header with the API key. */
  static final String WITH_KEY = "X-API-Key: " + KEY;

  /** A header for a body that is longer than any door takes, and of which nothing comes. */
  static final String TOO_LONG = "Content-Length: 100000000";

  /** The body of a request without one. */
  static final byte[] EMPTY = {};

  private final NodeInProcess node;

  private DoorNode(NodeInProcess node) {
    this.node = node;
  }

  /** Starts a node with these options of {@code limits}. */
  static DoorNode start(JsonObject limits) throws IOException {
    return new DoorNode(NodeInProcess.start(options(limits)));
  }

  /** Serves nobody without a token from now on, has no API key and no demo login; does not wait. */
  void lock() throws IOException {
    JsonObject options = options(new JsonObject());
    options
        .getJsonObject("identity")
        .put("anonymous", false)
        .put("demoLogin", false)
        .put("apiKeys", new JsonArray());
    node.change(options);
    node.reload();
  }

  private static JsonObject options(JsonObject limits) {
    JsonObject key = new JsonObject().put("name", "shop").put("sha256", ApiKeys.hash(KEY));
    JsonObject closed = new JsonObject().put("match", "closed*");
    for (String who : List.of("subscribe", "publish", "readHistory", "readPresence")) {
      closed.put(who, "server");
    }
    return new JsonObject()
        .put("limits", limits)
        .put("rooms", new JsonArray().add(closed))
        .put(
            "identity",
            new JsonObject()
                .put("demoLogin", true)
                .put("tokens", new JsonObject().put("hmacSecret", SECRET))
                .put("apiKeys", new JsonArray().add(key)));
  }

  /** A token that subscribes its connection to this room. */
  static String token(String room) {
    return Signer.secret("HS256", SECRET)
        .sign(
            new JsonObject()
                .put("sub", "ann")
                .put("exp", Instant.now().getEpochSecond() + 600)
                .put("subs", new JsonObject().put(room, new JsonObject())));
  }

  /** Text as UTF-8. */
  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The status that answers a request with a JSON body. */
  int status(String method, String path, byte[] body, String... headers) {
    try (RawHttp http = new RawHttp(node.port())) {
      return send(http, method, path, body, headers).headOnly().status();
    }
  }

  /** The body of an answer, to the end of the connection. */
  String rest(String method, String path, byte[] body, String... headers) {
    List<String> all = new ArrayList<>(List.of(headers));
    all.add("Connection: close");
    try (RawHttp http = new RawHttp(node.port())) {
      send(http, method, path, body, all.toArray(String[]::new)).headOnly();
      return http.rest();
    }
  }

  private static RawHttp send(
      RawHttp http, String method, String path, byte[] body, String... headers) {
    StringBuilder request =
        new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    if (!method.equals("GET")) {
      request.append("Content-Type: application/json\r\n");
      if (!List.of(headers).contains(TOO_LONG)) {
        request.append("Content-Length: ").append(body.length).append("\r\n");
      }
    }
    return http.send(request + "\r\n").send(body);
  }

  /** All that a Centrifuge stream sends to its end; it is asked for in the body or the query. */
  String stream(boolean byBody, String path, String connect) {
    return byBody ? rest("POST", path, bytes(connect)) : rest("GET", path + query(connect), EMPTY);
  }

  /** The first object of a Centrifuge stream that may go on. */
  String first(boolean byBody, String path, String connect) {
    try (LineStream stream =
        byBody
            ? LineStream.post(node.port(), path, connect)
            : LineStream.ask(node.port(), path + query(connect))) {
      return stream.next();
    }
  }

  private static String query(String connect) {
    return "?cf_connect=" + URLEncoder.encode(connect, StandardCharsets.UTF_8);
  }

  /** The status that answers a WebSocket handshake. */
  int upgrade(String path) {
    return RawHttp.exchange(node.port(), RawWebSocket.upgrade(path)).status();
  }

  /** A WebSocket at this path. */
  RawWebSocket socket(String path) {
    return RawWebSocket.connect(node.port(), path);
  }

  /** A text of these bytes ends the WebSocket with this close code. */
  void assertCloses(String path, byte[] text, int code) {
    try (RawWebSocket socket = socket(path)) {
      socket.sendFrame(RawWebSocket.FIN | RawWebSocket.TEXT, text).expectClosed(code);
    }
  }

  /** A connected client of the Centrifuge protocol. */
  RawWebSocket session() {
    RawWebSocket socket = socket("/connection/websocket");
    socket.sendText("{\"id\":1,\"connect\":{}}");
    assertThat(socket.nextFrame().text()).contains("\"connect\"");
    return socket;
  }

  /** The reply to a command of such a client. */
  String reply(String command) {
    try (RawWebSocket socket = session()) {
      return socket.sendText(command).nextFrame().text();
    }
  }

  @Override
  public void close() {
    node.close();
  }
}
