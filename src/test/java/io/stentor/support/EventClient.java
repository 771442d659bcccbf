package io.stentor.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.EventParser.Event;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A client of event streams on a plain socket, over HTTP/1. Every chunk has to hold whole lines.
 * Reads wait up to ten seconds. One thread at a time.
 */
public final class EventClient implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";
  private static final int READ_TIMEOUT_MILLIS = 10_000;

  private final Socket socket;
  private final InputStream in;
  private final EventParser parser = new EventParser();
  private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private String statusLine = "";
  private boolean ended;

  private EventClient(String host, int port, int receiveBufferBytes) {
    try {
      socket = new Socket();
      if (receiveBufferBytes > 0) {
        socket.setReceiveBufferSize(receiveBufferBytes);
      }
      socket.connect(new java.net.InetSocketAddress(host, port));
      socket.setSoTimeout(READ_TIMEOUT_MILLIS);
      in = new java.io.BufferedInputStream(socket.getInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asks for a path, with these lines in the request, and reads the head, which must be a 200. */
  public static EventClient connect(int port, String path, String... more) {
    return new EventClient(LOOPBACK, port, 0).send(request(path, more)).readHead();
  }

  /** The same for a server at any {@code host:port}. */
  public static EventClient connect(String address, String path) {
    int colon = address.lastIndexOf(':');
    int port = Integer.parseInt(address.substring(colon + 1));
    return new EventClient(address.substring(0, colon), port, 0).send(request(path)).readHead();
  }

  /** The same with a small receive buffer, so that it is soon known that nothing is read. */
  public static EventClient connectSlow(int port, String path) {
    return new EventClient(LOOPBACK, port, 8192).send(request(path)).readHead();
  }

  /** Connects and sends these bytes; {@link #readHead} comes next. */
  public static EventClient raw(int port, String bytes) {
    return new EventClient(LOOPBACK, port, 0).send(bytes);
  }

  /** The same with a small receive buffer. */
  public static EventClient rawSlow(int port, String bytes) {
    return new EventClient(LOOPBACK, port, 8192).send(bytes);
  }

  /** A whole request of HTTP/1.1. */
  public static String request(String path, String... more) {
    List<String> lines = new ArrayList<>(List.of("GET " + path + " HTTP/1.1", "Host: localhost"));
    lines.addAll(List.of(more));
    return String.join("\r\n", lines) + "\r\n\r\n";
  }

  /** Writes text as UTF-8. */
  public EventClient send(String text) {
    try {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a whole answer of a known length, and forgets it. */
  public EventClient skipAnswer() {
    head();
    assertThat(read(Integer.parseInt(header("content-length")))).isNotEmpty();
    return this;
  }

  /** Reads the head of the next answer, which must be that of a stream. */
  public EventClient readHead() {
    head();
    assertThat(statusLine).contains(" 200 ");
    assertThat(header("content-type")).isEqualTo("text/event-stream");
    return this;
  }

  private void head() {
    headers.clear();
    statusLine = line();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
    }
  }

  /** The first line of the answer. */
  public String statusLine() {
    return statusLine;
  }

  /** A header's value, empty where it is missing. */
  public String header(String name) {
    return headers.getOrDefault(name, "");
  }

  /** What the stream has said beside its events. */
  public EventParser parser() {
    return parser;
  }

  /** The next event. */
  public Event next() {
    Event event = parser.poll();
    while (event == null) {
      assertThat(readMore()).as("the stream goes on").isTrue();
      event = parser.poll();
    }
    return event;
  }

  /**
   * The next event, of which only the type and the data are asserted, without the ID of the
   * connection in the first event.
   */
  public Event expect(String type, String data) {
    Event event = next();
    assertThat(event.type()).isEqualTo(type);
    assertThat(event.data().replaceFirst(",\"connection\":\"[0-9a-f-]{36}\"}$", "}"))
        .isEqualTo(data);
    return event;
  }

  /** Reads messages and asserts their data, in order. */
  public EventClient expectMessages(String... texts) {
    for (String text : texts) {
      expect("message", text);
    }
    return this;
  }

  /** Reads the first event, which tells the position; returns that. */
  public String joined() {
    Event event = next();
    assertThat(event.type()).isEqualTo("position");
    return event.lastEventId();
  }

  /** Reads on to an event of this type. */
  public Event skipTo(String type) {
    Event event = next();
    while (!event.type().equals(type)) {
      event = next();
    }
    return event;
  }

  /** Asserts that the stream ends as its framing has it, and the connection behind it. */
  public void expectEnd() {
    assertThat(readMore()).as("the stream goes on").isFalse();
    try {
      assertThat(in.read()).isEqualTo(-1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean readMore() {
    if (ended) {
      return false;
    }
    if (header("transfer-encoding").equals("chunked")) {
      byte[] chunk = read(Integer.parseInt(line(), 16));
      assertThat(line()).isEmpty();
      ended = chunk.length == 0;
      String text = new String(chunk, StandardCharsets.UTF_8);
      assertThat(ended || text.endsWith("\n")).as("whole lines: %s", text).isTrue();
      parser.feed(text);
    } else {
      byte[] line = line(true);
      ended = line.length == 0;
      parser.feed(new String(line, StandardCharsets.UTF_8));
    }
    return !ended;
  }

  private String line() {
    String line = new String(line(false), StandardCharsets.UTF_8);
    return line.endsWith("\r\n") ? line.substring(0, line.length() - 2) : line;
  }

  private byte[] line(boolean mayEnd) {
    java.io.ByteArrayOutputStream line = new java.io.ByteArrayOutputStream();
    try {
      int b = in.read();
      while (b >= 0) {
        line.write(b);
        if (b == '\n') {
          return line.toByteArray();
        }
        b = in.read();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(mayEnd && line.size() == 0).as("an end within a line: %s", line).isTrue();
    return new byte[0];
  }

  private byte[] read(int length) {
    try {
      byte[] bytes = in.readNBytes(length);
      if (bytes.length < length) {
        throw new EOFException(bytes.length + " of " + length + " bytes, then the end");
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Cuts the connection. */
  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
