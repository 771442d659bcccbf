package io.stentor.admission;

import io.stentor.config.LimitOptions;
import io.stentor.config.Networks;
import io.stentor.message.RoomName;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The limits of one node, and what is used of them. They may change while it runs: what is open
 * stays open, and from then on everything is held against the new ones. Any thread.
 */
public final class Limits {

  /** Seconds' worth of a rate that may be taken at once. */
  static final int BURST_SECONDS = 2;

  /** So many refused connections a second get an answer; those beyond are cut. */
  static final int ANSWERED_PER_SECOND = 100;

  /**
   * What is configured, and what was made of it. Replaced as a whole.
   *
   * @param trusted what {@code trustedProxies} names
   */
  private record Configured(LimitOptions options, Networks trusted) {
    Configured(LimitOptions options) {
      this(options, new Networks(options.trustedProxies()));
    }
  }

  private volatile Configured configured;
  private final LongSupplier nanoTime;
  private final LimitHits hits;
  private final RoomRates rooms = new RoomRates();

  /** New connections of the node. */
  private final Rate accepts;

  /** Answers to refused connections. */
  private final Rate answered;

  private final Map<ClientNetwork, Usage> clients = new ConcurrentHashMap<>();
  private final AtomicInteger open = new AtomicInteger();

  /** Creates limits of which nothing is used. */
  public Limits(LimitOptions options) {
    this(options, System::nanoTime);
  }

  Limits(LimitOptions options, LongSupplier nanoTime) {
    this.configured = new Configured(options);
    this.nanoTime = nanoTime;
    this.hits = new LimitHits(nanoTime, this::isDryRun);
    this.accepts = rate(nanoTime());
    this.answered = rate(nanoTime());
  }

  /** Creates limits that allow everything. */
  public static Limits none() {
    return new Limits(
        new LimitOptions(
            false, List.of(), "X-Forwarded-For", 0, 0, 0, 0, 0, 0, 0, 0, 8192, 0, 0, 0));
  }

  /** What is configured at this moment. */
  public LimitOptions options() {
    return configured.options();
  }

  /**
   * Replaces the limits. Connections that are over one of the new ones stay; what was used of a
   * rate stays used.
   */
  public void change(LimitOptions next) {
    configured = new Configured(next);
  }

  /** Counts of the limits that were hit. */
  public LimitHits hits() {
    return hits;
  }

  /** The rates of the rooms. */
  public RoomRates roomRates() {
    return rooms;
  }

  /** Whether limits are only counted. */
  public boolean isDryRun() {
    return options().dryRun();
  }

  private long nanoTime() {
    return nanoTime.getAsLong();
  }

  /** What a limit allows at this moment, for those that are configured here. */
  public int allowed(Limit limit) {
    return limit.allowed(options());
  }

  /** Counts and logs that a limit was hit. */
  public void hit(Limit limit, @Nullable Object who) {
    hits.add(limit, allowed(limit), String.valueOf(who));
  }

  /** Whether an address is that of a proxy, which is trusted to report the client's address. */
  boolean isTrusted(@Nullable InetAddress peer) {
    return peer == null || configured.trusted().contain(peer);
  }

  /**
   * Counts a connection that was accepted.
   *
   * @param peer null for a socket that has no address
   */
  Permit accept(@Nullable InetAddress peer) {
    LimitOptions options = options();
    Usage usage = peer == null || isTrusted(peer) ? null : connected(ClientNetwork.of(peer));
    int all = open.incrementAndGet();
    Limit hit = usage == null ? null : limitOfAddress(usage, options);
    if (hit == null && isOver(all, options.connections())) {
      hit = Limit.CONNECTIONS;
    }
    if (hit != null) {
      hit(hit, usage == null ? peer : usage);
    }
    Limit refusedBy = options.dryRun() ? null : hit;
    boolean cut = refusedBy != null && answered.tryTake(1, ANSWERED_PER_SECOND, nanoTime()) > 0;
    return new Permit(usage, refusedBy, cut, open);
  }

  private @Nullable Limit limitOfAddress(Usage usage, LimitOptions options) {
    if (isOver(usage.connections.get(), options.connectionsPerAddress())) {
      return Limit.CONNECTIONS_PER_ADDRESS;
    }
    int perSecond = options.connectionsPerSecondPerAddress();
    return usage.accepts.tryTake(1, perSecond, nanoTime()) > 0
        ? Limit.CONNECTIONS_PER_SECOND_PER_ADDRESS
        : null;
  }

  /** Counts a request that a proxy has sent for a client; it is a connection while it lasts. */
  Permit acceptProxied(InetAddress client) {
    LimitOptions options = options();
    Usage usage = connected(ClientNetwork.of(client));
    Limit hit = null;
    if (isOver(usage.connections.get(), options.connectionsPerAddress())) {
      hit = Limit.CONNECTIONS_PER_ADDRESS;
      hit(hit, usage);
    }
    return new Permit(usage, options.dryRun() ? null : hit, false, null);
  }

  private Usage connected(ClientNetwork client) {
    return clients.compute(
        client,
        (c, known) -> {
          Usage usage = known != null ? known : new Usage(c, nanoTime());
          usage.connections.incrementAndGet();
          return usage;
        });
  }

  private static boolean isOver(int number, int limit) {
    return limit != 0 && number > limit;
  }

  /**
   * Counts a connection for the node as a whole.
   *
   * @return for how many nanoseconds no connection should be accepted; mostly 0
   */
  long acceptPauseNanos() {
    LimitOptions options = options();
    long wait = accepts.take(1, options.connectionsPerSecond(), nanoTime());
    if (wait > 0) {
      hit(Limit.CONNECTIONS_PER_SECOND, "the node");
    }
    return options.dryRun() ? 0 : wait;
  }

  /** The rate of a new connection. */
  ConnectionRate connectionRate(@Nullable Usage usage) {
    return new ConnectionRate(usage);
  }

  /** The rate of a new connection whose messages are posted by requests. */
  public PostRate postRate() {
    return new PostRate();
  }

  /**
   * Takes messages, or a request, from the rate of a client, if it allows them.
   *
   * @param usage null if nothing is counted
   * @return 0 if they were taken; else after how many nanoseconds they could be
   */
  long tryTake(@Nullable Usage usage, int messages) {
    LimitOptions options = options();
    int perSecond = options.messagesPerSecondPerAddress();
    long wait = usage == null ? 0 : usage.messages.tryTake(messages, perSecond, nanoTime());
    if (wait > 0) {
      hit(Limit.MESSAGES_PER_SECOND_PER_ADDRESS, usage);
    }
    return options.dryRun() ? 0 : wait;
  }

  /**
   * Takes one request for health or metrics from the rate of a client, if it allows that.
   *
   * @param usage null if nothing is counted
   * @return 0 if it was taken; else after how many nanoseconds it could be
   */
  long tryProbe(@Nullable Usage usage) {
    if (usage == null) {
      return 0;
    }
    int perSecond = allowed(Limit.PROBES_PER_SECOND_PER_ADDRESS);
    long wait = usage.probes.tryTake(1, perSecond, nanoTime());
    if (wait > 0) {
      hit(Limit.PROBES_PER_SECOND_PER_ADDRESS, usage);
    }
    return isDryRun() ? 0 : wait;
  }

  /** Takes messages from the rate of a client that cannot be refused any more. */
  void charge(Usage usage, int messages) {
    usage.messages.take(messages, options().messagesPerSecondPerAddress(), nanoTime());
  }

  /** Forgets clients and rooms that have used nothing of late. To be called now and then. */
  public void sweep() {
    long now = nanoTime();
    for (ClientNetwork client : clients.keySet()) {
      clients.computeIfPresent(client, (c, usage) -> usage.isIdle(now) ? null : usage);
    }
    rooms.rates.values().removeIf(rate -> rate.isFull(now));
  }

  /** Number of known clients. */
  int clients() {
    return clients.size();
  }

  private static Rate rate(long nowNanos) {
    return new Rate(BURST_SECONDS, nowNanos);
  }

  /** What one client uses. Any thread. */
  static final class Usage {
    private final ClientNetwork client;
    private final AtomicInteger connections = new AtomicInteger();
    private final Rate accepts;
    private final Rate messages;

    /** Apart from messages, so that a flood of these does not make a node look dead. */
    private final Rate probes;

    private Usage(ClientNetwork client, long nowNanos) {
      this.client = client;
      this.accepts = rate(nowNanos);
      this.messages = rate(nowNanos);
      this.probes = rate(nowNanos);
    }

    private boolean isIdle(long nowNanos) {
      return connections.get() == 0
          && accepts.isFull(nowNanos)
          && messages.isFull(nowNanos)
          && probes.isFull(nowNanos);
    }

    /** The client's address. */
    @Override
    public String toString() {
      return client.toString();
    }
  }

  /**
   * The place of one connection, or of one request behind a proxy, or that there is none for it. To
   * be released in any case. Any thread.
   */
  static final class Permit {
    private final @Nullable Usage usage;
    private final @Nullable Limit refusedBy;
    private final boolean cut;
    private final @Nullable AtomicInteger ofNode;
    private final AtomicBoolean released = new AtomicBoolean();

    private Permit(
        @Nullable Usage usage,
        @Nullable Limit refusedBy,
        boolean cut,
        @Nullable AtomicInteger ofNode) {
      this.usage = usage;
      this.refusedBy = refusedBy;
      this.cut = cut;
      this.ofNode = ofNode;
    }

    /** What its client uses; null if the client is unknown or trusted. */
    @Nullable Usage usage() {
      return usage;
    }

    /** The limit that leaves no place; null if there is one. */
    @Nullable Limit refusedBy() {
      return refusedBy;
    }

    /** Whether so many are refused that this one does not even get an answer. */
    boolean isCut() {
      return cut;
    }

    /** The connection or request has ended. Idempotent. */
    void release() {
      if (released.compareAndSet(false, true)) {
        if (ofNode != null) {
          ofNode.decrementAndGet();
        }
        if (usage != null) {
          usage.connections.decrementAndGet();
        }
      }
    }
  }

  /** How fast one connection may send: at its own rate and at that of its client. One thread. */
  public final class ConnectionRate {
    private final @Nullable Usage usage;

    /** When the connection's own bucket will be full, see {@link Rate}. */
    private long fullAt = nanoTime();

    private boolean slowed;

    private ConnectionRate(@Nullable Usage usage) {
      this.usage = usage;
    }

    /**
     * Takes one frame.
     *
     * @param who names the connection to people
     * @return for how many nanoseconds nothing more should be read; mostly 0
     */
    public long take(Object who) {
      LimitOptions options = options();
      long now = nanoTime();
      long own = takeOwn(options.messagesPerSecondPerConnection(), now);
      long shared =
          usage == null ? 0 : usage.messages.take(1, options.messagesPerSecondPerAddress(), now);
      long wait = Math.max(own, shared);
      if (wait > 0 && !slowed) {
        hit(
            own >= shared
                ? Limit.MESSAGES_PER_SECOND_PER_CONNECTION
                : Limit.MESSAGES_PER_SECOND_PER_ADDRESS,
            own >= shared ? who : usage);
      }
      slowed = wait > 0;
      return options.dryRun() ? 0 : wait;
    }

    private long takeOwn(int perSecond, long now) {
      if (perSecond == 0) {
        return 0;
      }
      fullAt = now + Math.max(0, fullAt - now) + 1_000_000_000L / perSecond;
      return Math.max(0, fullAt - now - BURST_SECONDS * 1_000_000_000L);
    }
  }

  /**
   * How fast one connection may send by requests. Reading them cannot be slowed down, so they are
   * taken as a whole or refused. Any thread.
   */
  public final class PostRate {
    private final Rate rate = rate(nanoTime());

    private PostRate() {}

    /**
     * Takes the messages of one request, unless requests before have used up the rate. Messages
     * beyond the rate delay the requests that follow.
     *
     * @param messages at least 1
     * @param who names the connection to people
     * @return 0 if they were taken; else after how many nanoseconds a request would be
     */
    public long tryTake(int messages, Object who) {
      LimitOptions options = options();
      int perSecond = options.messagesPerSecondPerConnection();
      long wait = rate.tryTakeFrom(messages, perSecond, nanoTime());
      if (wait > 0) {
        hit(Limit.MESSAGES_PER_SECOND_PER_CONNECTION, who);
      }
      return options.dryRun() ? 0 : wait;
    }
  }

  /** How fast each room is published to on this node. Any thread. */
  public final class RoomRates {
    private final Map<RoomName, Rate> rates = new ConcurrentHashMap<>();

    private RoomRates() {}

    private Rate of(RoomName room, long now) {
      Rate known = rates.get(room);
      return known != null ? known : rates.computeIfAbsent(room, r -> rate(now));
    }

    /**
     * Takes a message that cannot be refused any more.
     *
     * @param perSecond the room's option; 0 for no limit
     * @return for how many nanoseconds its publisher should publish nothing more; mostly 0
     */
    public long take(RoomName room, int perSecond) {
      if (perSecond == 0) {
        return 0;
      }
      long now = nanoTime();
      return counted(room, perSecond, of(room, now).take(1, perSecond, now));
    }

    /**
     * Takes a message if the rate allows it.
     *
     * @param perSecond the room's option; 0 for no limit
     * @return 0 if it was taken; else after how many nanoseconds it could be
     */
    public long tryTake(RoomName room, int perSecond) {
      if (perSecond == 0) {
        return 0;
      }
      long now = nanoTime();
      return counted(room, perSecond, of(room, now).tryTake(1, perSecond, now));
    }

    private long counted(RoomName room, int perSecond, long wait) {
      if (wait > 0) {
        hits.add(Limit.RATE_PER_SECOND, perSecond, "room " + room.value());
      }
      return isDryRun() ? 0 : wait;
    }

    /** Number of known rooms. */
    int size() {
      return rates.size();
    }
  }
}
