package io.stentor.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;

/**
 * One address in front of several nodes: each connection goes to the first node that takes it. Any
 * thread.
 */
public final class Balancer implements AutoCloseable {
  private static final int CONNECT_MILLIS = 2000;

  private final List<Integer> ports;
  private final Relay relay;

  /** Begins to listen in front of these ports of the loopback interface. */
  public Balancer(Integer... ports) {
    this.ports = List.of(ports);
    this.relay = new Relay("balancer", this::serve);
  }

  /** Where clients connect. */
  public int port() {
    return relay.port();
  }

  private void serve(Socket client) {
    for (int port : ports) {
      Socket node = relay.keep(new Socket());
      try {
        node.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
      } catch (IOException e) {
        relay.close(node);
        continue; // The next one, then.
      }
      relay.start(() -> relay.pass(node, client));
      relay.pass(client, node);
      return;
    }
    relay.close(client);
  }

  /** Cuts everything, and goes on. */
  public void cut() {
    relay.cut();
  }

  /** Stops listening and cuts everything. */
  @Override
  public void close() {
    relay.close();
  }
}
