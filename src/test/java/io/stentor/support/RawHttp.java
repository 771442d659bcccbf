package io.stentor.support;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * A plain socket on which any request can be written, a wrong one too. Reads wait up to ten
 * seconds. One thread at a time.
 */
public class RawHttp implements AutoCloseable {
  private static final int READ_TIMEOUT_MILLIS = 10_000;

  /** The open socket. */
  protected final Socket socket;

  private final InputStream in;

  /** Connects to this port of the loopback interface and writes nothing. */
  public RawHttp(int port) {
    try {
      socket = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
      socket.setSoTimeout(READ_TIMEOUT_MILLIS);
      socket.setTcpNoDelay(true);
      in = socket.getInputStream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What a server answered.
   *
   * @param status the status code
   * @param headers the header fields; names ignore case
   * @param body the text of the body
   */
  public record Answer(int status, Map<String, String> headers, String body) {
    /** A header's value, empty where it is missing. */
    public String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  /** Sends a request of these lines, without a body, on a connection of its own. */
  public static Answer exchange(int port, String... lines) {
    try (RawHttp http = new RawHttp(port)) {
      return http.send(String.join("\r\n", lines) + "\r\n\r\n").answer();
    }
  }

  /** Sends GET for this path on a connection of its own. The path is sent as it is. */
  public static Answer get(int port, String path) {
    return exchange(port, "GET " + path + " HTTP/1.1", "Host: localhost", "Connection: close");
  }

  /** Has reads wait for so long from now on. */
  public RawHttp patience(Duration most) {
    try {
      socket.setSoTimeout(Math.toIntExact(most.toMillis()));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes text as UTF-8. */
  public RawHttp send(String text) {
    return send(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes bytes. */
  public RawHttp send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads the head of an answer and no body, whatever the head says. */
  public Answer headOnly() {
    String[] status = line().split(" ", 3);
    return new Answer(Integer.parseInt(status[1]), headers(), "");
  }

  /** Reads a whole answer; its body by its length, or to the end of the connection. */
  public Answer answer() {
    return withBody(headOnly());
  }

  /** Reads what follows the first line of an answer, which had this status code. */
  public Answer answerAfter(int code) {
    return withBody(new Answer(code, headers(), ""));
  }

  private Answer withBody(Answer head) {
    String length = head.headers().get("content-length");
    byte[] body = new byte[0];
    if (length != null) {
      body = read(Integer.parseInt(length));
    } else if (head.status() >= 200 && !head.headers().containsKey("transfer-encoding")) {
      body = readToEnd();
    }
    return new Answer(head.status(), head.headers(), new String(body, StandardCharsets.UTF_8));
  }

  private Map<String, String> headers() {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(line.substring(0, colon).trim(), line.substring(colon + 1).trim());
    }
    return headers;
  }

  /** Whether the server has ended the connection; waits for it. */
  public boolean isEnded() {
    return readToEnd().length == 0;
  }

  /** Reads this many bytes. */
  protected byte[] read(int length) {
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

  /** Reads to the end of the connection; waits for it. */
  public String rest() {
    return new String(readToEnd(), StandardCharsets.UTF_8);
  }

  private byte[] readToEnd() {
    try {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Says that nothing more is sent; answers can still be read. */
  public RawHttp endSending() {
    try {
      socket.shutdownOutput();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a line, without its end. */
  public String line() {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (byte b = read(1)[0]; b != '\n'; b = read(1)[0]) {
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
