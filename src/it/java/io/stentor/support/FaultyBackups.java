package io.stentor.support;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.nio.Packet;
import com.hazelcast.map.impl.operation.MapOperation;
import com.hazelcast.spi.impl.NodeEngineImpl;
import com.hazelcast.spi.impl.PacketDispatcher;
import com.hazelcast.spi.impl.operationservice.impl.operations.Backup;
import io.stentor.Main;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Loses, delays and repeats the steps by which a node's copies of logs follow the logs, as they
 * come in from other nodes. Nothing else is touched, and what is lost is not confirmed. Any thread.
 */
public final class FaultyBackups implements Consumer<Packet> {

  /** Names the file that, while it exists, makes the steps towards a process faulty. */
  private static final String SWITCH = "stentor.test.faultyBackups";

  private static final String LOGS = "stentor.history";
  private static final long MAX_DELAY_MILLIS = 200;

  private final NodeEngineImpl engine;
  private final Consumer<Packet> real;
  private final Random random;
  private final AtomicInteger loseNext = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();
  private final ScheduledExecutorService later =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "faulty-backups");
            thread.setDaemon(true);
            return thread;
          });
  private volatile int percentOfEach;

  private FaultyBackups(NodeEngineImpl engine, Consumer<Packet> real, Random random) {
    this.engine = engine;
    this.real = real;
    this.random = random;
  }

  /** Stands between the network and this member from now on, and changes nothing yet. */
  public static FaultyBackups on(HazelcastInstance member, long seed) {
    return between(member, new Random(seed));
  }

  private static FaultyBackups between(HazelcastInstance member, Random random) {
    NodeEngineImpl engine = ((HazelcastInstanceProxy) member).getOriginal().node.getNodeEngine();
    try {
      Field field = PacketDispatcher.class.getDeclaredField("operationExecutor");
      field.setAccessible(true);
      Object dispatcher = engine.getPacketDispatcher();
      @SuppressWarnings("unchecked")
      Consumer<Packet> real = (Consumer<Packet>) field.get(dispatcher);
      FaultyBackups faulty = new FaultyBackups(engine, real, random);
      field.set(dispatcher, faulty);
      return faulty;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How a process with this double is started. Its faults are on while the file exists. */
  public static Launch in(Launch launch, Path file) {
    return launch.withMain(FaultyBackups.class).withJvm("-D" + SWITCH + "=" + file);
  }

  /** Starts a node whose faults are on while a file exists: one step in 25 has each of them. */
  public static void main(String[] args) {
    Path file = Path.of(System.getProperty(SWITCH));
    Thread installer =
        new Thread(
            () -> {
              while (Hazelcast.getAllHazelcastInstances().isEmpty()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
              }
              HazelcastInstance member = Hazelcast.getAllHazelcastInstances().iterator().next();
              FaultyBackups faulty = between(member, new Random());
              while (member.getLifecycleService().isRunning()) {
                faulty.percentOfEach(Files.exists(file) ? 4 : 0);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
              }
            });
    installer.setDaemon(true);
    installer.start();
    Main.main(args);
  }

  /** Loses so many steps, the next ones. */
  public void loseNext(int count) {
    loseNext.set(count);
  }

  /** So many steps of a hundred are lost, as many are late, and as many come twice. */
  public void percentOfEach(int percent) {
    percentOfEach = percent;
  }

  /** How many were lost. */
  public int lost() {
    return lost.get();
  }

  @Override
  public void accept(Packet packet) {
    if ((percentOfEach == 0 && loseNext.get() == 0) || !isStep(packet)) {
      real.accept(packet);
      return;
    }
    int drawn;
    synchronized (random) {
      drawn = random.nextInt(100);
    }
    if (loseNext.getAndUpdate(left -> Math.max(0, left - 1)) > 0 || drawn < percentOfEach) {
      lost.incrementAndGet();
    } else if (drawn < 2 * percentOfEach) {
      long millis = 1 + drawn * MAX_DELAY_MILLIS / 100;
      later.schedule(() -> real.accept(packet), millis, TimeUnit.MILLISECONDS);
    } else if (drawn < 3 * percentOfEach) {
      real.accept(packet);
      real.accept(packet);
    } else {
      real.accept(packet);
    }
  }

  private boolean isStep(Packet packet) {
    return engine.toObject(packet) instanceof Backup backup
        && backup.getBackupOp() instanceof MapOperation operation
        && operation.getName().equals(LOGS);
  }
}
