package io.stentor.health;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures how far the wall clocks of other nodes differ from this node's. Messages carry the
 * wall-clock time of the node that accepts them, and token expiry depends on it; nothing else
 * depends on wall clocks. Thread-safe.
 */
public final class ClockSkew {

  /**
   * Differences above this are logged as a warning. Nodes synchronised with a time server agree
   * within 0.1 s.
   */
  static final long WARN_MILLIS = 5000;

  private static final Logger LOG = LoggerFactory.getLogger(ClockSkew.class);

  private static final class Peer {
    private long lastMillis = Long.MAX_VALUE;
    private long skewMillis;
    private boolean warned;
  }

  private final LongSupplier wallMillis;
  private final UnaryOperator<String> described;
  private final Map<String, Peer> peers = new HashMap<>();

  /**
   * Creates an empty tracker.
   *
   * @param wallMillis this node's wall clock, in milliseconds since 1970
   * @param described converts a node's name to a form for the log
   */
  public ClockSkew(LongSupplier wallMillis, UnaryOperator<String> described) {
    this.wallMillis = wallMillis;
    this.described = described;
  }

  /** Returns this node's wall-clock time, in milliseconds since 1970. */
  long wallMillis() {
    return wallMillis.getAsLong();
  }

  /**
   * Records the time that another node sent. A delayed message makes this node's clock appear to be
   * ahead, so the smaller of two consecutive differences counts.
   */
  synchronized void told(String node, long theirMillis) {
    long difference = wallMillis.getAsLong() - theirMillis;
    Peer peer = peers.computeIfAbsent(node, name -> new Peer());
    boolean first = peer.lastMillis == Long.MAX_VALUE;
    long smaller = Math.abs(difference) < Math.abs(peer.lastMillis) ? difference : peer.lastMillis;
    peer.lastMillis = difference;
    if (first) {
      return;
    }
    peer.skewMillis = smaller;
    boolean far = Math.abs(smaller) > WARN_MILLIS;
    if (far && !peer.warned) {
      LOG.warn(
          "the clock of this node is {} s {} that of node {}; set both by NTP",
          Math.abs(smaller) / 1000.0,
          smaller > 0 ? "ahead of" : "behind",
          described.apply(node));
    } else if (!far && peer.warned) {
      LOG.info("the clocks of this node and of node {} agree again", described.apply(node));
    }
    peer.warned = far;
  }

  /** Removes all nodes except these. */
  synchronized void retain(Set<String> nodes) {
    peers.keySet().retainAll(nodes);
  }

  /** Returns the largest difference from another node's clock, ahead or behind, in milliseconds. */
  synchronized long worstMillis() {
    return peers.values().stream().mapToLong(peer -> Math.abs(peer.skewMillis)).max().orElse(0);
  }
}
