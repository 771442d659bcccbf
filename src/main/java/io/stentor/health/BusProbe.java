package io.stentor.health;

import io.stentor.cluster.BusConsumer;
import io.stentor.cluster.WireVersion;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Monitors the event bus. Every node publishes a numbered probe every few seconds. If a node misses
 * the probes of another member of the cluster for a while, it no longer receives what that member
 * publishes; its registration may have been lost. Thread-safe.
 */
public final class BusProbe {

  static final int INTERVAL_MILLIS = 5000;

  /** Grace period for a node that has just joined: it sends no probes until it has started. */
  static final int START_MILLIS = 60_000;

  private static final String ADDRESS = "stentor.probe";
  private static final String NODE = "node";
  private static final String NUMBER = "number";
  private static final String TIME = "time";

  private static final class Peer {
    final long seenMillis;
    long number = -1;
    long atMillis;

    Peer(long seenMillis) {
      this.seenMillis = seenMillis;
    }
  }

  private final String self;
  private final Supplier<Set<String>> members;
  private final long silentMillis;
  private final LongSupplier clockMillis;
  private final ClockSkew clocks;
  private final Map<String, Peer> peers = new HashMap<>();
  private final LongAdder sent = new LongAdder();
  private final LongAdder ofSelf = new LongAdder();
  private final LongAdder ofPeers = new LongAdder();
  private final LongAdder missed = new LongAdder();
  private volatile @Nullable MessageConsumer<JsonObject> consumer;

  /**
   * Creates a probe that is not running.
   *
   * @param self this node's name
   * @param members the names of all nodes in the cluster, including this one; must not block
   * @param silentMillis a node is silent if no probe of it has arrived for longer than this
   * @param clockMillis a monotonic clock
   * @param clocks receives the wall-clock times of the other nodes
   */
  public BusProbe(
      String self,
      Supplier<Set<String>> members,
      long silentMillis,
      LongSupplier clockMillis,
      ClockSkew clocks) {
    this.self = self;
    this.members = members;
    this.silentMillis = silentMillis;
    this.clockMillis = clockMillis;
    this.clocks = clocks;
  }

  /**
   * Registers the consumer and then publishes a probe every {@link #INTERVAL_MILLIS}, until Vert.x
   * closes.
   */
  public Future<Void> start(Vertx vertx) {
    return BusConsumer.register(vertx, () -> listen(vertx.eventBus()))
        .onSuccess(
            done -> {
              silent();
              WireVersion wire = WireVersion.of(vertx);
              publish(vertx, wire);
              vertx.setPeriodic(INTERVAL_MILLIS, timer -> publish(vertx, wire));
            });
  }

  private MessageConsumer<JsonObject> listen(EventBus bus) {
    MessageConsumer<JsonObject> listening = bus.consumer(ADDRESS, this::received);
    consumer = listening;
    return listening;
  }

  /** Stops receiving probes, as if the registration had been lost. */
  Future<Void> deafen() {
    MessageConsumer<JsonObject> listening = consumer;
    return listening == null ? Future.succeededFuture() : listening.unregister();
  }

  private void publish(Vertx vertx, WireVersion wire) {
    long number = sent.sum();
    sent.increment();
    JsonObject probe =
        new JsonObject().put(NODE, self).put(NUMBER, number).put(TIME, clocks.wallMillis());
    vertx.eventBus().publish(ADDRESS, probe, wire.mark(new DeliveryOptions()));
  }

  private void received(Message<JsonObject> message) {
    if (!WireVersion.isKnown(message)) {
      return;
    }
    String node = message.body().getString(NODE);
    received(node, message.body().getLong(NUMBER));
    Long time = message.body().getLong(TIME);
    if (time != null && !node.equals(self)) {
      clocks.told(node, time);
    }
  }

  /** Records that a node's probe with this number has arrived. */
  public synchronized void received(String node, long number) {
    Peer peer = peers.computeIfAbsent(node, name -> new Peer(clockMillis.getAsLong()));
    if (peer.number >= 0 && number > peer.number + 1) {
      missed.add(number - peer.number - 1);
    }
    peer.number = Math.max(peer.number, number);
    peer.atMillis = clockMillis.getAsLong();
    (node.equals(self) ? ofSelf : ofPeers).increment();
  }

  /** Returns the names of the cluster members whose probes have not arrived in time. */
  public synchronized Set<String> silent() {
    long now = clockMillis.getAsLong();
    Set<String> present = members.get();
    peers.keySet().retainAll(present);
    clocks.retain(present);
    Set<String> silent = new TreeSet<>();
    for (String node : present) {
      Peer peer = peers.computeIfAbsent(node, name -> new Peer(now));
      long startMillis = node.equals(self) ? silentMillis : Math.max(silentMillis, START_MILLIS);
      boolean late =
          peer.number < 0
              ? now - peer.seenMillis > startMillis
              : now - peer.atMillis > silentMillis;
      if (late) {
        silent.add(node);
      }
    }
    return silent;
  }

  /**
   * Returns whether the fault is probably on this node: it receives no probes of its own, or none
   * from any other node.
   */
  synchronized boolean isDeaf() {
    Set<String> silent = silent();
    int others = peers.size() - 1;
    return silent.contains(self) || (others > 0 && silent.size() >= others);
  }

  /**
   * Returns the largest difference between this node's wall clock and another node's, in
   * milliseconds.
   */
  public long clockSkewMillis() {
    return clocks.worstMillis();
  }

  /** Returns the number of probes that this node has published. */
  public long sent() {
    return sent.sum();
  }

  /** Returns the number of its own probes that this node has received. */
  public long heardOfSelf() {
    return ofSelf.sum();
  }

  /** Returns the number of probes of other nodes that this node has received. */
  public long heardOfPeers() {
    return ofPeers.sum();
  }

  /** Returns the number of probes that were lost: a later probe of the same node has arrived. */
  public long missed() {
    return missed.sum();
  }
}
