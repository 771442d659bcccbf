package io.stentor.config;

import static org.awaitility.Awaitility.await;

import io.stentor.support.RawHttp;
import io.stentor.support.RawWebSocket;
import io.stentor.support.RawWebSocket.Frame;
import io.vertx.core.json.JsonObject;
import java.io.EOFException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;

/**
 * What clients see of a node's options: by requests, and on one socket, which is opened when it is
 * first needed and kept. One thread at a time.
 */
final class OptionsProbe implements AutoCloseable {
  /** The room of the socket. */
  static final String ROOM = "/rooms/tea";

  /** Within which something is seen that waits for nothing. */
  private static final Duration MOMENT = Duration.ofMillis(1500);

  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String FOR_A_CLIENT = "X-Forwarded-For: 203.0.113.1";

  private final int port;
  private RawWebSocket socket;
  private String ended;

  /** A probe of the node at this port, without a connection. */
  OptionsProbe(int port) {
    this.port = port;
  }

  /** What comes back of a text that is sent on the socket; how the socket has ended otherwise. */
  String echo(String text) {
    try {
      connect();
      if (ended == null) {
        socket.sendText(text);
        Frame frame = socket.nextFrame();
        ended = frame.opcode() == RawWebSocket.CLOSE ? "closed " + frame.closeCode() : null;
        return ended == null ? frame.text() : ended;
      }
    } catch (UncheckedIOException gone) {
      ended = ended == null ? "gone" : ended;
    }
    return ended;
  }

  /** How the socket ends by itself; "open" where it does not. */
  String end() {
    connect();
    if (ended == null) {
      try {
        Frame frame = socket.nextFrame();
        ended = frame.opcode() == RawWebSocket.CLOSE ? "closed " + frame.closeCode() : null;
      } catch (UncheckedIOException nothing) {
        return "open";
      }
    }
    return ended == null ? "open" : ended;
  }

  private void connect() {
    if (socket == null && ended == null) {
      int status = upgrade(ROOM);
      if (status == 101) {
        socket = RawWebSocket.connect(port, ROOM);
        socket.patience(MOMENT);
      } else {
        ended = "refused " + status;
      }
    }
  }

  /** What comes back of a text of 200 characters: "echo", or how the socket has ended. */
  String longEcho() {
    String seen = echo("x".repeat(200));
    return seen.startsWith("closed") ? seen : "echo";
  }

  /** How long some texts take that are sent at once: "soon" or "late". */
  String pace(int texts) {
    connect();
    if (socket == null) {
      return ended;
    }
    socket.patience(SOON);
    long begin = System.nanoTime();
    for (int i = 0; i < texts; i++) {
      socket.sendText("x");
    }
    for (int i = 0; i < texts; i++) {
      socket.nextFrame();
    }
    return System.nanoTime() - begin > TimeUnit.MILLISECONDS.toNanos(700) ? "late" : "soon";
  }

  /** Whether a message is in the log for longer than a moment. */
  boolean isKept() {
    String room = "/rooms/kept-" + System.nanoTime() + "/messages";
    post(room);
    try {
      await().atMost(MOMENT.multipliedBy(2)).until(() -> messages(room), String::isEmpty);
      return false;
    } catch (ConditionTimeoutException kept) {
      return true;
    }
  }

  /** Which of two messages a client gets first that joins after the first one. */
  String firstOfTwo() {
    String room = "/rooms/joined-" + System.nanoTime();
    post(room + "/messages");
    try (RawWebSocket joined = RawWebSocket.connect(port, room)) {
      joined.sendText("own");
      return joined.nextFrame().text().equals("own") ? "the next one" : "the newest";
    }
  }

  private String messages(String path) {
    JsonObject body = new JsonObject(body(path));
    return String.join(",", body.getJsonArray("messages").stream().map(Object::toString).toList());
  }

  /** Whether a socket that was told to go and does not answer is cut within a few seconds. */
  boolean isCutSoon() {
    try (RawWebSocket socket = RawWebSocket.connect(port, ROOM)) {
      socket.sendText("x");
      socket.expectClosed(3507);
      return socket.patience(MOMENT.multipliedBy(2)).isEnded();
    } catch (UncheckedIOException open) {
      return false;
    }
  }

  /** Whether the node ends a connection on which this is sent, within a few seconds. */
  boolean ends(String request) {
    try (RawHttp http = new RawHttp(port)) {
      http.send(request).patience(MOMENT.multipliedBy(2));
      while (!http.line().isEmpty()) {
        // The head of an answer.
      }
      http.isEnded();
      return true;
    } catch (UncheckedIOException e) {
      return e.getCause() instanceof EOFException;
    }
  }

  /** Whether a client may be in two rooms. */
  boolean subscribesTwice() {
    try (RawWebSocket socket = RawWebSocket.connect(port, "/connection/websocket")) {
      socket.sendText("{\"id\":1,\"connect\":{}}").nextFrame();
      socket.sendText("{\"id\":2,\"subscribe\":{\"channel\":\"a\"}}").nextFrame();
      socket.sendText("{\"id\":3,\"subscribe\":{\"channel\":\"b\"}}");
      return !socket.nextFrame().text().contains("error");
    }
  }

  /** Whether a client that asks for deltas is sent them. */
  String deltas() {
    try (RawWebSocket socket = RawWebSocket.connect(port, "/connection/websocket")) {
      socket.sendText("{\"id\":1,\"connect\":{}}").nextFrame();
      socket.sendText("{\"id\":2,\"subscribe\":{\"channel\":\"tea\",\"delta\":\"fossil\"}}");
      return socket.nextFrame().text().contains("\"delta\":true") ? "deltas" : "none";
    }
  }

  /** Whether connections with different filters may be in one room. */
  boolean takesTwoFilters() {
    String name = "/rooms/filtered-" + System.nanoTime();
    try (RawWebSocket first = RawWebSocket.connect(port, name + "?filter=a!=1")) {
      first.sendText("x").nextFrame();
      return get(name + "/events?filter=a==2").equals("200");
    }
  }

  /** Whether a client that did not ask for it is told that another one has come. */
  String toldOfOthers() {
    try (RawWebSocket first = subscribed();
        RawWebSocket second = subscribed()) {
      first.patience(MOMENT);
      second.sendText("{\"id\":3,\"publish\":{\"channel\":\"tea\",\"data\":1}}");
      for (int frames = 0; frames < 5; frames++) {
        if (first.nextFrame().text().contains("\"join\"")) {
          return "told";
        }
      }
      return "untold";
    } catch (UncheckedIOException nothing) {
      return "untold";
    }
  }

  private RawWebSocket subscribed() {
    RawWebSocket client = RawWebSocket.connect(port, "/connection/websocket");
    client.sendText("{\"id\":1,\"connect\":{}}").nextFrame();
    client.sendText("{\"id\":2,\"subscribe\":{\"channel\":\"tea\"}}");
    while (!client.nextFrame().text().contains("\"id\":2")) {
      // A ping.
    }
    return client;
  }

  /** What the second of two requests is answered that a proxy sends for one address. */
  String secondOfTwo() {
    String waits = "GET " + ROOM + "/messages?wait=5&since=0.0:0 HTTP/1.1\r\nHost: localhost\r\n";
    try (RawHttp first = new RawHttp(port)) {
      first.send(waits + FOR_A_CLIENT + "\r\n\r\n");
      return get("/rooms", FOR_A_CLIENT);
    }
  }

  /** How each way in answers: upgrade, event stream, reading, publishing, list of rooms. */
  String doors(String... headers) {
    return String.join(
        " ",
        String.valueOf(upgrade(ROOM, headers)),
        get(ROOM + "/events", headers),
        get(ROOM + "/messages", headers),
        post(ROOM + "/messages", headers),
        get("/rooms", headers));
  }

  /** Whether a client without a token can connect by the Centrifuge protocol. */
  boolean isConnected() {
    return connected().contains("\"client\"");
  }

  /** The reply to such a client. */
  String connected() {
    try (RawWebSocket client = RawWebSocket.connect(port, "/connection/websocket")) {
      return client.sendText("{\"id\":1,\"connect\":{}}").nextFrame().text();
    }
  }

  /** The extension that a WebSocket is answered whose client offers compression. */
  String extension() {
    String offer = "Sec-WebSocket-Extensions: permessage-deflate";
    try (RawWebSocket client = RawWebSocket.connect(port, ROOM, offer)) {
      return client.extensions();
    }
  }

  /** The status that answers a WebSocket handshake. */
  int upgrade(String path, String... headers) {
    try (RawHttp http = new RawHttp(port)) {
      String lines = String.join("\r\n", RawWebSocket.upgrade(path, headers));
      return http.send(lines + "\r\n\r\n").headOnly().status();
    }
  }

  /** The status that answers GET, with lines of headers. */
  String get(String path, String... headers) {
    try (RawHttp http = new RawHttp(port)) {
      String lines = String.join("\r\n", headers);
      String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
      http.send(request + lines + (lines.isEmpty() ? "\r\n" : "\r\n\r\n"));
      return String.valueOf(http.headOnly().status());
    }
  }

  /** The body that answers GET. */
  String body(String path) {
    return RawHttp.get(port, path).body();
  }

  /** The status that answers the publishing of a binary message. */
  String binary() {
    return post(ROOM + "/messages", "application/octet-stream", "");
  }

  /** The status that answers the publishing of a text. */
  String post(String path, String... headers) {
    return post(path, "text/plain", String.join("\r\n", headers));
  }

  private String post(String path, String type, String lines) {
    try (RawHttp http = new RawHttp(port)) {
      String request = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
      http.send(request + "Content-Type: " + type + "\r\nContent-Length: 1\r\n");
      http.send(lines + (lines.isEmpty() ? "\r\n" : "\r\n\r\n") + "x");
      return String.valueOf(http.headOnly().status());
    }
  }

  @Override
  public void close() {
    if (socket != null) {
      socket.close();
    }
  }
}
