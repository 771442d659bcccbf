package io.stentor.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A network in front of a server that can come to a standstill: what the server sends is then not
 * read, as by a page whose machine is too slow, and what fits into no buffer waits in the server.
 * Any thread.
 */
public final class StallingProxy implements AutoCloseable {
  private static final int CONNECT_MILLIS = 2000;

  /** Not left to the system, which lets megabytes wait; much smaller ones would flow slowly. */
  private static final int BUFFER_BYTES = 256 * 1024;

  private static final int CHUNK_BYTES = 16 * 1024;

  private final int target;
  private final Relay relay;
  private boolean stalled;

  /** Begins to listen in front of this port of the loopback interface. */
  public StallingProxy(int target) {
    this.target = target;
    this.relay = new Relay("stalling proxy", this::serve);
  }

  /** Where clients connect. */
  public int port() {
    return relay.port();
  }

  /** From now on nothing that the server sends is read. */
  public synchronized void stall() {
    stalled = true;
  }

  /** From now on everything flows again. */
  public synchronized void flow() {
    stalled = false;
    notifyAll();
  }

  private synchronized void awaitFlow() {
    try {
      while (stalled) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(Socket client) {
    Socket server = relay.keep(new Socket());
    try {
      server.setReceiveBufferSize(BUFFER_BYTES);
      server.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), target), CONNECT_MILLIS);
    } catch (IOException e) {
      relay.close(client, server);
      return;
    }
    relay.start(() -> pass(server, client, true));
    pass(client, server, false);
  }

  private void pass(Socket from, Socket to, boolean stalls) {
    byte[] bytes = new byte[CHUNK_BYTES];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
        out.write(bytes, 0, count);
        if (stalls) {
          awaitFlow();
        }
      }
    } catch (IOException e) {
      // A peer is gone.
    } finally {
      relay.close(from, to);
    }
  }

  /** Stops listening and cuts everything. */
  @Override
  public void close() {
    flow();
    relay.close();
  }
}
