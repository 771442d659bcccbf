package io.stentor.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Somebody who sends as much as the server takes, beside the load that is measured: from addresses
 * of its own, into a room of its own. A program of its own, see {@link FloodProcess}.
 */
final class Flood {

  /** What comes too much. */
  enum Kind {
    NONE,
    /** Messages from sockets of one address. */
    ADDRESS,
    /** Messages into one room, from sockets of many addresses. */
    ROOM,
    /** Requests from one address. */
    POSTS,
    /** Connections from one address, one after the other. */
    CONNECTIONS
  }

  private static final int SOCKETS = 20;
  private static final String PATH = "/rooms/flood";
  private static final int TRY_AGAIN_MILLIS = 100;

  private final Kind kind;
  private final InetSocketAddress server;

  /** Frames, requests or connections that the server has taken, or that are on their way to it. */
  private final AtomicLong sent = new AtomicLong();

  /** Connections that were refused or ended, and requests that were refused. */
  private final AtomicLong refused = new AtomicLong();

  private volatile boolean over;

  private Flood(Kind kind, URI url) {
    this.kind = kind;
    this.server = new InetSocketAddress(url.getHost(), url.getPort());
  }

  /**
   * Floods until its input ends, then says how much it sent and how much of it was refused.
   *
   * @param args a kind and the server's URL
   */
  public static void main(String[] args) throws IOException {
    Flood flood = new Flood(Kind.valueOf(args[0]), URI.create(args[1]));
    for (int i = 0; i < SOCKETS; i++) {
      int number = i;
      Thread thread = new Thread(() -> flood.run(number), "flood-" + i);
      thread.setDaemon(true);
      thread.start();
    }
    System.in.readAllBytes();
    flood.over = true;
    System.out.println(flood.sent.get() + " " + flood.refused.get());
  }

  private void run(int number) {
    while (!over) {
      try (Socket socket = connect(number)) {
        switch (kind) {
          case NONE -> over = true;
          case ADDRESS, ROOM -> messages(socket, number);
          case POSTS -> posts(socket);
          case CONNECTIONS -> {
            ask(socket, "GET /rooms HTTP/1.1\r\nHost: flood\r\n\r\n");
            sent.incrementAndGet();
          }
        }
      } catch (IOException e) {
        refused.incrementAndGet();
        LockSupport.parkNanos(kind == Kind.CONNECTIONS ? 1 : TRY_AGAIN_MILLIS * 1_000_000L);
      }
    }
  }

  private Socket connect(int number) throws IOException {
    Socket socket = new Socket();
    byte last = (byte) (kind == Kind.ROOM ? 20 + number : 20);
    socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, last}), 0));
    socket.connect(server);
    return socket;
  }

  private void messages(Socket socket, int number) throws IOException {
    String room = kind == Kind.ROOM ? PATH : PATH + "-" + number;
    ask(
        socket,
        "GET "
            + room
            + " HTTP/1.1\r\nHost: flood\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    Thread reading = new Thread(() -> forget(socket), "flood-reader");
    reading.setDaemon(true);
    reading.start();
    // A masked text of eight bytes whose mask is zero.
    byte[] frame = {(byte) 0x81, (byte) 0x88, 0, 0, 0, 0, 'f', 'l', 'o', 'o', 'd', 'f', 'l', 'o'};
    int count = 200;
    byte[] frames = new byte[frame.length * count];
    for (int i = 0; i < frames.length; i++) {
      frames[i] = frame[i % frame.length];
    }
    OutputStream out = socket.getOutputStream();
    while (!over) {
      out.write(frames);
      sent.addAndGet(count);
    }
  }

  private static void forget(Socket socket) {
    byte[] buffer = new byte[1 << 16];
    try {
      InputStream in = socket.getInputStream();
      int read = in.read(buffer);
      while (read >= 0) {
        read = in.read(buffer);
      }
    } catch (IOException e) {
      // The writer finds it closed, too.
    }
  }

  private void posts(Socket socket) throws IOException {
    String request =
        "POST "
            + PATH
            + "/messages HTTP/1.1\r\nHost: flood\r\nContent-Type: text/plain\r\n"
            + "Content-Length: 5\r\n\r\nflood";
    while (!over) {
      if (ask(socket, request) == 429) {
        refused.incrementAndGet();
      }
      sent.incrementAndGet();
    }
  }

  /** Sends a request and reads what comes first of the answer; returns its status. */
  private static int ask(Socket socket, String request) throws IOException {
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    byte[] answer = new byte[4096];
    int read = socket.getInputStream().read(answer);
    if (read < 12) {
      throw new IOException("closed");
    }
    return Integer.parseInt(new String(answer, 9, 3, StandardCharsets.US_ASCII));
  }
}
