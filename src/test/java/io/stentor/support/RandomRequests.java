package io.stentor.support;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/**
 * Requests by chance: operations of the contract with values that are right, wrong or absurd, and
 * some that are hardly HTTP. The same seed makes the same requests.
 */
public final class RandomRequests {

  /**
   * One request.
   *
   * @param bytes as they go over the wire
   * @param complete whether the server has all that the head promises, so that it must answer
   */
  public record Request(byte[] bytes, boolean complete) {
    @Override
    public String toString() {
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      return text.length() > 2000 ? text.substring(0, 2000) + "…" : text;
    }
  }

  private static final String LONG = "x".repeat(3000);
  private static final String DEEP = "[".repeat(5000) + "]".repeat(5000);

  private static final List<String> METHODS =
      List.of(
          "GET", "POST", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "BREW",
          "get");

  private static final List<String> ROOMS =
      List.of(
          "fuzz",
          "fuzz",
          "lobby",
          "a+b",
          "%E6%88%BF%E9%97%B4",
          "a%20b",
          "%00",
          "%ff",
          "%zz",
          "%",
          "..",
          "%2e%2e",
          "%2f",
          "a;b",
          "%F0%9F%98%80",
          "x".repeat(129),
          "{room}",
          "%C0%AF",
          "*");

  private static final List<String> PATHS =
      List.of(
          "/rooms/ROOM/messages",
          "/rooms/ROOM/messages",
          "/rooms/ROOM/messages",
          "/messages",
          "/messages",
          "/rooms/ROOM/events",
          "/connection/http_stream",
          "/connection/sse",
          "/connection/uni_http_stream",
          "/connection/uni_sse",
          "/emulation",
          "/rooms/ROOM",
          "/rooms/ROOM/members",
          "/rooms",
          "/openapi.yaml",
          "/",
          "/api.html",
          "/libraries/swagger-ui/swagger-ui.css",
          "/nowhere",
          "/rooms/ROOM/",
          "//rooms",
          "/rooms/../rooms",
          "*",
          "http://x/rooms",
          "rooms");

  private static final List<String> PARAMETERS =
      List.of(
          "since",
          "limit",
          "wait",
          "strict",
          "last",
          "name",
          "members",
          "prefix",
          "after",
          "unknown",
          "room",
          "cf_connect",
          "");

  private static final List<String> VALUES =
      List.of(
          "0",
          "1",
          "5",
          "1000",
          "1001",
          "-1",
          "99999999999999999999",
          "1e3",
          "true",
          "false",
          "TRUE",
          "",
          "0:0",
          "%7B%22id%22:1,%22connect%22:%7B%7D%7D",
          "1a2b3c:42",
          "zzzzzzzz:9223372036854775807",
          "a:99999999999999999999",
          "%00",
          "%ff",
          "%zz",
          "%",
          "ann",
          "%F0%9F%98%80",
          "%ED%A0%80",
          LONG,
          "a&b",
          "YW5uCmI3",
          "YQ",
          "==",
          "a=b=c",
          "+",
          "%0d%0aX:%20y");

  private static final List<String> HEADERS =
      List.of(
          "Accept: */*",
          "Accept: text/event-stream",
          "Accept: text/html",
          "Accept: ;;;q=",
          "Accept: application/json;q=2",
          "Accept: a/b/c",
          "Accept: ,",
          "Accept: text/*;q=\u00ff",
          "Origin: https://example.org",
          "Origin: null",
          "Origin: http://",
          "Origin: ://",
          "Origin: \u00ff",
          "Access-Control-Request-Method: POST",
          "Access-Control-Request-Headers: x,,y",
          "Access-Control-Request-Private-Network: true",
          "Idempotency-Key: k1",
          "Idempotency-Key: \"k1\"",
          "Idempotency-Key: \"",
          "Idempotency-Key: a%zz",
          "Idempotency-Key:",
          "Idempotency-Key: " + LONG,
          "Authorization: Bearer x",
          "Authorization: Basic !!!",
          "Authorization: Bearer",
          "X-API-Key: \u00e9",
          "X-API-Key:",
          "Last-Event-ID: 1a2b3c:42",
          "Last-Event-ID: yesterday",
          "Last-Event-ID:",
          "Expect: 100-continue",
          "Expect: coffee",
          "Content-Encoding: gzip",
          "Content-Encoding: identity",
          "Cookie: a=b; c",
          "Cookie: =;;=",
          "If-None-Match: *",
          "If-None-Match: \"",
          "If-Modified-Since: never",
          "Range: bytes=0-1",
          "Upgrade: websocket",
          "Connection: Upgrade",
          "Connection: close",
          "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
          "Sec-WebSocket-Version: 13",
          "X-Forwarded-For: ,,",
          "Forwarded: for=\"",
          "X-Long: " + LONG,
          "Content-Length: 3",
          "Transfer-Encoding: gzip",
          "Transfer-Encoding: chunked",
          "TE: trailers",
          "Host: y",
          "Host: [::1");

  private static final List<String> TYPES =
      List.of(
          "text/plain",
          "application/json",
          "application/json",
          "text/plain; charset=utf-8",
          "application/json; charset=latin1",
          "multipart/form-data; boundary=x",
          "multipart/form-data",
          "application/x-www-form-urlencoded",
          "",
          ";",
          "text/plain;charset=",
          "image/png");

  private static final List<String> BODIES =
      List.of(
          "hello",
          "{\"a\":1}",
          "{\"messages\":[{\"room\":\"fuzz\",\"text\":\"hi\"}]}",
          "",
          "\u0000\u00ff\u00fe",
          "nul",
          "\"\\ud800\"",
          "[1,2",
          "1e999999999",
          DEEP,
          "{\"messages\":[]}",
          "{\"id\":1,\"connect\":{}}",
          "{\"session\":\"a\",\"node\":\"b\",\"data\":\"{}\"}",
          "{\"messages\":[{\"room\":\"fuzz\",\"text\":\"hi\"}]}",
          "{\"messages\":[{\"room\":\"a b\",\"data\":{}},{\"room\":\"fuzz\",\"data\":"
              + DEEP
              + "}]}",
          "{\"messages\":[{\"room\":\"fuzz\",\"text\":\"\\ud800\",\"idempotencyKey\":\"\"},{}]}",
          "{\"messages\":[{\"room\":null,\"text\":1,\"data\":2,\"x\":{\"y\":[]}}]}",
          "{\"messages\":" + DEEP + "}",
          "{\"messages\":[{\"room\":\"fuzz\",\"room\":\"b\",\"text\":\"x\"}]}",
          "{\"messages\":[{\"data\":1,\"room\":\"fuzz\"}],\"x\":1}",
          "x".repeat(70_000),
          "\"" + "y".repeat(200_000) + "\"");

  private final Random random;

  /** Requests of this seed. */
  public RandomRequests(long seed) {
    random = new Random(seed);
  }

  /** The next request. */
  public Request next() {
    Request request = request();
    return random.nextInt(4) == 0 ? mutated(request.bytes()) : request;
  }

  private Request request() {
    StringBuilder head = new StringBuilder(one(METHODS)).append(' ').append(target());
    head.append(random.nextInt(50) == 0 ? " HTTP/1.0" : " HTTP/1.1").append("\r\nHost: x\r\n");
    for (int i = random.nextInt(4); i > 0; i--) {
      head.append(one(HEADERS)).append("\r\n");
    }
    if (random.nextInt(5) > 0) {
      head.append("Content-Type: ").append(one(TYPES)).append("\r\n");
    }
    boolean framed =
        !head.toString().contains("Content-Length") && !head.toString().contains("Transfer-");
    return framed ? withBody(head) : new Request(latin(head + "\r\n3\r\nabc\r\n0\r\n\r\n"), false);
  }

  private Request withBody(StringBuilder head) {
    String body = one(BODIES);
    switch (random.nextInt(8)) {
      case 0:
        String chunks =
            body.isEmpty() ? "" : Integer.toHexString(body.length()) + "\r\n" + body + "\r\n";
        return new Request(
            latin(head + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n"), true);
      case 1:
        int less = body.length() / 2;
        return new Request(latin(head + "Content-Length: " + less + "\r\n\r\n" + body), true);
      case 2:
        long more = body.length() + 1L + random.nextInt(Integer.MAX_VALUE);
        return new Request(latin(head + "Content-Length: " + more + "\r\n\r\n" + body), false);
      default:
        return new Request(
            latin(head + "Content-Length: " + body.length() + "\r\n\r\n" + body), true);
    }
  }

  private String target() {
    StringBuilder target = new StringBuilder(one(PATHS).replace("ROOM", one(ROOMS)));
    for (int i = random.nextInt(4); i > 0; i--) {
      target.append(target.indexOf("?") < 0 ? '?' : '&').append(one(PARAMETERS));
      // A long poll that waits is right, and takes its time.
      String value = target.toString().endsWith("wait") ? "0" : one(VALUES);
      target.append(random.nextInt(10) == 0 ? "" : '=' + value);
    }
    return target.toString();
  }

  private Request mutated(byte[] request) {
    byte[] bytes = request.clone();
    // Mostly in the head, where it matters.
    int reach = Math.min(bytes.length, random.nextBoolean() ? 60 : 400);
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      bytes = mutation(bytes, random.nextInt(reach));
    }
    return new Request(bytes, false);
  }

  private byte[] mutation(byte[] bytes, int where) {
    int at = Math.min(where, bytes.length);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(bytes, 0, at);
    int skip = Math.min(bytes.length - at, random.nextInt(4));
    switch (random.nextInt(4)) {
      case 0:
        byte[] noise = new byte[1 + random.nextInt(8)];
        random.nextBytes(noise);
        out.writeBytes(noise);
        break;
      case 1:
        out.writeBytes(latin("\r\n"));
        break;
      case 2:
        out.write(bytes, at, skip);
        out.write(bytes, at, skip);
        break;
      default:
        break;
    }
    out.write(bytes, at + skip, bytes.length - at - skip);
    return out.toByteArray();
  }

  /** Each has its chance; the first three, which are right in most places, have more. */
  private String one(List<String> from) {
    return from.get(random.nextInt(random.nextInt(5) < 3 ? 3 : from.size()));
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
