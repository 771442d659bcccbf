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

  /** Creates counts of zero. */
  public ConnectionCounts() {
    for (Transport transport : Transport.values()) {
      counts.put(transport, new Count());
    }
  }

  /** The connections themselves, by user. */
  public ConnectionRegistries registries() {
    return registries;
  }

  private Count count(Transport transport) {
    return Objects.requireNonNull(counts.get(transport));
  }

  /** Counts a new connection. Returns the number of open ones. */
  public int opened(Transport transport) {
    Count count = count(transport);
    count.open.incrementAndGet();
    count.opened.increment();
    return open.incrementAndGet();
  }

  /**
   * Counts a connection that has ended. Returns the number of open ones.
   *
   * @param reason why this node closed it; null if it did not
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

  /** Returns the number of connections opened since the start. */
  public long total(Transport transport) {
    return count(transport).opened.sum();
  }

  /** Returns the codes with which this node has closed connections. */
  public Set<Integer> closeCodes() {
    return Set.copyOf(closes.keySet());
  }

  /** Returns the number of connections that this node has closed with a code. */
  public long closes(int code) {
    LongAdder count = closes.get(code);
    return count == null ? 0 : count.sum();
  }
}
