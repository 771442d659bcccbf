package io.stentor.cluster;

import com.hazelcast.cluster.Address;
import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import io.stentor.config.HostPort;
import io.stentor.timer.LoopExecutor;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.tracing.TracingPolicy;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detects, usually within 1.5 s and at most 2.5 s, that another node of the cluster cannot be
 * reached on the event bus, or does not reach this one. Belongs to one event loop, except where
 * stated.
 */
public final class BusReachability {

  /*
   * Every node publishes a heartbeat twice a second, with the names of the nodes whose heartbeats
   * arrive there. So a heartbeat that names this node proves both directions. A node whose
   * heartbeats stop, or no longer name this one, is unreachable.
   *
   * Time is counted in intervals of the event loop's own time: a loop that was stalled first reads
   * what has arrived meanwhile.
   */

  static final int INTERVAL_MILLIS = 500;

  /** Number of intervals without a heartbeat after which a node is unreachable. */
  static final int SILENT_INTERVALS = 4;

  /** Number of intervals without a heartbeat after which this node no longer names the sender. */
  private static final int UNHEARD_INTERVALS = 3;

  /** A node that has just joined neither publishes nor hears until it has started: 20 s. */
  static final int START_INTERVALS = 40;

  private static final String ADDRESS = "stentor.heartbeat";
  private static final String NODE = "node";
  private static final String HEARD = "heard";
  private static final Logger LOG = LoggerFactory.getLogger(BusReachability.class);

  /** Another node of the cluster. */
  private static final class Peer {
    /** Number of intervals since the node was seen in the cluster, until it is confirmed. */
    int newIntervals;

    /** Number of intervals since the last heartbeat. */
    int silentIntervals;

    /** Whether a heartbeat has ever arrived. */
    boolean known;

    /** Whether a heartbeat has ever named this node. */
    boolean confirmed;

    /** Whether the last heartbeat named this node. */
    boolean hearsUs;

    /** Number of intervals in which it has been unreachable; 0 if it is reachable. */
    int unreachableIntervals;

    boolean isReachable() {
      return confirmed
          ? hearsUs && silentIntervals < SILENT_INTERVALS
          : newIntervals < START_INTERVALS;
    }
  }

  private final String self;
  private final Supplier<Map<String, String>> members;
  private final Consumer<Boolean> changed;
  private final Map<String, Peer> peers = new HashMap<>();
  private volatile int unreachable;

  /**
   * Creates an instance that is not running.
   *
   * @param self this node's name
   * @param members the addresses of all nodes of the cluster, for display, by name; must not block
   * @param changed receives false when a first node has become unreachable, and true when no node
   *     is unreachable any more. Called on the loop
   */
  BusReachability(String self, Supplier<Map<String, String>> members, Consumer<Boolean> changed) {
    this.self = self;
    this.members = members;
    this.changed = changed;
  }

  /**
   * Creates the instance of a node of a cluster. It is not running.
   *
   * @param changed see the constructor
   */
  public static BusReachability of(HazelcastInstance hazelcast, Consumer<Boolean> changed) {
    String self = name(hazelcast.getCluster().getLocalMember());
    return new BusReachability(self, () -> members(hazelcast), changed);
  }

  private static Map<String, String> members(HazelcastInstance hazelcast) {
    Map<String, String> members = new TreeMap<>();
    for (Member member : hazelcast.getCluster().getMembers()) {
      Address address = member.getAddress();
      members.put(name(member), new HostPort(address.getHost(), address.getPort()).toString());
    }
    return members;
  }

  /** Returns a name that stays the same when a split cluster heals, unlike the member's id. */
  private static String name(Member member) {
    return String.valueOf(member.getAttribute(ClusteredVertx.NODE_ID));
  }

  /**
   * Registers on the event bus and then publishes heartbeats until Vert.x closes. Any thread.
   *
   * @return completes when the heartbeats of other nodes arrive
   */
  public Future<Void> start(Vertx vertx) {
    LoopExecutor loop = LoopExecutor.all(vertx).get(0);
    EventBus bus = vertx.eventBus();
    WireVersion wire = WireVersion.of(vertx);
    return BusConsumer.register(vertx, () -> bus.<JsonObject>consumer(ADDRESS, this::received))
        .onSuccess(
            registered -> loop.run(() -> loop.every(INTERVAL_MILLIS, () -> publish(bus, wire))));
  }

  private void publish(EventBus bus, WireVersion wire) {
    DeliveryOptions options = new DeliveryOptions().setTracingPolicy(TracingPolicy.IGNORE);
    bus.publish(ADDRESS, heartbeat(), wire.mark(options));
  }

  private void received(Message<JsonObject> message) {
    if (!WireVersion.isKnown(message)) {
      return;
    }
    JsonArray heard = message.body().getJsonArray(HEARD);
    received(message.body().getString(NODE), heard.contains(self));
  }

  /**
   * Records a heartbeat.
   *
   * @param hearsUs whether it names this node
   */
  void received(String node, boolean hearsUs) {
    if (node.equals(self)) {
      return;
    }
    Peer peer = peers.computeIfAbsent(node, name -> new Peer());
    peer.known = true;
    peer.silentIntervals = 0;
    peer.hearsUs = hearsUs;
    peer.confirmed |= hearsUs;
  }

  private JsonObject heartbeat() {
    return new JsonObject().put(NODE, self).put(HEARD, new JsonArray(List.copyOf(tick())));
  }

  /** Advances the time by one interval. Returns the names of the nodes that are heard. */
  Set<String> tick() {
    Map<String, String> present = members.get();
    Set<String> heard = new TreeSet<>();
    int count = 0;
    for (String node : present.keySet()) {
      if (!node.equals(self)) {
        peers.computeIfAbsent(node, name -> new Peer());
      }
    }
    Iterator<Map.Entry<String, Peer>> all = peers.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<String, Peer> entry = all.next();
      Peer peer = entry.getValue();
      String address = present.get(entry.getKey());
      if (address == null) {
        all.remove();
        continue;
      }
      peer.silentIntervals++;
      peer.newIntervals += peer.confirmed ? 0 : 1;
      if (peer.known && peer.silentIntervals < UNHEARD_INTERVALS) {
        heard.add(entry.getKey());
      }
      count += note(peer, address);
    }
    tell(count);
    return heard;
  }

  /** Returns 1 if the peer is unreachable, otherwise 0. */
  private static int note(Peer peer, String address) {
    if (!peer.isReachable()) {
      if (peer.unreachableIntervals++ == 0) {
        LOG.warn(
            "node {} cannot be reached on the event bus, or does not reach this node;"
                + " messages are read from the logs until it can",
            address);
      }
      return 1;
    }
    if (peer.unreachableIntervals > 0) {
      LOG.info(
          "node {} is reached on the event bus again, after {} s",
          address,
          (peer.unreachableIntervals * INTERVAL_MILLIS + 500) / 1000);
      peer.unreachableIntervals = 0;
    }
    return 0;
  }

  private void tell(int count) {
    boolean wasWhole = unreachable == 0;
    unreachable = count;
    if (wasWhole != (count == 0)) {
      changed.accept(count == 0);
    }
  }

  /** Returns the number of nodes that are unreachable. Any thread. */
  public int unreachable() {
    return unreachable;
  }
}
