package io.stentor.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * What the proxies of the tests have in common: a port of the loopback interface, a thread for each
 * client, and an end of all connections together. Any thread.
 */
final class Relay implements AutoCloseable {
  private static final int BACKLOG = 200;

  private final ServerSocket listening;
  private final String name;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /**
   * Begins to listen.
   *
   * @param name of its threads
   * @param serve what is done with each client, in a thread of its own
   */
  Relay(String name, Consumer<Socket> serve) {
    this.name = name;
    try {
      listening = new ServerSocket(0, BACKLOG, InetAddress.getByName("127.0.0.1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start(() -> accept(serve));
  }

  /** Where clients connect. */
  int port() {
    return listening.getLocalPort();
  }

  /** Does something in a thread of its own, which keeps no JVM alive. */
  void start(Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Keeps a socket, so that it ends with the others. Returns it. */
  Socket keep(Socket socket) {
    open.add(socket);
    if (listening.isClosed()) {
      close(socket);
    }
    return socket;
  }

  private void accept(Consumer<Socket> serve) {
    try {
      while (true) {
        Socket client = keep(listening.accept());
        start(() -> serve.accept(client));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  /** Passes on what comes, until one of the two ends; then the other ends too. */
  void pass(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // A peer is gone.
    } finally {
      close(from, to);
    }
  }

  /** Cuts these. */
  void close(Socket... sockets) {
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
    cut();
  }

  /** Cuts everything that is open. */
  void cut() {
    close(open.toArray(Socket[]::new));
  }
}
