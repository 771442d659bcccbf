package io.stentor.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

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

  private final ServerSocket listening;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private boolean stalled;

  /** Begins to listen in front of this port of the loopback interface. */
  public StallingProxy(int target) {
    this.target = target;
    try {
      listening = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start(this::accept);
  }

  /** Where clients connect. */
  public int port() {
    return listening.getLocalPort();
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

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "stalling proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listening.accept();
        open.add(client);
        start(() -> serve(client));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(Socket client) {
    Socket server = new Socket();
    open.add(server);
    try {
      server.setReceiveBufferSize(BUFFER_BYTES);
      server.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), target), CONNECT_MILLIS);
    } catch (IOException e) {
      close(client, server);
      return;
    }
    start(() -> pass(server, client, true));
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
      close(from, to);
    }
  }

  private void close(Socket... sockets) {
    for (Socket socket : sockets) {
      open.remove(socket);
      try {
        socket.close();
      } catch (IOException e) {
        // It is as closed as it gets.
      }
    }
  }

  /** Stops listening and cuts everything. */
  @Override
  public void close() {
    flow();
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    close(open.toArray(Socket[]::new));
  }
}
