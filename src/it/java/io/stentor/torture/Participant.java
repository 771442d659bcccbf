package io.stentor.torture;

import io.stentor.support.Client;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.jspecify.annotations.Nullable;

/**
 * One client of one room: listens with its place, goes to another node and resumes when its
 * connection ends or falls silent, and publishes while it is told to. Any thread.
 */
final class Participant implements AutoCloseable {
  private static final Duration ANSWER = Duration.ofSeconds(2);
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final OkHttpClient HTTP = Client.http().newBuilder().callTimeout(ANSWER).build();

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
    if (to == null || !to.placed || to.socket.queueSize() > 0) {
      return false;
    }
    transcript.publishes(text);
    return to.socket.send(text);
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
      connection.socket.cancel();
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
    Request request =
        new Request.Builder()
            .url(nodes.uri(node, path + query).toString())
            .header("Sec-WebSocket-Protocol", Wire.CURSOR)
            .build();
    HTTP.newWebSocket(request, next);
  }

  private void connectElsewhere() {
    int others = nodes.size() - 1;
    node = others == 0 ? node : (node + 1 + random.nextInt(others)) % nodes.size();
    timer.schedule(this::connect, 20 + random.nextInt(100), TimeUnit.MILLISECONDS);
  }

  /** One connection; what comes on it after its end is not looked at. */
  private final class Connection extends WebSocketListener {
    private final int id;
    private WebSocket socket;
    private long lastNanos = now();
    private long number;
    private boolean placed;
    private boolean over;

    Connection(int id) {
      this.id = id;
    }

    @Override
    public void onOpen(WebSocket opened, Response answer) {
      synchronized (Participant.this) {
        if (over || ended) {
          opened.cancel();
          return;
        }
        socket = opened;
        lastNanos = now();
        connection = this;
        transcript.add(Event.Asked.now(at));
      }
    }

    @Override
    public void onMessage(WebSocket from, String text) {
      take(Wire.read(text));
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
    public void onClosing(WebSocket from, int code, String reason) {
      from.close(1000, null);
      end(code, reason);
    }

    @Override
    public void onFailure(WebSocket from, Throwable error, @Nullable Response answer) {
      end(answer == null && socket == null ? 0 : 1006, error.toString());
    }

    private void end(int code, String reason) {
      synchronized (Participant.this) {
        if (over) {
          return;
        }
        over = true;
        transcript.add(new Event.Ended(code, id + ": " + reason));
        if (socket != null) {
          socket.cancel();
        }
        connection = null;
        if (!ended) {
          connectElsewhere();
        }
      }
    }
  }
}
