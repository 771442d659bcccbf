package io.stentor.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.cluster.impl.MemberImpl;
import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.instance.impl.HazelcastInstanceImpl;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.cluster.impl.ClusterServiceImpl;
import io.stentor.cluster.Agreement.Acceptor;
import io.stentor.cluster.Agreement.State;
import io.stentor.journal.DataDirectory;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the nodes of each side of a cluster, which may have split, agree whether their side may keep
 * the epochs of the logs. At most one side does: the one with the majority of the last agreed
 * members, or the half with the eldest. {@link Agreement} has the rules and why they hold.
 *
 * <p>Thread-safe. Nothing here blocks.
 */
public final class Quorum {

  /*
   * The eldest node of the view is the coordinator: it starts a round whenever its view is not the
   * one of the last completed round. All of its work is on one thread of this class.
   */

  /**
   * What the nodes of one side agreed on.
   *
   * @param id changes exactly when the side must fork its logs
   * @param generation grows with each agreement of the side
   * @param majority false on a side that split off and is still smaller than a majority of the last
   *     agreed members of the whole cluster
   */
  public record Side(long id, long generation, boolean majority) {}

  private static final Logger LOG = LoggerFactory.getLogger(Quorum.class);

  private static final String NAME = "stentor.quorum";
  private static final String FILE = "stentor.quorum.file";

  private static final long CHECK_MILLIS = 200;

  /** The views of two nodes change at slightly different times. */
  private static final long RETRY_MILLIS = 20;

  /** Pause between two rounds of nodes that wait for others to restart. */
  private static final long WAIT_MILLIS = 200;

  private static final long ROUND_MILLIS = 2000;
  private static final long LEAVE_MILLIS = 3000;

  private final HazelcastInstance hazelcast;
  private final ClusterServiceImpl cluster;
  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(1, Quorum::thread, new ThreadPoolExecutor.DiscardPolicy());
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Promise<Void> left = Promise.promise();
  private volatile boolean leaving;

  /** Whether all nodes stop, so that what was agreed last stays until they start again. */
  private volatile boolean frozen;

  /** The last round in which this node answered that it is leaving. */
  private volatile @Nullable UUID leavingRound;

  private final QuorumFile file;
  private volatile Acceptor acceptor;
  private volatile Verdict verdict = new Verdict(State.NEWCOMER, null, 0, null);

  // Only on the thread of this class.
  private @Nullable Round running;
  private List<UUID> settled = List.of();
  private List<UUID> lastView = List.of();
  private long newId;

  /** What {@link #side} has found, and from what. */
  private record Verdict(State state, @Nullable Member self, int version, @Nullable Side side) {}

  private record Round(UUID id, List<UUID> view, List<MemberImpl> members) {}

  private Quorum(HazelcastInstance hazelcast) {
    this.hazelcast = hazelcast;
    HazelcastInstanceImpl instance =
        hazelcast instanceof HazelcastInstanceProxy proxy
            ? proxy.getOriginal()
            : (HazelcastInstanceImpl) hazelcast;
    this.cluster = instance.node.getClusterService();
    this.file = file(hazelcast.getUserContext());
    this.acceptor = file.restarted(cluster.getLocalMember().getUuid());
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "quorum");
    thread.setDaemon(true);
    return thread;
  }

  /** Prepares the configuration of a node that has not joined. */
  public static void configure(Config joining) {
    joining.getUserContext().put(NAME, new AtomicReference<Quorum>());
    joining.getUserContext().put(FILE, QuorumFile.NONE);
    QuorumMessage.register(joining);
  }

  /**
   * Makes a node that has not joined remember what it agrees to when it restarts.
   *
   * @param directory where that is kept
   * @param waitSeconds how long nodes that restart wait for the members that they last knew
   */
  public static void remember(Config joining, DataDirectory directory, int waitSeconds) {
    joining.getUserContext().put(FILE, new QuorumFile(directory, waitSeconds, System::nanoTime));
  }

  /**
   * Makes a node that starts alone forget the cluster that it was in.
   *
   * @return whether it was alone in the last agreement, so that no other node can have continued
   *     its logs
   */
  public static boolean forgetCluster(DataDirectory directory) {
    return new QuorumFile(directory, 0, System::nanoTime).forget();
  }

  private static QuorumFile file(Map<String, Object> context) {
    return (QuorumFile) Objects.requireNonNull(context.get(FILE));
  }

  /** Starts the quorum of an instance that has joined. It stops when the instance shuts down. */
  public static Quorum start(HazelcastInstance hazelcast) {
    Quorum quorum = new Quorum(hazelcast);
    holder(hazelcast).set(quorum);
    QuorumMessage.handle(hazelcast, quorum::handle);
    hazelcast.getCluster().addMembershipListener(quorum.new Changes());
    hazelcast
        .getLifecycleService()
        .addLifecycleListener(
            event -> {
              if (event.getState() == LifecycleState.SHUTDOWN) {
                quorum.thread.shutdownNow();
                quorum.left.tryComplete();
              } else {
                quorum.thread.execute(quorum::check);
              }
            });
    quorum.thread.scheduleWithFixedDelay(
        quorum::checkAgain, 0, CHECK_MILLIS, TimeUnit.MILLISECONDS);
    return quorum;
  }

  /** A check that throws must not end the periodic ones. */
  private void checkAgain() {
    try {
      check();
    } catch (RuntimeException e) {
      LOG.warn("it cannot be checked whether the nodes agree; trying again", e);
    }
  }

  /** Returns the quorum of an instance; null before {@link #start}. */
  public static @Nullable Quorum of(HazelcastInstance hazelcast) {
    return holder(hazelcast).get();
  }

  /** Returns the side that an instance is on; null before {@link #start}. See {@link #side()}. */
  public static @Nullable Side side(HazelcastInstance hazelcast) {
    Quorum quorum = of(hazelcast);
    return quorum == null ? null : quorum.side();
  }

  @SuppressWarnings("unchecked")
  private static AtomicReference<@Nullable Quorum> holder(HazelcastInstance hazelcast) {
    return (AtomicReference<@Nullable Quorum>)
        Objects.requireNonNull(hazelcast.getUserContext().get(NAME));
  }

  /**
   * Returns the agreed side, or null while the nodes have not agreed since a member was lost or
   * since this node joined. Correct from the moment that Hazelcast removes a member from its list,
   * which is before it promotes the copies of that member's partitions. Costs a few volatile reads.
   */
  @SuppressWarnings("ReferenceEquality") // Each change has a new object.
  public @Nullable Side side() {
    Verdict last = verdict;
    State state = acceptor.state();
    MemberImpl self = cluster.getLocalMember();
    int version = cluster.getMemberListVersion();
    return last.version == version && last.state == state && last.self == self
        ? last.side
        : judge(state, self, version);
  }

  /** A node that merges into another cluster gets a new UUID before its list of members changes. */
  @SuppressWarnings("ReferenceEquality")
  private @Nullable Side judge(State state, MemberImpl self, int version) {
    Agreement held =
        acceptor.node().equals(self.getUuid())
            ? state.held(member -> cluster.getMember(member) != null)
            : null;
    Side side = held == null ? null : new Side(held.id(), held.generation(), held.majority());
    if (cluster.getMemberListVersion() != version || cluster.getLocalMember() != self) {
      return side();
    }
    verdict = new Verdict(state, self, version, side);
    return side;
  }

  /**
   * Returns whether this node restarted with the state of a member of the last agreement. Then no
   * other node can have continued its logs without it. Known as soon as there is a {@link #side}.
   */
  public boolean continuesLastRun() {
    return acceptor.continues();
  }

  /** Returns whether the nodes of this side agree, and are the majority of the cluster. */
  public boolean hasMajority() {
    Side side = side();
    return side != null && side.majority();
  }

  /**
   * Adds a listener for new agreements. The loss of a member is not one: {@link #side} is null from
   * then on until the next agreement.
   *
   * @param changed called on any thread; must not block
   */
  public void onChange(Runnable changed) {
    listeners.add(changed);
  }

  /**
   * Announces that this node leaves. The others agree on the members without it, so that its
   * absence forks no logs. Must be called before Hazelcast shuts down; until then the node still
   * takes part.
   *
   * @return completes within three seconds, even if there was no agreement
   */
  public Future<Void> leave() {
    leaving = true;
    thread.schedule(() -> left.tryComplete(), LEAVE_MILLIS, TimeUnit.MILLISECONDS);
    thread.execute(this::check);
    if (thread.isShutdown()) {
      left.tryComplete();
    }
    return left.future();
  }

  /**
   * Keeps the last agreement, because all nodes of the cluster stop together. From now on, nodes
   * that leave stay in the agreement, so all are members when they start again.
   */
  public void freeze() {
    frozen = true;
  }

  /** Starts a round if this node is the eldest and its view is not settled. */
  private void check() {
    if (frozen) {
      return;
    }
    List<MemberImpl> members = List.copyOf(cluster.getMemberImpls());
    List<UUID> view = uuids(members);
    if (leaving && !left.future().isComplete()) {
      askToLeave(members);
    }
    if (members.isEmpty() || !members.get(0).localMember()) {
      running = null;
      settled = List.of();
    } else if (!view.equals(settled) && (running == null || !view.equals(running.view))) {
      run(new Round(UUID.randomUUID(), view, members));
    }
  }

  private void askToLeave(List<MemberImpl> members) {
    if (members.size() < 2) {
      left.tryComplete();
    } else if (members.get(0).localMember()) {
      settled = List.of();
    } else {
      send(members.get(0), QuorumMessage.leaving());
    }
  }

  private void recheck() {
    settled = List.of();
    check();
  }

  private void run(Round round) {
    running = round;
    // Whatever the nodes accept in this round needs a completed round, even if the view is the
    // old one again by then.
    settled = List.of();
    if (!round.view.equals(lastView)) {
      lastView = round.view;
      newId = ThreadLocalRandom.current().nextLong();
    }
    all(round.members, member -> this.<State>send(member, QuorumMessage.ask(round.id, round.view)))
        .thenComposeAsync(states -> propose(round, states), thread)
        .orTimeout(ROUND_MILLIS, TimeUnit.MILLISECONDS)
        .whenCompleteAsync((done, failure) -> ended(round, failure), thread);
  }

  private CompletableFuture<?> propose(Round round, List<State> answers) {
    stillRunning(round);
    Map<UUID, State> states = new HashMap<>();
    for (int i = 0; i < answers.size(); i++) {
      states.put(round.view.get(i), answers.get(i));
    }
    int missing = Agreement.missingAfterRestart(round.view, states);
    if (missing > 0 && file.waitsFor(missing)) {
      return CompletableFuture.failedFuture(new WaitingException());
    }
    boolean first = round.view.size() == 1 && acceptor.state().agreed() == null;
    if (first && file.waitsForStarting(MemberSearch.others(hazelcast.getConfig()))) {
      return CompletableFuture.failedFuture(new WaitingException());
    }
    Agreement next = Agreement.next(round.view, states, newId);
    if (next.equals(acceptor.state().agreed())) {
      return CompletableFuture.completedFuture(next);
    }
    return all(round.members, member -> send(member, QuorumMessage.accept(round.id, next)))
        .thenComposeAsync(accepted -> commit(round), thread);
  }

  /** Commits on this node last, so that once it knows the agreement all others do. */
  private CompletableFuture<?> commit(Round round) {
    stillRunning(round);
    MemberImpl self = round.members.get(0);
    List<MemberImpl> others = round.members.subList(1, round.members.size());
    QuorumMessage commit = QuorumMessage.commit(round.id);
    return all(others, member -> send(member, commit))
        .thenComposeAsync(committed -> send(self, commit), thread);
  }

  private void stillRunning(Round round) {
    if (!round.equals(running)) {
      throw new IllegalStateException("another round has begun");
    }
  }

  private void ended(Round round, @Nullable Throwable failure) {
    if (!round.equals(running)) {
      return;
    }
    running = null;
    if (failure == null) {
      settled = round.view;
      if (round.id.equals(leavingRound)) {
        left.tryComplete();
      }
      check();
    } else {
      LOG.debug("no agreement yet of {} nodes: {}", round.view.size(), failure.toString());
      boolean waits = failure.getCause() instanceof WaitingException;
      thread.schedule(this::check, waits ? WAIT_MILLIS : RETRY_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Nodes that have restarted wait for others to do so. */
  private static final class WaitingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    WaitingException() {
      super("waiting for members to start", null, false, false);
    }
  }

  /** Asks all of these nodes. Fails as soon as one of them declines or cannot be asked. */
  private static <T> CompletableFuture<List<T>> all(
      List<MemberImpl> members, Function<MemberImpl, CompletableFuture<T>> ask) {
    List<CompletableFuture<T>> asked = members.stream().map(ask).toList();
    CompletableFuture<List<T>> all = new CompletableFuture<>();
    if (asked.isEmpty()) {
      all.complete(List.of());
    }
    for (CompletableFuture<T> one : asked) {
      one.whenComplete(
          (answer, failure) -> {
            if (failure != null) {
              all.completeExceptionally(failure);
            } else if (asked.stream().allMatch(CompletableFuture::isDone)) {
              all.complete(asked.stream().map(CompletableFuture::join).toList());
            }
          });
    }
    return all;
  }

  /** Asks a node. Fails if it declines or cannot be asked. */
  private <T> CompletableFuture<T> send(MemberImpl member, QuorumMessage message) {
    if (!member.localMember()) {
      return message.sendTo(member, hazelcast);
    }
    try {
      return QuorumMessage.answered(member, received(message));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Answers a message that another node has sent. */
  private @Nullable Object handle(QuorumMessage message) {
    Object answer = received(message);
    if (message.kind() == QuorumMessage.COMMIT
        && answer != null
        && message.round().equals(leavingRound)) {
      left.tryComplete();
    }
    return answer;
  }

  /** Answers a message of the coordinator; null declines. */
  private @Nullable Object received(QuorumMessage message) {
    return switch (message.kind()) {
      case QuorumMessage.ASK -> answer(message.round(), message.members());
      case QuorumMessage.ACCEPT -> confirmed(present().accept(message.round(), message.proposal()));
      case QuorumMessage.COMMIT -> confirmed(adopt(message.round()));
      case QuorumMessage.LEAVING -> {
        thread.execute(this::recheck);
        yield true;
      }
      default -> null;
    };
  }

  private static @Nullable Boolean confirmed(boolean done) {
    return done ? Boolean.TRUE : null;
  }

  private @Nullable State answer(UUID round, List<UUID> view) {
    if (frozen || !cluster.isJoined() || !view.equals(uuids(cluster.getMemberImpls()))) {
      return null;
    }
    boolean leaves = leaving;
    if (leaves) {
      leavingRound = round;
    }
    return present().answer(round, leaves);
  }

  private boolean adopt(UUID round) {
    Acceptor present = present();
    Agreement before = present.state().agreed();
    if (!present.adopt(round)) {
      return false;
    }
    Agreement now = Objects.requireNonNull(present.state().agreed());
    LOG.debug("agreed: {}", now);
    if (before != null && before.id() != now.id()) {
      LOG.warn(
          "this side has {} of {} nodes, and the others may still serve: rooms continue in new epochs"
              + " (cluster.onMinority)",
          now.members().size(),
          before.members().size());
    }
    listeners.forEach(Runnable::run);
    return true;
  }

  /** Returns the state of this node, a new one if it has merged into another cluster. */
  private synchronized Acceptor present() {
    UUID self = cluster.getLocalMember().getUuid();
    if (!acceptor.node().equals(self)) {
      acceptor = file.merged(acceptor, self);
    }
    return acceptor;
  }

  private static List<UUID> uuids(Collection<MemberImpl> members) {
    return members.stream().map(MemberImpl::getUuid).toList();
  }

  /** Reacts to each change of the list of members at once. */
  private final class Changes implements MembershipListener {
    @Override
    public void memberAdded(MembershipEvent event) {
      thread.execute(Quorum.this::check);
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
      thread.execute(Quorum.this::check);
    }
  }
}
