package io.stentor.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Passes requests on, and loses the answer to the first one: its connection is cut. Any thread. */
public final class ForgetfulProxy implements AutoCloseable {
  private final HttpClient client = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger requests = new AtomicInteger();
  private final HttpServer server;
  private final int target;

  /** Begins to listen in front of this port of the loopback interface. */
  public ForgetfulProxy(int target) {
    this.target = target;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::pass);
    server.start();
  }

  /** Where clients connect. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** How many requests have come. */
  public int requests() {
    return requests.get();
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(
              URI.create("http://127.0.0.1:" + target + exchange.getRequestURI()));
      for (String name : new String[] {"Authorization", "Content-Type", "Idempotency-Key"}) {
        request.header(name, exchange.getRequestHeaders().getFirst(name));
      }
      byte[] body = exchange.getRequestBody().readAllBytes();
      HttpResponse<byte[]> answer =
          client.send(
              request.method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body)).build(),
              BodyHandlers.ofByteArray());
      if (requests.incrementAndGet() > 1) {
        exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
        exchange.getResponseBody().write(answer.body());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends every connection and listens no more. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
