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
 * Tracks whether this node is in its cluster and whether every log has a backup on a second node.
 * The backup check needs responses from other nodes, so it runs every two seconds on a worker
 * thread; the methods return the latest result. Thread-safe.
 */
public final class ClusterState {

  private static final int POLL_MILLIS = 2000;

  /**
   * How long logs may lack a backup before this node reports that it is unfit. While the backups of
   * a dead node are being rebuilt, the other nodes must keep serving; otherwise no node would.
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
   * Creates a state that has not been checked.
   *
   * @param running whether this node is in the cluster; must not block
   * @param copied whether every log that this node owns has its backup; may block
   * @param nodes the number of nodes; must not block
   */
  public ClusterState(
      BooleanSupplier running, BooleanSupplier copied, IntSupplier nodes, LongSupplier nanoTime) {
    this.running = running;
    this.copied = copied;
    this.nodes = nodes;
    this.nanoTime = nanoTime;
  }

  /** Creates the state of this instance and checks it periodically until Vert.x closes. */
  public static ClusterState of(HazelcastInstance hazelcast, Vertx vertx) {
    ClusterState state =
        new ClusterState(
            () -> hazelcast.getLifecycleService().isRunning(),
            () -> hazelcast.getPartitionService().isLocalMemberSafe(),
            () -> hazelcast.getCluster().getMembers().size(),
            System::nanoTime);
    state.lookSoon(vertx);
    vertx.setPeriodic(POLL_MILLIS, timer -> state.lookSoon(vertx));
    return state;
  }

  /** Returns the names of all nodes in the cluster. */
  public static Set<String> names(HazelcastInstance hazelcast) {
    return hazelcast.getCluster().getMembers().stream()
        .map(ClusterState::name)
        .collect(Collectors.toSet());
  }

  /** Returns the name of this node. */
  public static String ownName(HazelcastInstance hazelcast) {
    return name(hazelcast.getCluster().getLocalMember());
  }

  /**
   * Returns the host and port of the named node for display, or the name if the node is not in the
   * cluster.
   */
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

  /** Runs the checks. May block. If a check throws, the state is unsafe. */
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
   * Whether, at the latest check, every log that this node owns had a backup on a second node, or
   * there was no second node.
   */
  public boolean isSafe() {
    return safe;
  }

  /**
   * Returns whether this node may serve: it is in the cluster, and it has been safe within the last
   * {@link #GRACE_NANOS}.
   */
  boolean isFit() {
    return isJoined() && everSafe && nanoTime.getAsLong() - safeNanos <= GRACE_NANOS;
  }

  /**
   * Returns the number of nodes in the cluster as this node sees it, including itself; 0 if it is
   * in no cluster.
   */
  public int nodes() {
    return isJoined() ? nodes.getAsInt() : 0;
  }
}
