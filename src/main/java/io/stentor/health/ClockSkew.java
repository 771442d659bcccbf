package io.stentor.health;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the wall clocks of other nodes are from this node's. Messages carry the time of the node
 * that takes them, and tokens expire by it; nothing else depends on wall clocks. Any thread.
 */
public final class ClockSkew {

  /** Above this, it is warned of. Nodes that get their time from a server are within 0.1 s. */
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
   * Creates one that knows of no other node.
   *
   * @param wallMillis this node's wall clock, in milliseconds since 1970
   * @param described how a node is named to people
   */
  public ClockSkew(LongSupplier wallMillis, UnaryOperator<String> described) {
    this.wallMillis = wallMillis;
    this.described = described;
  }

  /** What another node is told, in milliseconds since 1970. */
  long wallMillis() {
    return wallMillis.getAsLong();
  }

  /**
   * A node has told its time. A message that was late makes this node's clock look ahead, so the
   * smaller difference of two in a row counts.
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

  /** Forgets all nodes but these. */
  synchronized void retain(Set<String> nodes) {
    peers.keySet().retainAll(nodes);
  }

  /** The largest difference to another node, ahead or behind, in milliseconds. */
  synchronized long worstMillis() {
    return peers.values().stream().mapToLong(peer -> Math.abs(peer.skewMillis)).max().orElse(0);
  }
}
