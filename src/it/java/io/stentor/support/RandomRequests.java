package io.stentor.support;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
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

  /** Final texts, pings and closes; then what is not whole, not text or not there. */
  private static final List<Integer> FIRST_BYTES =
      List.of(0x81, 0x89, 0x88, 0x8a, 0x82, 0x01, 0x00, 0x80, 0xc1, 0x83, 0x8f, 0x09);

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
    if (random.nextInt(4) == 0) {
      return upgrade();
    }
    StringBuilder head = begun(one(RequestWords.METHODS), target(RequestWords.PATHS));
    if (random.nextInt(5) > 0) {
      head.append("Content-Type: ").append(one(RequestWords.TYPES)).append("\r\n");
    }
    boolean framed =
        !head.toString().contains("Content-Length") && !head.toString().contains("Transfer-");
    return framed ? withBody(head) : new Request(latin(head + "\r\n3\r\nabc\r\n0\r\n\r\n"), false);
  }

  private StringBuilder begun(String method, String target) {
    StringBuilder head = new StringBuilder(method).append(' ').append(target);
    head.append(' ').append(random.nextInt(30) == 0 ? one(RequestWords.VERSIONS) : "HTTP/1.1");
    head.append("\r\n").append(random.nextInt(20) == 0 ? one(RequestWords.HOSTS) : "Host: x\r\n");
    for (int i = random.nextInt(4); i > 0; i--) {
      head.append(one(RequestWords.HEADERS)).append("\r\n");
    }
    return head;
  }

  /** A request for a WebSocket, often with one line that is not as usual. */
  private Request upgrade() {
    boolean get = random.nextInt(20) > 0;
    StringBuilder head =
        begun(get ? "GET" : one(RequestWords.METHODS), target(RequestWords.SOCKETS));
    for (List<String> lines : RequestWords.UPGRADE) {
      head.append(random.nextInt(4) > 0 ? lines.get(0) : one(lines)).append("\r\n");
    }
    boolean framed = !head.toString().matches("(?s).*(Content-Length|Transfer-).*");
    return new Request(latin(head + "\r\n"), framed);
  }

  /** What a client may send once it has a WebSocket: frames, right and wrong. */
  public byte[] frames() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = random.nextInt(5); i >= 0; i--) {
      byte[] payload =
          new byte[random.nextInt(4) == 0 ? random.nextInt(70_000) : random.nextInt(9)];
      if (random.nextBoolean()) {
        random.nextBytes(payload);
      }
      frame(out, payload);
    }
    return random.nextInt(4) == 0 ? mutated(out.toByteArray()).bytes() : out.toByteArray();
  }

  /** A mask of zeros leaves the payload as it is. */
  private void frame(ByteArrayOutputStream out, byte[] payload) {
    int masked = random.nextInt(10) == 0 ? 0 : 0x80;
    out.write(random.nextInt(10) == 0 ? random.nextInt(256) : one(FIRST_BYTES));
    if (payload.length < 126) {
      out.write(masked | payload.length);
    } else {
      out.write(masked | 127);
      out.writeBytes(ByteBuffer.allocate(8).putLong(payload.length).array());
    }
    if (masked != 0) {
      out.writeBytes(new byte[4]);
    }
    out.writeBytes(payload);
  }

  private Request withBody(StringBuilder head) {
    String body = one(RequestWords.BODIES);
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

  private String target(List<String> paths) {
    StringBuilder target = new StringBuilder(one(paths).replace("ROOM", one(RequestWords.ROOMS)));
    for (int i = random.nextInt(4); i > 0; i--) {
      target.append(target.indexOf("?") < 0 ? '?' : '&').append(one(RequestWords.PARAMETERS));
      // A long poll that waits is right, and takes its time.
      String value = target.toString().endsWith("wait") ? "0" : one(RequestWords.VALUES);
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
  private <T> T one(List<T> from) {
    return from.get(random.nextInt(random.nextInt(5) < 3 ? 3 : from.size()));
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
