package io.stentor.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bad network in front of a server: passes bytes on, and cuts each connection after a random
 * number of them, wherever in a request, an answer or a frame that is. Any thread.
 */
public final class CuttingProxy implements AutoCloseable {
  private static final int CHUNK = 512;

  private final int target;
  private final Random random;
  private final int mostBytes;
  private final AtomicInteger cuts = new AtomicInteger();
  private final Relay relay;
  private volatile boolean cutting = true;

  /**
   * Starts to listen.
   *
   * @param target port of the server behind, on the loopback interface
   * @param mostBytes a connection is cut after 1 to this many bytes, of both directions together
   */
  public CuttingProxy(int target, int mostBytes, long seed) {
    this.target = target;
    this.mostBytes = mostBytes;
    this.random = new Random(seed);
    this.relay = new Relay("cutting proxy", this::serve);
  }

  /** Where clients connect. */
  public int port() {
    return relay.port();
  }

  /** How many connections were cut. */
  public int cuts() {
    return cuts.get();
  }

  /** Lets new connections live. */
  public void stopCutting() {
    cutting = false;
  }

  private void serve(Socket client) {
    AtomicLong left = new AtomicLong(cutting ? 1 + random.nextInt(mostBytes) : Long.MAX_VALUE);
    Socket server = relay.keep(new Socket());
    try {
      server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 2000);
    } catch (IOException e) {
      relay.close(client, server);
      return;
    }
    relay.start(() -> pass(server, client, left));
    pass(client, server, left);
  }

  private void pass(Socket from, Socket to, AtomicLong left) {
    byte[] bytes = new byte[CHUNK];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
        long before = left.getAndAdd(-count);
        out.write(bytes, 0, (int) Math.max(0, Math.min(count, before)));
        if (before <= count) {
          cuts.incrementAndGet();
          break;
        }
      }
    } catch (IOException e) {
      // The other direction was cut, or a peer is gone.
    } finally {
      relay.close(from, to);
    }
  }

  /** Stops listening and cuts everything. */
  @Override
  public void close() {
    relay.close();
  }
}
