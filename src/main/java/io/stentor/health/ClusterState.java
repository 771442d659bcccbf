package io.stentor.health;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.Vertx;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Whether this node is in its cluster and every log of the cluster is on a second node. Asking for
 * the latter takes the other nodes' answers, so it is asked every two seconds on a worker thread,
 * and what is told is what was seen last. Any thread.
 */
public final class ClusterState {

  private static final int LOOK_MILLIS = 2000;

  /**
   * How long logs may be without their copy before this node calls itself unfit: while the copies
   * of a dead node are made again, the others go on serving, or nobody would.
   */
  public static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final BooleanSupplier running;
  private final BooleanSupplier copied;
  private final IntSupplier nodes;
  private final LongSupplier nanoTime;
  private final AtomicBoolean looking = new AtomicBoolean();
  private volatile boolean everSafe;
  private volatile boolean safe;
  private volatile long safeNanos;

  /**
   * A state that nobody has looked at.
   *
   * @param running whether this node is in the cluster; must not block
   * @param copied whether every log that this node owns has its copy; may block
   * @param nodes how many nodes there are; must not block
   */
  public ClusterState(
      BooleanSupplier running, BooleanSupplier copied, IntSupplier nodes, LongSupplier nanoTime) {
    this.running = running;
    this.copied = copied;
    this.nodes = nodes;
    this.nanoTime = nanoTime;
  }

  /** Of this instance; looked at as long as Vert.x runs. */
  public static ClusterState of(HazelcastInstance hazelcast, Vertx vertx) {
    ClusterState state =
        new ClusterState(
            () -> hazelcast.getLifecycleService().isRunning(),
            () -> hazelcast.getPartitionService().isLocalMemberSafe(),
            () -> hazelcast.getCluster().getMembers().size(),
            System::nanoTime);
    state.lookSoon(vertx);
    vertx.setPeriodic(LOOK_MILLIS, timer -> state.lookSoon(vertx));
    return state;
  }

  /** The names by which the nodes know each other. */
  public static Set<String> names(HazelcastInstance hazelcast) {
    return hazelcast.getCluster().getMembers().stream()
        .map(ClusterState::name)
        .collect(Collectors.toSet());
  }

  /** The name of this node. */
  public static String ownName(HazelcastInstance hazelcast) {
    return name(hazelcast.getCluster().getLocalMember());
  }

  /** Where the node of this name is reached, for people. */
  public static String address(HazelcastInstance hazelcast, String name) {
    return hazelcast.getCluster().getMembers().stream()
        .filter(member -> name(member).equals(name))
        .map(member -> member.getAddress().getHost() + ":" + member.getAddress().getPort())
        .findFirst()
        .orElse(name);
  }

  private static String name(Member member) {
    return member.getUuid().toString();
  }

  private void lookSoon(Vertx vertx) {
    if (looking.compareAndSet(false, true)) {
      vertx
          .executeBlocking(
              () -> {
                look();
                return true;
              },
              false)
          .onComplete(done -> looking.set(false));
    }
  }

  /** Looks; may block. What cannot be asked is not safe. */
  public void look() {
    boolean now = false;
    try {
      now = running.getAsBoolean() && copied.getAsBoolean();
    } finally {
      safe = now;
      if (now) {
        safeNanos = nanoTime.getAsLong();
        everSafe = true;
      }
    }
  }

  boolean isJoined() {
    return running.getAsBoolean();
  }

  /**
   * Whether every log that this node owns was on a second one at the last look, or there is none.
   */
  public boolean isSafe() {
    return safe;
  }

  /** Whether this node may serve: joined, and safe once and at least now and then since. */
  boolean isFit() {
    return isJoined() && everSafe && nanoTime.getAsLong() - safeNanos <= GRACE_NANOS;
  }

  /** Nodes of the cluster as this one sees it, itself too; 0 where it is in none. */
  public int nodes() {
    return isJoined() ? nodes.getAsInt() : 0;
  }
}
