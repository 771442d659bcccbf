package io.stentor.connection;

import io.stentor.message.CloseReason;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts this node's connections, by transport and close code. Any thread. */
public final class ConnectionCounts {

  private static final class Count {
    final AtomicInteger open = new AtomicInteger();
    final LongAdder opened = new LongAdder();
  }

  private final Map<Transport, Count> counts = new EnumMap<>(Transport.class);
  private final ConnectionRegistries registries = new ConnectionRegistries();
  private final AtomicInteger open = new AtomicInteger();
  private final Map<Integer, LongAdder> closes = new ConcurrentHashMap<>();

  /** Creates counters that are all zero. */
  public ConnectionCounts() {
    for (Transport transport : Transport.values()) {
      counts.put(transport, new Count());
    }
  }

  /** Returns the registries of the connections themselves, by user. */
  public ConnectionRegistries registries() {
    return registries;
  }

  private Count count(Transport transport) {
    return Objects.requireNonNull(counts.get(transport));
  }

  /** Counts a new connection. Returns the number of open connections of all transports. */
  public int opened(Transport transport) {
    Count count = count(transport);
    count.open.incrementAndGet();
    count.opened.increment();
    return open.incrementAndGet();
  }

  /**
   * Counts a connection that has ended. Returns the number of open connections of all transports.
   *
   * @param reason why this node closed it; null if this node did not close it
   */
  public int closed(Transport transport, @Nullable CloseReason reason) {
    if (reason != null) {
      closes.computeIfAbsent(reason.code(), code -> new LongAdder()).increment();
    }
    count(transport).open.decrementAndGet();
    return open.decrementAndGet();
  }

  public int open() {
    return open.get();
  }

  public int open(Transport transport) {
    return count(transport).open.get();
  }

  /** Returns the number of connections of a transport opened since startup. */
  public long total(Transport transport) {
    return count(transport).opened.sum();
  }

  /** Returns the close codes that this node has used. */
  public Set<Integer> closeCodes() {
    return Set.copyOf(closes.keySet());
  }

  /** Returns the number of connections that this node has closed with this code. */
  public long closes(int code) {
    LongAdder count = closes.get(code);
    return count == null ? 0 : count.sum();
  }
}
