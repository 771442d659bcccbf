package io.stentor.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One address in front of several nodes: each connection goes to the first node that takes it. Any
 * thread.
 */
public final class Balancer implements AutoCloseable {
  private static final int CONNECT_MILLIS = 2000;

  private final ServerSocket listening;
  private final List<Integer> ports;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /** Begins to listen in front of these ports of the loopback interface. */
  public Balancer(Integer... ports) {
    this.ports = List.of(ports);
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

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "balancer");
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
    for (int port : ports) {
      Socket node = new Socket();
      try {
        node.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
        open.add(node);
        start(() -> pass(node, client));
        pass(client, node);
        return;
      } catch (IOException e) {
        // The next one, then.
      }
    }
    close(client);
  }

  private void pass(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
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
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    close(open.toArray(Socket[]::new));
  }
}
