package io.stentor.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * All connections, the one selector that they share, and the schedule of what is sent. One thread.
 */
final class Swarm implements AutoCloseable {
  private static final long MILLI = 1_000_000;
  private static final long STALLED_NANOS = 2_000 * MILLI;

  private final LoadOptions options;
  private final Tally tally = new Tally();
  private final Selector selector;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 18);
  private final FrameWriter frames;
  private final Patches patches;
  private final ClientConnection[] connections;
  private final int[] listeners;
  private int begun;
  private int opened;
  private boolean sending;
  private long dueNanos;
  private int next;

  Swarm(LoadOptions options) throws IOException {
    this.options = options;
    selector = Selector.open();
    frames = new FrameWriter(options.bytes, options.json);
    patches = new Patches();
    connections = new ClientConnection[options.sockets()];
    listeners = new int[options.rooms];
  }

  Selector selector() {
    return selector;
  }

  Tally tally() {
    return tally;
  }

  FrameWriter frames() {
    return frames;
  }

  Patches patches() {
    return patches;
  }

  int open() {
    return opened;
  }

  /**
   * Connects the first so many of all, so many handshakes at once as the options say; gives up
   * after two minutes.
   */
  void connect(int upTo) throws IOException {
    long deadline = System.nanoTime() + 120_000 * MILLI;
    while (opened + tally.failed < upTo && System.nanoTime() < deadline) {
      while (begun < upTo && begun - opened - tally.failed < options.ramp) {
        connections[begun] = new ClientConnection(this, begun, options);
        begun++;
      }
      select(1);
    }
    Arrays.fill(listeners, 0);
    for (ClientConnection c : connections) {
      if (c != null && c.listens && !c.slow && c.state() == ClientConnection.State.OPEN) {
        listeners[c.room]++;
      }
    }
  }

  /** Begins to send; what is sent from {@code tally().startNanos} on counts. */
  void startSending() {
    sending = options.mode != LoadOptions.Mode.IDLE;
    dueNanos = System.nanoTime();
    if (options.mode == LoadOptions.Mode.CLOSED) {
      for (int p = 0; p < options.publishers; p++) {
        fillWindow(connections[p]);
      }
    }
  }

  void stopSending() {
    sending = false;
  }

  /** Lets the slow ones stop reading, or read again. */
  void slowRead(boolean on) {
    for (ClientConnection c : connections) {
      if (c.slow) {
        c.reading(on);
      }
    }
  }

  /** Reads and sends until a moment of {@code System.nanoTime()}, or until all has come back. */
  void runUntil(long untilNanos, boolean orAllReceived) throws IOException {
    long now = System.nanoTime();
    while (now < untilNanos && !(orAllReceived && tally.delivered >= tally.expected)) {
      long wake = sendDue(now, untilNanos);
      long wait = options.awake ? 0 : (wake - System.nanoTime()) / MILLI;
      select(wait);
      now = System.nanoTime();
    }
    if (sending && options.mode == LoadOptions.Mode.CLOSED) {
      reviveStalled(now);
    }
  }

  /** How many listeners saw as many messages as the first of their room, but in another order. */
  int disagreeing() {
    Map<Integer, ClientConnection> first = new HashMap<>();
    int disagreeing = 0;
    for (ClientConnection c : connections) {
      if (c.listens && !c.slow) {
        Sightings model = first.computeIfAbsent(c.room, room -> c).seen;
        if (c.seen.count() == model.count() && c.seen.order() != model.order()) {
          disagreeing++;
        }
      }
    }
    return disagreeing;
  }

  /** A listener or publisher got a message. */
  void received(
      ClientConnection c, int publisher, int sequence, long sentNanos, long nowNanos, long bytes) {
    if (c.slow) {
      tally.slowReceived++;
      return;
    }
    if (c.listens) {
      Sightings.Kind kind = c.seen.see(publisher / options.rooms, sequence);
      tally.received(kind, c.seen.skipped(), sentNanos, nowNanos, bytes);
    }
    if (publisher == c.id && options.mode == LoadOptions.Mode.CLOSED) {
      c.echoNanos = nowNanos;
      if (sending) {
        publish(c);
      }
    }
  }

  void opened() {
    opened++;
  }

  void closed(ClientConnection c, boolean wasOpen) {
    if (!wasOpen) {
      tally.failed++;
      return;
    }
    opened--;
    tally.closedByServer++;
    if (c.slow) {
      tally.slowClosed++;
    }
  }

  @Override
  public void close() throws IOException {
    for (ClientConnection c : connections) {
      if (c != null) {
        c.leave();
      }
    }
    selector.close();
  }

  /* Under a millisecond the selector cannot wait, so there it only looks: the schedule stays exact. */
  private void select(long millis) throws IOException {
    if (millis > 0) {
      selector.select(this::ready, millis);
    } else {
      selector.selectNow(this::ready);
    }
  }

  private void ready(SelectionKey key) {
    if (key.attachment() instanceof ClientConnection c) {
      c.ready(buffer);
    }
    if (sending && options.mode == LoadOptions.Mode.RATE) {
      sendDue(System.nanoTime(), Long.MAX_VALUE);
    }
  }

  private long sendDue(long now, long otherwise) {
    if (!sending || options.mode != LoadOptions.Mode.RATE) {
      return otherwise;
    }
    while (dueNanos <= now && dueNanos < tally.endNanos) {
      if (tally.counts(dueNanos)) {
        tally.lateNanos = Math.max(tally.lateNanos, now - dueNanos);
      }
      publish(connections[next]);
      next = (next + 1) % options.publishers;
      dueNanos += (long) (1e9 / options.rate);
    }
    return Math.min(otherwise, dueNanos);
  }

  private void fillWindow(ClientConnection c) {
    c.echoNanos = System.nanoTime();
    for (int i = 0; i < options.window; i++) {
      publish(c);
    }
  }

  private void reviveStalled(long now) {
    for (int p = 0; p < options.publishers; p++) {
      if (now - connections[p].echoNanos > STALLED_NANOS) {
        tally.stalls++;
        fillWindow(connections[p]);
      }
    }
  }

  private void publish(ClientConnection c) {
    if (c.backlogged()) {
      tally.unsent++;
    } else if (c.state() == ClientConnection.State.OPEN) {
      long now = System.nanoTime();
      tally.sent(now, listeners[c.room]);
      c.published++;
      c.send(frames.text(now, c.id, c.published));
    }
  }
}
