package io.stentor.health;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
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
 * Whether the event bus brings this node what is published. Every node publishes a numbered probe
 * every few seconds; whoever does not hear a node that is in the cluster for a while is deaf to it,
 * perhaps because its registration was lost. Any thread.
 */
public final class BusProbe {

  static final int INTERVAL_MILLIS = 5000;

  /** A node that has just joined is not heard before it has started. */
  static final int START_MILLIS = 60_000;

  private static final String ADDRESS = "stentor.probe";
  private static final String NODE = "node";
  private static final String NUMBER = "number";
  private static final String TIME = "time";

  private static final class Heard {
    final long seenMillis;
    long number = -1;
    long atMillis;

    Heard(long seenMillis) {
      this.seenMillis = seenMillis;
    }
  }

  private final String self;
  private final Supplier<Set<String>> members;
  private final long silentMillis;
  private final LongSupplier clockMillis;
  private final ClockSkew clocks;
  private final Map<String, Heard> heard = new HashMap<>();
  private final LongAdder sent = new LongAdder();
  private final LongAdder ofSelf = new LongAdder();
  private final LongAdder ofPeers = new LongAdder();
  private final LongAdder missed = new LongAdder();
  private @Nullable MessageConsumer<JsonObject> consumer;

  /**
   * A probe that does not run yet.
   *
   * @param self this node's name
   * @param members the names of the nodes in the cluster, this one too; must not block
   * @param silentMillis a node that is not heard for longer is silent
   * @param clockMillis a clock that never goes back
   * @param clocks is told the times of the other nodes
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

  /** Listens, and publishes every {@link #INTERVAL_MILLIS}; ends with Vert.x. */
  public Future<Void> start(Vertx vertx) {
    MessageConsumer<JsonObject> listening = vertx.eventBus().consumer(ADDRESS, this::received);
    consumer = listening;
    return listening
        .completion()
        .onSuccess(
            done -> {
              silent();
              publish(vertx);
              vertx.setPeriodic(INTERVAL_MILLIS, timer -> publish(vertx));
            });
  }

  /** Hears nothing more, as if the registration were lost. */
  Future<Void> deafen() {
    MessageConsumer<JsonObject> listening = consumer;
    return listening == null ? Future.succeededFuture() : listening.unregister();
  }

  private void publish(Vertx vertx) {
    long number = sent.sum();
    sent.increment();
    JsonObject probe =
        new JsonObject().put(NODE, self).put(NUMBER, number).put(TIME, clocks.wallMillis());
    vertx.eventBus().publish(ADDRESS, probe);
  }

  private void received(Message<JsonObject> message) {
    String node = message.body().getString(NODE);
    received(node, message.body().getLong(NUMBER));
    Long time = message.body().getLong(TIME);
    if (time != null && !node.equals(self)) {
      clocks.told(node, time);
    }
  }

  /** A node's probe with this number was heard. */
  public synchronized void received(String node, long number) {
    Heard of = heard.computeIfAbsent(node, name -> new Heard(clockMillis.getAsLong()));
    if (of.number >= 0 && number > of.number + 1) {
      missed.add(number - of.number - 1);
    }
    of.number = Math.max(of.number, number);
    of.atMillis = clockMillis.getAsLong();
    (node.equals(self) ? ofSelf : ofPeers).increment();
  }

  /** The nodes of the cluster that are not heard. */
  public synchronized Set<String> silent() {
    long now = clockMillis.getAsLong();
    Set<String> present = members.get();
    heard.keySet().retainAll(present);
    clocks.retain(present);
    Set<String> silent = new TreeSet<>();
    for (String node : present) {
      Heard of = heard.computeIfAbsent(node, name -> new Heard(now));
      long startMillis = node.equals(self) ? silentMillis : Math.max(silentMillis, START_MILLIS);
      boolean late =
          of.number < 0 ? now - of.seenMillis > startMillis : now - of.atMillis > silentMillis;
      if (late) {
        silent.add(node);
      }
    }
    return silent;
  }

  /** Whether the fault is probably here: this node hears not even itself, or none of the others. */
  synchronized boolean isDeaf() {
    Set<String> silent = silent();
    int others = heard.size() - 1;
    return silent.contains(self) || (others > 0 && silent.size() >= others);
  }

  /** The largest difference between this node's wall clock and another's, in milliseconds. */
  public long clockSkewMillis() {
    return clocks.worstMillis();
  }

  /** Probes that this node has published. */
  public long sent() {
    return sent.sum();
  }

  /** Probes of this node that it has heard. */
  public long heardOfSelf() {
    return ofSelf.sum();
  }

  /** Probes of other nodes that this node has heard. */
  public long heardOfPeers() {
    return ofPeers.sum();
  }

  /** Probes that did not come although a later one of the same node did. */
  public long missed() {
    return missed.sum();
  }
}
