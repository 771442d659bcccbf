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
 * Whether memory is left: the heap after its last collection, and the direct memory of the sockets'
 * buffers. Any thread.
 */
public final class Memory {

  /** What is fuller leaves no time to work. */
  private static final double FULL = 0.95;

  private final LongSupplier heapUsed;
  private final LongSupplier heapMax;
  private final LongSupplier directUsed;
  private final LongSupplier directMax;

  /** What uses of what; a maximum of 0 or less is none. */
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

  /** Of this process. */
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

  /** The largest pool of the heap after its last collection: where what lives long ends up. */
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

  /** Up while some is left. */
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
