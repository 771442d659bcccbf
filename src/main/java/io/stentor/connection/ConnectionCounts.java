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

/** How many connections this node has and has had. Any thread. */
public final class ConnectionCounts {

  private static final class Count {
    final AtomicInteger open = new AtomicInteger();
    final LongAdder opened = new LongAdder();
  }

  private final Map<Transport, Count> counts = new EnumMap<>(Transport.class);
  private final ConnectionRegistries directories = new ConnectionRegistries();
  private final AtomicInteger open = new AtomicInteger();
  private final Map<Integer, LongAdder> closes = new ConcurrentHashMap<>();

  /** None yet. */
  public ConnectionCounts() {
    for (Transport transport : Transport.values()) {
      counts.put(transport, new Count());
    }
  }

  /** Which connections there are, by user. */
  public ConnectionRegistries directories() {
    return directories;
  }

  private Count count(Transport transport) {
    return Objects.requireNonNull(counts.get(transport));
  }

  /** Counts a new connection; returns how many are open. */
  public int opened(Transport transport) {
    Count count = count(transport);
    count.open.incrementAndGet();
    count.opened.increment();
    return open.incrementAndGet();
  }

  /**
   * Counts a connection that has ended; returns how many are open.
   *
   * @param reason why this node closed it; null where it did not
   */
  public int closed(Transport transport, @Nullable CloseReason reason) {
    if (reason != null) {
      closes.computeIfAbsent(reason.code(), code -> new LongAdder()).increment();
    }
    count(transport).open.decrementAndGet();
    return open.decrementAndGet();
  }

  /** Connections that are open now. */
  public int open() {
    return open.get();
  }

  /** Connections of this kind that are open now. */
  public int open(Transport transport) {
    return count(transport).open.get();
  }

  /** Connections of this kind that there have been. */
  public long total(Transport transport) {
    return count(transport).opened.sum();
  }

  /** The codes that this node has closed connections with. */
  public Set<Integer> closeCodes() {
    return Set.copyOf(closes.keySet());
  }

  /** Connections that this node has closed with a code. */
  public long closes(int code) {
    LongAdder count = closes.get(code);
    return count == null ? 0 : count.sum();
  }
}
