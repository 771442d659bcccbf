package io.stentor.support;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What a proxy sees of a node: health, answers, 503 while it goes away. Remembers the headers that
 * came. Any thread.
 */
public final class FakeNode implements AutoCloseable {
  private final String name;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Headers> requests = new CopyOnWriteArrayList<>();
  private volatile boolean ready = true;
  private volatile boolean refusing;

  /** A node that answers every request with its name. */
  public FakeNode(String name) {
    this.name = name;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** The port that it listens on. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Whether {@code /health/ready} says so. */
  public void setReady(boolean value) {
    ready = value;
  }

  /** Whether every request is answered with 503. */
  public void setRefusing(boolean value) {
    refusing = value;
  }

  /** Ends every connection and listens no more. */
  public void leave() {
    server.stop(0);
  }

  /** The headers of every request that was not about its health. */
  public List<Headers> requests() {
    return List.copyOf(requests);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean health = exchange.getRequestURI().getPath().startsWith("/health/");
      if (!health) {
        requests.add(exchange.getRequestHeaders());
      }
      exchange.getRequestBody().readAllBytes();
      boolean refused = health ? !ready : refusing;
      byte[] body = name.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(refused ? 503 : 200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    leave();
    threads.shutdownNow();
  }
}
