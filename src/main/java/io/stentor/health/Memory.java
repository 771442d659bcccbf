package io.stentor.health;

import io.netty.util.internal.PlatformDependent;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.healthchecks.Status;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.function.LongSupplier;

/**
 * Checks whether memory is available: the heap after its last collection, and the direct memory of
 * the socket buffers. Thread-safe.
 */
public final class Memory {

  /** Above this fraction, garbage collection leaves no time for work. */
  private static final double FULL = 0.95;

  private final LongSupplier heapUsed;
  private final LongSupplier heapMax;
  private final LongSupplier directUsed;
  private final LongSupplier directMax;

  /** Creates a check of the given figures, in bytes. A maximum of 0 or less means no limit. */
  public Memory(
      LongSupplier heapUsed,
      LongSupplier heapMax,
      LongSupplier directUsed,
      LongSupplier directMax) {
    this.heapUsed = heapUsed;
    this.heapMax = heapMax;
    this.directUsed = directUsed;
    this.directMax = directMax;
  }

  /** Creates a check of this process. */
  public static Memory ofProcess() {
    return new Memory(
        () -> oldest(MemoryUsage::getUsed),
        () -> oldest(MemoryUsage::getMax),
        PlatformDependent::usedDirectMemory,
        PlatformDependent::maxDirectMemory);
  }

  private interface Figure {
    long of(MemoryUsage usage);
  }

  /**
   * Returns a figure of the largest heap pool after its last collection: the pool of long-lived
   * objects.
   */
  private static long oldest(Figure figure) {
    long largest = -1;
    long answer = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      MemoryUsage usage = pool.getType() == MemoryType.HEAP ? pool.getCollectionUsage() : null;
      if (usage != null && usage.getMax() > largest) {
        largest = usage.getMax();
        answer = figure.of(usage);
      }
    }
    return answer;
  }

  /** Returns OK while memory is available. */
  Status status() {
    long heap = heapUsed.getAsLong();
    long most = heapMax.getAsLong();
    long direct = directUsed.getAsLong();
    long mostDirect = directMax.getAsLong();
    boolean left = !full(heap, most) && !full(direct, mostDirect);
    JsonObject data =
        new JsonObject()
            .put("heapBytesAfterCollection", heap)
            .put("heapMaxBytes", most)
            .put("directBytes", direct)
            .put("directMaxBytes", mostDirect);
    return left ? Status.OK(data) : Status.KO(data);
  }

  private static boolean full(long used, long max) {
    return max > 0 && used > FULL * max;
  }
}
