package io.stentor.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import javax.net.SocketFactory;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket client with the verbs of a chat, on OkHttp, which shares no code with the server.
 * Verbs wait up to ten seconds and fail with an {@link AssertionError}. One thread at a time.
 */
public final class Client implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final long POLL_NANOS = 20_000;
  private static final OkHttpClient HTTP = newHttp();

  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
  private final CompletableFuture<Response> opened = new CompletableFuture<>();
  private final CompletableFuture<Closed> closed = new CompletableFuture<>();
  private final String name;
  private final WebSocket socket;

  private Client(OkHttpClient http, String url, String... subprotocols) {
    name = url;
    Request.Builder request = new Request.Builder().url(url);
    if (subprotocols.length > 0) {
      request.header("Sec-WebSocket-Protocol", String.join(", ", subprotocols));
    }
    socket = http.newWebSocket(request.build(), new Receiver());
    join(opened);
  }

  /** Returns what it is made of: any number of sockets, without Nagle's algorithm. */
  public static OkHttpClient http() {
    return HTTP;
  }

  private static OkHttpClient newHttp() {
    Dispatcher dispatcher =
        new Dispatcher(
            Executors.newCachedThreadPool(
                task -> {
                  Thread thread = new Thread(task, "client");
                  thread.setDaemon(true);
                  return thread;
                }));
    dispatcher.setMaxRequests(Integer.MAX_VALUE); // A WebSocket counts while it is open.
    return new OkHttpClient.Builder()
        .dispatcher(dispatcher)
        .socketFactory(new PromptSockets())
        .callTimeout(PATIENCE)
        .retryOnConnectionFailure(false)
        .build();
  }

  /**
   * How a connection ended.
   *
   * @param code the close frame's code; 1006 where the connection broke without one
   * @param reason the close frame's text
   */
  public record Closed(int code, String reason) {}

  /**
   * Connects to a path of the server at this port of the loopback interface.
   *
   * @throws CompletionException when the server refuses, with its status in the message
   */
  public static Client connect(int port, String path, String... subprotocols) {
    return new Client(HTTP, "ws://127.0.0.1:" + port + path, subprotocols);
  }

  /** Connects to any address. */
  public static Client connect(URI address, String... subprotocols) {
    return new Client(HTTP, address.toString(), subprotocols);
  }

  /** Connects to any address by TLS, if this authority signed the server's certificate. */
  static Client connect(URI address, TestCertificates authority) {
    OkHttpClient http =
        HTTP.newBuilder()
            .sslSocketFactory(authority.trusted().getSocketFactory(), authority.trustManager())
            .build();
    return new Client(http, address.toString());
  }

  /** The sub-protocol that the server chose; empty where none. */
  public String subprotocol() {
    return opened.join().header("Sec-WebSocket-Protocol", "");
  }

  /**
   * Sends one text, and waits until the operating system has it.
   *
   * @throws CompletionException when the connection has ended
   */
  public Client publish(String text) {
    return awaitWritten(socket.send(text));
  }

  /** Sends a text without waiting for it to be written. */
  public void publishLater(String text) {
    socket.send(text);
  }

  /** Sends one binary message, like {@link #publish}. */
  public Client sendBinary(byte[] bytes) {
    return awaitWritten(socket.send(ByteString.of(bytes)));
  }

  /** A message counts in the size of the queue until it is written. */
  private Client awaitWritten(boolean queued) {
    long start = System.nanoTime();
    while (queued && socket.queueSize() > 0 && !closed.isDone()) {
      if (System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new AssertionError(name + ": not written in " + PATIENCE);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    if (!queued || socket.queueSize() > 0) {
      throw new CompletionException(new IOException(name + ": not sent, " + closed.getNow(null)));
    }
    return this;
  }

  /** The next text. */
  public String next() {
    return nextWithin(PATIENCE);
  }

  /** The next text, which must come in this time. */
  public String nextWithin(Duration timeout) {
    String text = poll(timeout);
    if (text == null) {
      throw new AssertionError(
          name + ": no text in " + timeout + (closed.isDone() ? ", " + closed.join() : ""));
    }
    return text;
  }

  /** The next text, or null where none comes in this time. */
  public @Nullable String poll(Duration timeout) {
    try {
      return received.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The next texts, this many. */
  public List<String> next(int count) {
    List<String> texts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      texts.add(next());
    }
    return texts;
  }

  /** Reads this many texts and asserts what they are, in order. */
  public Client expect(String... texts) {
    assertThat(next(texts.length)).containsExactly(texts);
    return this;
  }

  /**
   * Publishes a text and asserts that it is the next to come back: nothing that was sent to this
   * client before it is left, and the connection works.
   */
  public Client expectNothingBefore(String marker) {
    return publish(marker).expect(marker);
  }

  /** Reads on until this text comes. */
  public Client skipTo(String text) {
    String next = next();
    while (!next.equals(text)) {
      next = next();
    }
    return this;
  }

  /** Waits for the end of the connection and asserts its code. Returns how it ended. */
  public Closed expectClosed(int code) {
    Closed how = awaitClosed();
    assertThat(how.code()).as("close code of %s, %s", name, how).isEqualTo(code);
    return how;
  }

  /** Waits for the end of the connection. */
  public Closed awaitClosed() {
    return join(closed);
  }

  /** Whether the connection has ended. */
  public boolean isClosed() {
    return closed.isDone();
  }

  /** Says goodbye with code 1000 and waits for the server's answer. */
  public Closed leave() {
    socket.close(1000, "bye");
    return awaitClosed();
  }

  /** Cuts the connection without a word. */
  @Override
  public void close() {
    socket.cancel();
  }

  private <T> T join(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(name + ": not done in " + PATIENCE, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new CompletionException(e.getCause());
    }
  }

  /** Without Nagle's algorithm, which holds the end of a long message back for 40 ms. */
  private static final class PromptSockets extends SocketFactory {
    @Override
    public Socket createSocket() throws IOException {
      Socket socket = new Socket();
      socket.setTcpNoDelay(true);
      return socket;
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress address, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }
  }

  private final class Receiver extends WebSocketListener {
    @Override
    public void onOpen(WebSocket from, Response response) {
      opened.complete(response);
    }

    @Override
    public void onMessage(WebSocket from, String text) {
      received.add(text);
    }

    @Override
    public void onClosing(WebSocket from, int code, String reason) {
      from.close(1000, null);
      closed.complete(new Closed(code, reason));
    }

    @Override
    public void onFailure(WebSocket from, Throwable error, @Nullable Response response) {
      opened.completeExceptionally(error);
      closed.complete(new Closed(1006, error.toString()));
    }
  }
}
