package io.stentor.support;

import io.stentor.identity.ApiKeys;
import io.stentor.identity.Signer;
import io.stentor.support.RawHttp.Answer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A node whose rooms have rules, and what clients need to come to it, on raw sockets. */
public final class Guarded implements AutoCloseable {
  public static final String SECRET = "a secret of more than thirty-two bytes";
  public static final String KEY = ApiKeys.generate();

  private final NodeInProcess node;

  /** Starts it with these options of {@code identity} besides. */
  public Guarded(JsonObject more) {
    JsonArray rooms =
        new JsonArray()
            .add(rule("users", "subscribe", "authenticated").put("publish", "authenticated"))
            .add(rule("team:*", "subscribe", "token").put("publish", "token"))
            .add(rule("quotes", "publish", "server"))
            .add(rule("reports", "subscribe", "server"))
            .add(rule("live", "readHistory", "server"))
            .add(rule("discreet", "readPresence", "authenticated"));
    JsonObject key = new JsonObject().put("name", "prices").put("sha256", ApiKeys.hash(KEY));
    JsonObject tokens = new JsonObject().put("hmacSecret", SECRET).put("leewaySeconds", 0);
    JsonObject identity =
        new JsonObject().put("apiKeys", new JsonArray().add(key)).put("tokens", tokens);
    identity.mergeIn(more, true);
    try {
      node = NodeInProcess.start(new JsonObject().put("rooms", rooms).put("identity", identity));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonObject rule(String match, String option, String who) {
    return new JsonObject().put("match", match).put(option, who);
  }

  public int port() {
    return node.port();
  }

  /** A token of this user, who may listen and publish in these rooms. */
  public static String token(String user, String... rooms) {
    JsonArray names = new JsonArray(List.of(rooms));
    JsonObject allow = new JsonObject().put("subscribe", names).put("publish", names);
    return token(new JsonObject().put("sub", user).put("allow", allow));
  }

  public static String token(JsonObject claims) {
    return Signer.secret("HS256", SECRET).sign(claims);
  }

  public static String bearer(String token) {
    return "Authorization: Bearer " + token;
  }

  /** Headers by which each kind of client comes. */
  public static String[] as(String who) {
    return Map.of(
            "anonymous", new String[0],
            "ann", new String[] {bearer(token("ann"))},
            "member", new String[] {bearer(token("ann", "team:1"))},
            "server", new String[] {"X-API-Key: " + KEY})
        .get(who);
  }

  /** A request without a body, of whose answer only the head is read. */
  public Answer head(String path, String... headers) {
    try (RawHttp http = new RawHttp(port())) {
      return http.send(request("GET " + path, "", headers)).headOnly();
    }
  }

  public Answer get(String path, String... headers) {
    try (RawHttp http = new RawHttp(port())) {
      return http.send(request("GET " + path, "", headers)).answer();
    }
  }

  public Answer upgrade(String path, String... headers) {
    try (RawHttp http = new RawHttp(port())) {
      String lines = String.join("\r\n", RawWebSocket.upgrade(path, headers));
      return http.send(lines + "\r\n\r\n").answer();
    }
  }

  public RawWebSocket connect(String path, String... headers) {
    return RawWebSocket.connect(port(), path, headers);
  }

  public Answer publish(String room, String text, String... headers) {
    return post("/rooms/" + room + "/messages", "text/plain", text, headers);
  }

  public Answer post(String path, String type, String body, String... headers) {
    List<String> all = new ArrayList<>(List.of(headers));
    all.add("Content-Type: " + type);
    try (RawHttp http = new RawHttp(port())) {
      return http.send(request("POST " + path, body, all.toArray(String[]::new))).answer();
    }
  }

  public static String request(String line, String body, String... headers) {
    StringBuilder request = new StringBuilder(line + " HTTP/1.1\r\nHost: localhost\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    int length = body.getBytes(StandardCharsets.UTF_8).length;
    if (length > 0) {
      request.append("Content-Length: ").append(length).append("\r\n");
    }
    return request + "\r\n" + body;
  }

  @Override
  public void close() {
    node.close();
  }
}
