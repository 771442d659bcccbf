package io.stentor.history.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.config.ExecutorConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.stentor.cluster.RemoteTask;
import io.stentor.cluster.WireType;
import io.stentor.cluster.WireVersion;
import io.stentor.history.History.NotReplicatedException;
import io.stentor.history.History.Unwritable;
import io.stentor.history.History.UnwritableException;
import io.stentor.history.LogJournal;
import io.stentor.history.RoomLog;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the node that waits for an operation on a log when the journals of both nodes that keep the
 * log are as safe as the room asks for. Hazelcast only says that both have it in memory.
 *
 * <p>Thread-safe; nothing blocks. There is one waiting operation per operation in flight. A lost
 * report fails the operation after {@link #TIMEOUT_MILLIS}, and its caller retries it.
 */
final class JournalReports {

  /*
   * The node that owns the log reports to the waiting node, and names the node with the copy, which
   * reports, too. Reports of nodes that no longer keep the log do no harm: a pair of an owner and
   * the copy that it names is on two disks, whatever has happened since.
   *
   * Reports travel with an executor of Hazelcast, not with ClusterCall. That asks all nodes, waits
   * for their answers and repeats its questions. A report goes to one node and needs no answer, and
   * there are two for each append.
   */

  /** The version of the forms from which on nodes report. */
  private static final int SINCE = 3;

  private static final String EXECUTOR = "stentor.journal";

  /** Key in the user context of a Hazelcast instance. */
  private static final String KEY = "stentor.journal";

  /** How long an operation waits for reports, in milliseconds. */
  private static final long TIMEOUT_MILLIS = 3_000;

  /** Maximum number of messages that wait on one node; further ones are lost. */
  private static final int QUEUE = 100_000;

  /**
   * An operation that waits for the journals.
   *
   * @param node the node with the caller
   * @param token identifies the operation on that node
   */
  record Waiter(UUID node, long token) {}

  /**
   * What a node reports.
   *
   * @param owner whether the node owns the log; otherwise it has the copy
   * @param from the node
   * @param copy the node with the copy; null if there is none
   * @param refused whether the journal does not accept the operation
   */
  record Report(long token, boolean owner, UUID from, @Nullable UUID copy, boolean refused) {}

  private record Addressed(UUID to, Report report) {}

  private static final Logger LOG = LoggerFactory.getLogger(JournalReports.class);

  private final Executor tasks;
  private final @Nullable LogJournal journal;
  private final AtomicLong tokens = new AtomicLong();
  private final Map<Long, Waiting> waiting = new ConcurrentHashMap<>();
  private final Queue<Addressed> outbox = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean sending = new AtomicBoolean();

  /**
   * Creates the reports of a node.
   *
   * @param tasks sends messages
   * @param journal null if the node has no data directory
   */
  JournalReports(Executor tasks, @Nullable LogJournal journal) {
    this.tasks = tasks;
    this.journal = journal;
  }

  /** The reports that have arrived for an operation. */
  private static final class Waiting {
    private final Promise<Void> safe = Promise.promise();
    private final Set<UUID> reported = new HashSet<>(2);
    private final Set<UUID> expected = new HashSet<>(2);
    private final long sinceNanos = System.nanoTime();

    synchronized void received(Report report) {
      if (report.refused) {
        safe.tryFail(new UnwritableException(Unwritable.DATA_DIRECTORY));
        return;
      }
      reported.add(report.from);
      if (report.owner) {
        expected.clear();
        expected.add(report.from);
        if (report.copy != null) {
          expected.add(report.copy);
        }
      }
      if (!expected.isEmpty() && reported.containsAll(expected)) {
        safe.tryComplete();
      }
    }
  }

  /** Returns whether all nodes of the cluster report. */
  static boolean areKnownTo(WireVersion wire) {
    return wire.current() >= SINCE;
  }

  static void write(@Nullable Waiter waiter, DataOutput out, int version) throws IOException {
    if (version >= SINCE) {
      out.writeBoolean(waiter != null);
      if (waiter != null) {
        WireType.write(waiter.node, out);
        out.writeLong(waiter.token);
      }
    }
  }

  static @Nullable Waiter readWaiter(DataInput in, int version) throws IOException {
    return version >= SINCE && in.readBoolean()
        ? new Waiter(WireType.readUuid(in), in.readLong())
        : null;
  }

  /** Adds this and its executor to the configuration of a node that has not joined. */
  void offer(Config joining) {
    joining.getUserContext().put(KEY, this);
    joining.addExecutorConfig(
        new ExecutorConfig(EXECUTOR)
            .setPoolSize(1)
            .setQueueCapacity(QUEUE)
            .setStatisticsEnabled(false));
  }

  /** An operation that has not been sent yet, and the result of waiting for it. */
  record Expected(Waiter waiter, Future<Void> safe) {}

  /** Starts to wait for the reports of an operation. */
  Expected expect(UUID self) {
    long token = tokens.incrementAndGet();
    Waiting one = new Waiting();
    waiting.put(token, one);
    one.safe.future().onComplete(done -> waiting.remove(token));
    return new Expected(new Waiter(self, token), one.safe.future());
  }

  /** Stops waiting for an operation that has failed. */
  void forget(Waiter waiter) {
    waiting.remove(waiter.token());
  }

  /** Fails what has waited for too long. Called every second. */
  void expire() {
    long now = System.nanoTime();
    for (Waiting one : waiting.values()) {
      if (now - one.sinceNanos > TIMEOUT_MILLIS * 1_000_000) {
        one.safe.tryFail(new NotReplicatedException());
      }
    }
  }

  /** Fails everything that waits, because a node that should report may be lost. */
  void nodesChanged() {
    waiting.values().forEach(one -> one.safe.tryFail(new NotReplicatedException()));
  }

  /**
   * Reports, as the node that owns a log, as soon as its journal is safe.
   *
   * @param copy the node with the copy; null if it need not report
   * @param log the log; null if there is nothing to wait for
   */
  void owner(HazelcastInstance here, Waiter waiter, @Nullable UUID copy, @Nullable RoomLog log) {
    UUID self = here.getCluster().getLocalMember().getUuid();
    whenSafe(here, waiter, log, new Report(waiter.token(), true, self, copy, false));
  }

  /** Reports, as the node with the copy of a log, as soon as its journal is safe. */
  void copy(HazelcastInstance here, Waiter waiter, RoomLog copy) {
    UUID self = here.getCluster().getLocalMember().getUuid();
    whenSafe(here, waiter, copy, new Report(waiter.token(), false, self, null, false));
  }

  /** Reports that this node's journal does not accept the operation. */
  void refuse(HazelcastInstance here, Waiter waiter) {
    UUID self = here.getCluster().getLocalMember().getUuid();
    send(here, waiter, new Report(waiter.token(), false, self, null, true));
  }

  private void whenSafe(
      HazelcastInstance here, Waiter waiter, @Nullable RoomLog log, Report report) {
    if (journal == null || log == null || journal.isSafe(log.record(), log.durability())) {
      send(here, waiter, report);
    } else if (!journal.accepts()) {
      refuse(here, waiter);
    } else {
      journal.whenSafe(
          log.record(),
          log.durability(),
          failure -> {
            if (failure == null) {
              send(here, waiter, report);
            } else {
              refuse(here, waiter);
            }
          });
    }
  }

  private void send(HazelcastInstance here, Waiter waiter, Report report) {
    if (here.getCluster().getLocalMember().getUuid().equals(waiter.node())) {
      received(report);
      return;
    }
    outbox.add(new Addressed(waiter.node(), report));
    if (sending.compareAndSet(false, true)) {
      // What becomes safe with the same write travels in one message.
      tasks.execute(() -> sendAll(here));
    }
  }

  private void sendAll(HazelcastInstance here) {
    sending.set(false);
    try {
      sendByNode(here);
    } catch (RuntimeException e) { // Hazelcast throws while it is shutting down.
      LOG.debug("reports cannot be sent: {}", e.toString());
    }
  }

  private void sendByNode(HazelcastInstance here) {
    Map<UUID, List<Report>> byNode = new HashMap<>();
    for (Addressed next = outbox.poll(); next != null; next = outbox.poll()) {
      byNode.computeIfAbsent(next.to, node -> new ArrayList<>()).add(next.report);
    }
    for (Member member : here.getCluster().getMembers()) {
      List<Report> reports = byNode.get(member.getUuid());
      if (reports != null) {
        here.getExecutorService(EXECUTOR).submitToMember(new Message(reports), member);
      }
    }
  }

  /** Records the reports of another node. */
  void received(Message message) {
    message.reports.forEach(this::received);
  }

  private void received(Report report) {
    Waiting one = waiting.get(report.token);
    if (one != null) {
      one.received(report);
    }
  }

  /** Reports on their way to a node. */
  static final class Message extends RemoteTask implements Callable<Boolean> {

    private List<Report> reports = List.of();

    Message() {}

    Message(List<Report> reports) {
      this();
      this.reports = reports;
    }

    @Override
    public Boolean call() {
      HazelcastInstance here = hazelcast();
      if (here != null) {
        JournalReports reports = (JournalReports) here.getUserContext().get(KEY);
        Objects.requireNonNull(reports).received(this);
      }
      return true;
    }

    @Override
    protected void write(ObjectDataOutput out, int version) throws IOException {
      out.writeInt(reports.size());
      for (Report report : reports) {
        out.writeLong(report.token);
        out.writeBoolean(report.owner);
        WireType.write(report.from, out);
        out.writeBoolean(report.copy != null);
        if (report.copy != null) {
          WireType.write(report.copy, out);
        }
        out.writeBoolean(report.refused);
      }
    }

    @Override
    protected void read(ObjectDataInput in, int version) throws IOException {
      int count = in.readInt();
      List<Report> read = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        read.add(
            new Report(
                in.readLong(),
                in.readBoolean(),
                WireType.readUuid(in),
                in.readBoolean() ? WireType.readUuid(in) : null,
                in.readBoolean()));
      }
      reports = read;
    }
  }
}
