package io.stentor.admission;

import io.stentor.config.LimitOptions;
import io.stentor.config.Networks;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The limits of one node, and what is used of them. They may change while it runs: what is open
 * stays open, and from then on everything is held against the new ones. Any thread.
 */
public final class Limits {

  /** So many seconds' worth of a rate may be taken at once. */
  public static final int BURST_SECONDS = 2;

  /** So many refused connections are told why in a second; what comes beyond is cut. */
  static final int TOLD_PER_SECOND = 100;

  /**
   * What is configured, and what was made of it. Replaced as a whole.
   *
   * @param trusted what {@code trustedProxies} names
   */
  private record Held(LimitOptions options, Networks trusted) {
    Held(LimitOptions options) {
      this(options, new Networks(options.trustedProxies()));
    }
  }

  private volatile Held held;
  private final LongSupplier nanoTime;
  private final LimitHits hits;
  private final RoomRates roomRates;
  private final Rate arrivals;
  private final Rate told;
  private final Map<ClientNetwork, Usage> sources = new ConcurrentHashMap<>();
  private final AtomicInteger open = new AtomicInteger();

  /** Limits of which nothing is used. */
  public Limits(LimitOptions options) {
    this(options, System::nanoTime);
  }

  Limits(LimitOptions options, LongSupplier nanoTime) {
    this.held = new Held(options);
    this.nanoTime = nanoTime;
    this.hits = new LimitHits(nanoTime, this::isDryRun);
    this.roomRates = new RoomRates(this);
    this.arrivals = new Rate(BURST_SECONDS, nanoTime());
    this.told = new Rate(BURST_SECONDS, nanoTime());
  }

  /** No limits, for what stands alone. */
  public static Limits none() {
    return new Limits(
        new LimitOptions(
            false, List.of(), "X-Forwarded-For", 0, 0, 0, 0, 0, 0, 0, 0, 8192, 0, 0, 0));
  }

  /** What is configured at this moment. */
  public LimitOptions options() {
    return held.options();
  }

  /**
   * From now on other limits hold. Who is over one of them already stays; what somebody has used of
   * a rate stays used.
   */
  public void change(LimitOptions next) {
    held = new Held(next);
  }

  /** Who met which limit. */
  public LimitHits hits() {
    return hits;
  }

  /** The rates of the rooms. */
  public RoomRates roomRates() {
    return roomRates;
  }

  /** Whether limits are only counted. */
  public boolean isDryRun() {
    return options().dryRun();
  }

  long nanoTime() {
    return nanoTime.getAsLong();
  }

  /** What a limit allows at this moment, for those that are configured here. */
  public int allowed(Limit limit) {
    return limit.allowed(options());
  }

  /** Counts a limit that was met. */
  public void met(Limit limit, @Nullable Object who) {
    hits.add(limit, allowed(limit), String.valueOf(who));
  }

  /** Whether an address is that of a proxy, which says itself whom it speaks for. */
  public boolean isTrusted(@Nullable InetAddress peer) {
    return peer == null || held.trusted().contain(peer);
  }

  /**
   * A connection has come.
   *
   * @param peer null for a socket that has no address
   */
  public Ticket arrive(@Nullable InetAddress peer) {
    LimitOptions options = options();
    Usage usage = isTrusted(peer) || peer == null ? null : entered(ClientNetwork.of(peer));
    int all = open.incrementAndGet();
    Limit met = usage == null ? null : arrivalMet(usage, options);
    if (met == null && isOver(all, options.connections())) {
      met = Limit.CONNECTIONS;
    }
    if (met != null) {
      met(met, usage == null ? peer : usage);
    }
    Limit refusedBy = options.dryRun() ? null : met;
    boolean cut = refusedBy != null && told.tryTake(1, TOLD_PER_SECOND, nanoTime()) > 0;
    return new Ticket(usage, refusedBy, cut, () -> ended(usage));
  }

  private @Nullable Limit arrivalMet(Usage usage, LimitOptions options) {
    if (isOver(usage.connections.get(), options.connectionsPerAddress())) {
      return Limit.CONNECTIONS_PER_ADDRESS;
    }
    int perSecond = options.connectionsPerSecondPerAddress();
    return usage.arrivals.tryTake(1, perSecond, nanoTime()) > 0
        ? Limit.CONNECTIONS_PER_SECOND_PER_ADDRESS
        : null;
  }

  private void ended(@Nullable Usage usage) {
    open.decrementAndGet();
    if (usage != null) {
      usage.connections.decrementAndGet();
    }
  }

  /** A request has come by a proxy from this source; it counts as a connection while it lasts. */
  public Ticket enter(ClientNetwork source) {
    LimitOptions options = options();
    Usage usage = entered(source);
    Limit met = null;
    if (isOver(usage.connections.get(), options.connectionsPerAddress())) {
      met = Limit.CONNECTIONS_PER_ADDRESS;
      met(met, usage);
    }
    return new Ticket(
        usage, options.dryRun() ? null : met, false, () -> usage.connections.decrementAndGet());
  }

  private Usage entered(ClientNetwork source) {
    Usage entered =
        sources.compute(
            source,
            (s, known) -> {
              Usage usage = known != null ? known : new Usage(s, nanoTime());
              usage.connections.incrementAndGet();
              return usage;
            });
    return entered;
  }

  private static boolean isOver(int number, int limit) {
    return limit != 0 && number > limit;
  }

  /**
   * Counts a connection that was let in for the node as a whole.
   *
   * @return for how many nanoseconds no connection should be accepted; mostly 0
   */
  public long acceptPauseNanos() {
    LimitOptions options = options();
    long wait = arrivals.take(1, options.connectionsPerSecond(), nanoTime());
    if (wait > 0) {
      met(Limit.CONNECTIONS_PER_SECOND, "the node");
    }
    return options.dryRun() ? 0 : wait;
  }

  /** The pace of a new connection. */
  public ConnectionRate pace(@Nullable Usage usage) {
    return new ConnectionRate(this, usage);
  }

  /**
   * Takes messages, or a request, of an address if there is room for them.
   *
   * @param usage null for whom nothing is counted
   * @return 0 where they were taken; else after how many nanoseconds they could be
   */
  public long tryTake(@Nullable Usage usage, int messages) {
    LimitOptions options = options();
    int perSecond = options.messagesPerSecondPerAddress();
    long wait = usage == null ? 0 : usage.messages.tryTake(messages, perSecond, nanoTime());
    if (wait > 0) {
      met(Limit.MESSAGES_PER_SECOND_PER_ADDRESS, usage);
    }
    return options.dryRun() ? 0 : wait;
  }

  /**
   * Takes one request of an address for health or metrics if there is room for it.
   *
   * @param usage null for whom nothing is counted
   * @return 0 where it was taken; else after how many nanoseconds it could be
   */
  public long tryProbe(@Nullable Usage usage) {
    if (usage == null) {
      return 0;
    }
    int perSecond = allowed(Limit.PROBES_PER_SECOND_PER_ADDRESS);
    long wait = usage.probes.tryTake(1, perSecond, nanoTime());
    if (wait > 0) {
      met(Limit.PROBES_PER_SECOND_PER_ADDRESS, usage);
    }
    return isDryRun() ? 0 : wait;
  }

  /** Takes messages of an address that cannot be refused any more. */
  public void owe(Usage usage, int messages) {
    usage.messages.take(messages, options().messagesPerSecondPerAddress(), nanoTime());
  }

  /** Forgets who has used nothing of late. To be called now and then. */
  public void sweep() {
    long now = nanoTime();
    for (ClientNetwork source : sources.keySet()) {
      sources.computeIfPresent(source, (s, usage) -> usage.isIdle(now) ? null : usage);
    }
    roomRates.sweep(now);
  }

  /** Connections that are open. */
  public int open() {
    return open.get();
  }

  /** How many sources are known. */
  int sources() {
    return sources.size();
  }
}
