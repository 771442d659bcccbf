package io.stentor.support;

import java.util.List;

/** What random requests are made of: what is right first, then what is wrong or absurd. */
final class RequestWords {
  static final String LONG = "x".repeat(3000);
  static final String DEEP = "[".repeat(5000) + "]".repeat(5000);

  static final List<String> METHODS =
      List.of(
          "GET", "POST", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "BREW",
          "get");

  static final List<String> ROOMS =
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

  static final List<String> PATHS =
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
          "/libraries/uplot/dist/uPlot.min.css",
          "/nowhere",
          "/rooms/ROOM/",
          "//rooms",
          "/rooms/../rooms",
          "*",
          "http://x/rooms",
          "rooms");

  static final List<String> VERSIONS =
      List.of(
          "HTTP/1.0", "HTTP/1.2", "HTTP/1.1", "HTTP/2.0", "HTTP/0.9", "HTTP/9.9", "ICE/1.1", "");

  static final List<String> HOSTS =
      List.of(
          "Host: x\r\nHost: x\r\n",
          "",
          "Host:\r\n",
          "host: [::1]:9898\r\n",
          "Host: a b\r\n",
          "Host: x:99999\r\n",
          "Host: \u00ff\r\n");

  /** Where there are WebSockets. */
  static final List<String> SOCKETS =
      List.of(
          "/rooms/ROOM",
          "/connection/websocket",
          "/connection/uni_websocket",
          "/",
          "/rooms/ROOM/messages",
          "http://x/rooms/ROOM",
          "/nowhere",
          "*");

  /** The lines of an upgrade: what is usual first, then what is right, wrong or absurd. */
  static final List<List<String>> UPGRADE =
      List.of(
          List.of(
              "Connection: Upgrade",
              "Connection: keep-alive, upgrade",
              "Connection: keep-alive\r\nConnection: Upgrade",
              "Connection: close",
              "Connection: not-upgrade",
              "Connection: ,,",
              "Connection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk"),
          List.of(
              "Upgrade: websocket",
              "Upgrade: WebSocket, h2c",
              "Upgrade: h2c\r\nUpgrade: websocket",
              "Upgrade: h2c",
              "Upgrade: ,",
              "Upgrade: websocket/13"),
          List.of(
              "Sec-WebSocket-Version: 13",
              "sec-websocket-version:13",
              "Sec-WebSocket-Version: 13",
              "Sec-WebSocket-Version: 13, 8",
              "Sec-WebSocket-Version: 8\r\nSec-WebSocket-Version: 13",
              "Sec-WebSocket-Version: \u00ff",
              "X: y"),
          List.of(
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
              "Sec-WebSocket-Key:  dGhlIHNhbXBsZSBub25jZQ==",
              "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Key: x",
              "Sec-WebSocket-Key: x",
              "Sec-WebSocket-Key:",
              "Sec-WebSocket-Key: " + LONG,
              "X: y"),
          List.of(
              "Sec-WebSocket-Protocol: stentor.cursor",
              "Sec-WebSocket-Protocol: centrifuge-json, ,\u00ff",
              "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
              "Content-Length: 0",
              "Content-Length: 5",
              "Transfer-Encoding: chunked",
              "Origin: null"));

  static final List<String> PARAMETERS =
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

  static final List<String> VALUES =
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
          "{a}",
          "|^\"<>`",
          "\u00e6\u0088\u00bf",
          "%0d%0aX:%20y");

  static final List<String> HEADERS =
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

  static final List<String> TYPES =
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

  static final List<String> BODIES =
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
          "{\"id\":1,\"connect\":{}}\n"
              + "{\"id\":2,\"publish\":{\"channel\":\"fuzz\",\"data\":\"\u00c0\u0080\"}}",
          "{\"id\":1,\"connect\":{}}\n"
              + "{\"id\":2,\"publish\":{\"channel\":\"fuzz\",\"data\":[\"\u00ed\u00a0\u0080\",\"\\ud800\"]}}",
          "{\"id\":1,\"connect\":{}}\n{\"id\":2,\"publish\":{\"channel\":\"fuzz\",\"data\":"
              + DEEP
              + "}}",
          "{\"subs\":{\"fuzz\":{\"recover\":true}},\"name\":\"\u00ff\"}",
          "{\"session\":\"a\",\"node\":\"b\",\"data\":\"\u00c0\u0080\\ud800\"}",
          "{\"session\":\"a\",\"node\":\"b\",\"data\":\"{\\\"id\\\":1,\\\"rpc\\\":{}}\"}",
          "{\"messages\":[{\"room\":\"fuzz\",\"text\":\"\u00c0\u0080\"}]}",
          "\u00ef\u00bb\u00bf{\"messages\":[{\"room\":\"fuzz\",\"text\":\"hi\"}]}",
          "\u00ff\u00fe{\u0000}\u0000",
          "{\u0000\"\u0000a\u0000\"\u0000:\u00001\u0000}\u0000",
          "x".repeat(70_000),
          "\"" + "y".repeat(200_000) + "\"");

  private RequestWords() {}
}
