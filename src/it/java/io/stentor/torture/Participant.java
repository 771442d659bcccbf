package io.stentor.torture;

import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client of one room: listens with its place, goes to another node and resumes when its
 * connection ends or falls silent, and publishes while it is told to. Any thread.
 */
final class Participant implements AutoCloseable {
  private static final long ANSWER_MILLIS = 2_000;
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Nodes nodes;
  private final String path;
  private final Transcript transcript;
  private final BackToWhole whole;
  private final ScheduledExecutorService timer;
  private final Random random;

  private @Nullable Connection connection;
  private @Nullable Place at;
  private int connections;
  private int node;
  private boolean ended;
  private boolean publishes;

  Participant(
      Transcript transcript,
      Nodes nodes,
      String room,
      BackToWhole whole,
      ScheduledExecutorService timer,
      long seed) {
    this.transcript = transcript;
    this.nodes = nodes;
    this.path = "/rooms/" + room;
    this.whole = whole;
    this.timer = timer;
    this.random = new Random(seed);
    this.node = random.nextInt(nodes.size());
  }

  /** Joins the room at this node; later it chooses nodes itself. */
  synchronized void join(int place) {
    node = place;
    connect();
  }

  Transcript transcript() {
    return transcript;
  }

  /** The place of the node that it is on, or tries to reach. */
  synchronized int node() {
    return node;
  }

  /** Whether it is in the room and knows its place. */
  synchronized boolean isPlaced() {
    return connection != null && connection.placed;
  }

  /** Publishes about this often, until {@link #stopPublishing}; silence now means a broken line. */
  synchronized void publishEvery(long millis) {
    publishes = true;
    timer.schedule(() -> publishAndGoOn(millis), random.nextLong(millis), TimeUnit.MILLISECONDS);
  }

  synchronized void stopPublishing() {
    publishes = false;
  }

  /** Publishes one text now if the connection can take it. */
  synchronized boolean publish(String text) {
    Connection to = connection;
    if (to == null || !to.placed || !to.sent.toCompletableFuture().isDone()) {
      return false;
    }
    transcript.publishes(text);
    to.sent = to.socket.sendText(text, true);
    return true;
  }

  /** Leaves a connection on which nothing came for some seconds. */
  synchronized void leaveSilence() {
    Connection from = connection;
    if (from != null && System.nanoTime() - from.lastNanos > SILENCE_NANOS) {
      from.end(1006, "silent");
    }
  }

  @Override
  public synchronized void close() {
    ended = true;
    if (connection != null) {
      connection.socket.abort();
    }
  }

  private synchronized void publishAndGoOn(long millis) {
    if (publishes && !ended) {
      if (connection != null) {
        publish(
            new Message(transcript.name() + "#" + connections, connection.number++, now()).text());
      }
      long next = millis / 2 + random.nextLong(millis);
      timer.schedule(() -> publishAndGoOn(millis), next, TimeUnit.MILLISECONDS);
    }
  }

  private static long now() {
    return System.nanoTime();
  }

  private synchronized void connect() {
    if (ended) {
      return;
    }
    Connection next = new Connection(++connections);
    String query = at == null ? "" : "?since=" + at;
    HTTP.newWebSocketBuilder()
        .subprotocols(Wire.CURSOR)
        .buildAsync(nodes.uri(node, path + query), next)
        .orTimeout(ANSWER_MILLIS, TimeUnit.MILLISECONDS)
        .whenComplete(
            (socket, error) -> {
              if (error != null) {
                next.end(0, error.toString());
              }
            });
  }

  private void connectElsewhere() {
    int others = nodes.size() - 1;
    node = others == 0 ? node : (node + 1 + random.nextInt(others)) % nodes.size();
    timer.schedule(this::connect, 20 + random.nextInt(100), TimeUnit.MILLISECONDS);
  }

  /** One connection; what comes on it after its end is not looked at. */
  private final class Connection implements WebSocket.Listener {
    private final int id;
    private final StringBuilder parts = new StringBuilder();
    private WebSocket socket;
    private CompletionStage<WebSocket> sent;
    private long lastNanos = now();
    private long number;
    private boolean placed;
    private boolean over;

    Connection(int id) {
      this.id = id;
    }

    @Override
    public void onOpen(WebSocket opened) {
      synchronized (Participant.this) {
        if (over || ended) {
          opened.abort();
          return;
        }
        socket = opened;
        sent = CompletableFuture.completedStage(opened);
        lastNanos = now();
        connection = this;
        transcript.add(Event.Asked.now(at));
      }
      opened.request(1);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket ws, CharSequence data, boolean last) {
      parts.append(data);
      if (last) {
        String frame = parts.toString();
        parts.setLength(0);
        take(Wire.read(frame));
      }
      ws.request(1);
      return null;
    }

    private void take(Event event) {
      synchronized (Participant.this) {
        if (over) {
          return;
        }
        transcript.add(event);
        lastNanos = now();
        if (event instanceof Event.Placed to) {
          at = to.at();
          placed = true;
        } else if (event instanceof Event.Heard message) {
          at = message.at();
          whole.heard(message.text(), message.nanos());
        }
      }
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket ws, int code, String reason) {
      end(code, reason);
      return null;
    }

    @Override
    public void onError(WebSocket ws, Throwable error) {
      end(1006, error.toString());
    }

    private void end(int code, String reason) {
      synchronized (Participant.this) {
        if (over) {
          return;
        }
        over = true;
        transcript.add(new Event.Ended(code, id + ": " + reason));
        if (socket != null) {
          socket.abort();
        }
        connection = null;
        if (!ended) {
          connectElsewhere();
        }
      }
    }
  }
}
