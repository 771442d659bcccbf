package io.stentor.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The server API of one node as a server calls it. Each call is a connection of its own. */
public final class Api {
  private final int port;
  private final String key;

  private Api(int port, String key) {
    this.port = port;
    this.key = key;
  }

  /** The API of the node at this port of the loopback interface. */
  public static Api at(int port, String key) {
    return new Api(port, key);
  }

  /** Calls a method, with these lines in the request besides. */
  public RawHttp.Answer call(String method, String body, String... headers) {
    List<String> all = new ArrayList<>(List.of(headers));
    all.add("X-API-Key: " + key);
    return post(port, "/api/" + method, body, all.toArray(String[]::new));
  }

  /** POST of a body, whose type is not given. */
  public static RawHttp.Answer post(int port, String target, String body, String... headers) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String head = "POST " + target + " HTTP/1.1\r\nHost: localhost\r\n";
    String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    try (RawHttp http = new RawHttp(port)) {
      http.send(head + more + "Content-Length: " + bytes.length + "\r\n\r\n");
      return http.send(bytes).answer();
    }
  }

  /** Calls a method, which has to succeed; returns what is in {@code result}. */
  public JsonObject result(String method, String body) {
    RawHttp.Answer answer = call(method, body);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    JsonObject json = new JsonObject(answer.body());
    assertThat(json.fieldNames()).as(answer.body()).containsExactly("result");
    return json.getJsonObject("result");
  }

  /** Calls a method, which has to be refused; returns the error's code. */
  public int error(String method, String body) {
    RawHttp.Answer answer = call(method, body);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    JsonObject json = new JsonObject(answer.body());
    assertThat(json.fieldNames()).as(answer.body()).containsExactly("error");
    assertThat(json.getJsonObject("error").getString("message")).isNotEmpty();
    return json.getJsonObject("error").getInteger("code");
  }
}
