package io.stentor.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket client with the verbs of a chat, on the JDK's own implementation, which shares no
 * code with the server. Verbs wait up to ten seconds and fail with an {@link AssertionError}. One
 * thread at a time.
 */
public final class Client implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
  private final CompletableFuture<Closed> closed = new CompletableFuture<>();
  private final String name;
  private final WebSocket socket;

  private Client(String url, String... subprotocols) {
    name = url;
    WebSocket.Builder builder = HTTP.newWebSocketBuilder().connectTimeout(PATIENCE);
    if (subprotocols.length > 0) {
      builder.subprotocols(
          subprotocols[0],
          List.of(subprotocols).subList(1, subprotocols.length).toArray(String[]::new));
    }
    socket = join(builder.buildAsync(URI.create(url), new Receiver()));
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
   * @throws CompletionException when the server refuses
   */
  public static Client connect(int port, String path, String... subprotocols) {
    return new Client("ws://127.0.0.1:" + port + path, subprotocols);
  }

  /** Connects to any address. */
  public static Client connect(URI address, String... subprotocols) {
    return new Client(address.toString(), subprotocols);
  }

  /** The sub-protocol that the server chose; empty where none. */
  public String subprotocol() {
    return socket.getSubprotocol();
  }

  /** Sends one text. */
  public Client publish(String text) {
    join(socket.sendText(text, true));
    return this;
  }

  /** Sends a text without waiting for it to be written; only one may be on its way. */
  public CompletableFuture<WebSocket> publishLater(String text) {
    return socket.sendText(text, true);
  }

  /** Sends one binary message. */
  public Client sendBinary(byte[] bytes) {
    join(socket.sendBinary(ByteBuffer.wrap(bytes), true));
    return this;
  }

  /**
   * Sends a ping; fails where the line is broken, which the JDK's client does not always notice.
   */
  public Client ping() {
    join(socket.sendPing(ByteBuffer.allocate(0)));
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
    join(socket.sendClose(WebSocket.NORMAL_CLOSURE, "bye"));
    return awaitClosed();
  }

  /** Cuts the connection without a word. */
  @Override
  public void close() {
    socket.abort();
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

  private final class Receiver implements WebSocket.Listener {
    private final StringBuilder parts = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket ws, CharSequence data, boolean last) {
      parts.append(data);
      if (last) {
        received.add(parts.toString());
        parts.setLength(0);
      }
      ws.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket ws, int code, String reason) {
      closed.complete(new Closed(code, reason));
      return null;
    }

    @Override
    public void onError(WebSocket ws, Throwable error) {
      closed.complete(new Closed(1006, error.toString()));
    }
  }
}
