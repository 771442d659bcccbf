package io.stentor.admission;

import io.stentor.config.LimitOptions;
import io.stentor.config.Networks;
import io.stentor.message.RoomName;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The limits of one node and their current usage. The limits may change at run time: open
 * connections stay open, and everything that follows is checked against the new limits. Any thread.
 */
public final class Limits {

  /** The size of a burst, in seconds of a rate. */
  static final int BURST_SECONDS = 2;

  /**
   * Maximum number of refused connections per second that get a response; further ones are reset.
   */
  static final int ANSWERED_PER_SECOND = 100;

  /**
   * The options and what is derived from them. Replaced as a whole.
   *
   * @param trusted the networks of {@code trustedProxies}
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

  /** The rate of new connections of the node. */
  private final Rate accepts;

  /** The rate of responses to refused connections. */
  private final Rate answered;

  private final Map<ClientNetwork, Usage> clients = new ConcurrentHashMap<>();
  private final AtomicInteger open = new AtomicInteger();

  /** Creates limits without any usage. */
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
    return new Limits(LimitOptions.none());
  }

  /** Returns the current options. */
  public LimitOptions options() {
    return configured.options();
  }

  /**
   * Replaces the limits. Connections beyond a new limit stay open, and rates keep their current
   * usage.
   */
  public void change(LimitOptions next) {
    configured = new Configured(next);
  }

  /** Returns the counters of limits that were reached. */
  public LimitHits hits() {
    return hits;
  }

  /** Returns the rates of the rooms. */
  public RoomRates roomRates() {
    return rooms;
  }

  /** Returns whether limits are only counted and not enforced. */
  public boolean isDryRun() {
    return options().dryRun();
  }

  private long nanoTime() {
    return nanoTime.getAsLong();
  }

  /** Returns the current value of a limit that is an option. */
  public int allowed(Limit limit) {
    return limit.allowed(options());
  }

  /** Counts and logs that a limit was reached. */
  public void hit(Limit limit, @Nullable Object who) {
    hits.add(limit, allowed(limit), String.valueOf(who));
  }

  /**
   * Returns whether an address belongs to a proxy that is trusted to report its clients' addresses.
   */
  boolean isTrusted(@Nullable InetAddress peer) {
    return peer == null || configured.trusted().contain(peer);
  }

  /**
   * Counts an accepted connection.
   *
   * @param peer null for a socket without an address
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

  /**
   * Counts a request that a proxy forwards for a client. It counts as a connection while it lasts.
   */
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
   * Counts a connection for the node's rate.
   *
   * @return how long to pause accepting, in nanoseconds; usually 0
   */
  long acceptPauseNanos() {
    LimitOptions options = options();
    long wait = accepts.take(1, options.connectionsPerSecond(), nanoTime());
    if (wait > 0) {
      hit(Limit.CONNECTIONS_PER_SECOND, "the node");
    }
    return options.dryRun() ? 0 : wait;
  }

  /** Creates the rate limiter of a new connection. */
  ConnectionRate connectionRate(@Nullable Usage usage) {
    return new ConnectionRate(usage);
  }

  /** Creates the rate limiter of a new connection whose messages arrive as requests. */
  public PostRate postRate() {
    return new PostRate();
  }

  /**
   * Charges messages, or a request, to the rate of a client if it allows them.
   *
   * @param usage null if nothing is counted
   * @return 0 if they were accepted; otherwise the time until they could be, in nanoseconds
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
   * Charges a request for health or metrics to the rate of a client if it allows it.
   *
   * @param usage null if nothing is counted
   * @return 0 if it was accepted; otherwise the time until it could be, in nanoseconds
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

  /** Charges messages to the rate of a client whose messages can no longer be refused. */
  void charge(Usage usage, int messages) {
    usage.messages.take(messages, options().messagesPerSecondPerAddress(), nanoTime());
  }

  /** Removes idle clients and rooms. Must be called periodically. */
  public void sweep() {
    long now = nanoTime();
    for (ClientNetwork client : clients.keySet()) {
      clients.computeIfPresent(client, (c, usage) -> usage.isIdle(now) ? null : usage);
    }
    rooms.rates.values().removeIf(rate -> rate.isFull(now));
  }

  /** Returns the number of known clients. */
  int clients() {
    return clients.size();
  }

  private static Rate rate(long nowNanos) {
    return new Rate(BURST_SECONDS, nowNanos);
  }

  /** The usage of one client. Any thread. */
  static final class Usage {
    private final ClientNetwork client;
    private final AtomicInteger connections = new AtomicInteger();
    private final Rate accepts;
    private final Rate messages;

    /** Separate from messages, so that a flood of these does not make a node look dead. */
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

    /** Returns the client's address. */
    @Override
    public String toString() {
      return client.toString();
    }
  }

  /**
   * The admission or refusal of one connection, or of one proxied request. Must be released in any
   * case. Any thread.
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

    /** Returns the usage of its client; null if the client is unknown or trusted. */
    @Nullable Usage usage() {
      return usage;
    }

    /** Returns the limit by which it is refused; null if it is admitted. */
    @Nullable Limit refusedBy() {
      return refusedBy;
    }

    /** Returns whether it is reset without a response, because too many are refused. */
    boolean isCut() {
      return cut;
    }

    /** Releases the permit. Must be called when the connection or request has ended. Idempotent. */
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

  /** The rate limiter of one connection: its own rate and that of its client. One thread. */
  public final class ConnectionRate {
    private final @Nullable Usage usage;

    /** The time at which the connection's own bucket will be full; see {@link Rate}. */
    private long fullAt = nanoTime();

    private boolean slowed;

    private ConnectionRate(@Nullable Usage usage) {
      this.usage = usage;
    }

    /**
     * Charges one frame.
     *
     * @param who describes the connection in log lines
     * @return how long to pause reading, in nanoseconds; usually 0
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
   * The rate limiter of a connection whose messages arrive as requests. Reading them cannot be
   * slowed down, so a request is accepted or refused as a whole. Any thread.
   */
  public final class PostRate {
    private final Rate rate = rate(nanoTime());

    private PostRate() {}

    /**
     * Charges the messages of one request, unless earlier requests have used up the rate. Messages
     * beyond the rate delay later requests.
     *
     * @param messages at least 1
     * @param who describes the connection in log lines
     * @return 0 if they were accepted; otherwise the time until a request would be, in nanoseconds
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

  /** The rates at which this node's clients publish to rooms. Any thread. */
  public final class RoomRates {
    private final Map<RoomName, Rate> rates = new ConcurrentHashMap<>();

    private RoomRates() {}

    private Rate of(RoomName room, long now) {
      Rate known = rates.get(room);
      return known != null ? known : rates.computeIfAbsent(room, r -> rate(now));
    }

    /**
     * Charges a message that can no longer be refused.
     *
     * @param perSecond the room's option; 0 for no limit
     * @return how long the publisher should pause, in nanoseconds; usually 0
     */
    public long take(RoomName room, int perSecond) {
      if (perSecond == 0) {
        return 0;
      }
      long now = nanoTime();
      return counted(room, perSecond, of(room, now).take(1, perSecond, now));
    }

    /**
     * Charges a message if the rate allows it.
     *
     * @param perSecond the room's option; 0 for no limit
     * @return 0 if it was accepted; otherwise the time until it could be, in nanoseconds
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

    /** Returns the number of known rooms. */
    int size() {
      return rates.size();
    }
  }
}
