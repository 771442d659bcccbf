package io.stentor.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;

/**
 * A response of objects that does not end, on a plain socket over HTTP/1: one on each line, or one
 * in each server-sent event. Every chunk has to hold whole ones. Reads wait up to ten seconds. One
 * thread at a time.
 */
public final class LineStream extends RawHttp {
  private final ArrayDeque<String> objects = new ArrayDeque<>();
  private Answer head;
  private boolean ended;

  private LineStream(int port) {
    super(port);
  }

  /** Posts a body and reads the head of the answer, which must be a 200. */
  public static LineStream post(int port, String path, String body, String... more) {
    return new LineStream(port).begin(request("POST", path, body, more));
  }

  /** Asks for a path and reads the head of the answer, which must be a 200. */
  public static LineStream ask(int port, String path, String... more) {
    return new LineStream(port).begin(request("GET", path, "", more));
  }

  private LineStream begin(String request) {
    send(request);
    head = headOnly();
    assertThat(head.status()).isEqualTo(200);
    return this;
  }

  /** A whole request with a body of JSON. */
  public static String request(String method, String path, String body, String... more) {
    StringBuilder head =
        new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    List.of(more).forEach(line -> head.append(line).append("\r\n"));
    if (!method.equals("GET")) {
      int length = body.getBytes(StandardCharsets.UTF_8).length;
      head.append("Content-Type: application/json\r\nContent-Length: ").append(length);
      head.append("\r\n");
    }
    return head + "\r\n" + body;
  }

  /** A header's value, empty where it is missing. */
  public String header(String name) {
    return head.header(name);
  }

  /** The next object. */
  public String next() {
    while (objects.isEmpty()) {
      assertThat(readMore()).as("the stream goes on").isTrue();
    }
    return objects.poll();
  }

  /** Asserts that the stream ends as its framing has it, and the connection behind it. */
  public void expectEnd() {
    assertThat(objects).isEmpty();
    assertThat(readMore()).as("the stream goes on: %s", objects).isFalse();
    assertThat(isEnded()).isTrue();
  }

  /** Reads on, past everything else, to the push that says why the stream ends, and to its end. */
  public String expectDisconnect(int code) {
    String object = next();
    while (!object.contains("\"disconnect\":{")) {
      object = next();
    }
    assertThat(object).contains("\"disconnect\":{\"code\":" + code + ",\"reason\":\"");
    expectEnd();
    return object;
  }

  private boolean readMore() {
    if (!header("transfer-encoding").equals("chunked")) {
      String line = line();
      if (!line.isEmpty()) {
        add(line);
      }
      return true;
    }
    if (!ended) {
      String chunk = new String(read(Integer.parseInt(line(), 16)), StandardCharsets.UTF_8);
      assertThat(line()).isEmpty();
      ended = chunk.isEmpty();
      assertThat(ended || chunk.endsWith("\n")).as(chunk).isTrue();
      chunk.lines().filter(line -> !line.isEmpty()).forEach(this::add);
    }
    return !ended;
  }

  private void add(String line) {
    if (!header("content-type").equals("text/event-stream")) {
      objects.add(line);
    } else if (line.startsWith("data: ")) {
      objects.add(line.substring("data: ".length()));
    } else {
      assertThat(line).matches("retry: [123][0-9]{3}");
    }
  }
}
