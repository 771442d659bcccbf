package io.stentor.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.config.TcpIpConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Searches for the other part of a split cluster. Hazelcast does this itself, but one address after
 * the other, and waits 5 s for each that does not answer. So this class finds out which addresses
 * answer, all at the same time, and gives Hazelcast only those; it reads its list every second.
 *
 * <p>Candidates are the configured addresses and those of all nodes that were once in the cluster.
 * Only the oldest node searches, as in Hazelcast. The search has its own daemon thread, which ends
 * with the Hazelcast instance.
 */
final class MemberSearch {
  private static final Logger LOG = LoggerFactory.getLogger(MemberSearch.class);

  /** Time between the starts of two rounds, and how long a candidate may take to answer. */
  private static final long PERIOD_MILLIS = 1000;

  /**
   * Time between the starts of two rounds when no node has come or gone for {@link #RECENT_NANOS}.
   */
  private static final long SLOW_PERIOD_MILLIS = 3000;

  private static final long RECENT_NANOS = TimeUnit.MINUTES.toNanos(10);

  /** How long a node that has gone is searched for. */
  private static final long FORGET_NANOS = TimeUnit.HOURS.toNanos(4);

  /** Maximum number of addresses of former nodes; beyond it, the oldest is forgotten. */
  private static final int MAX_SEEN = 256;

  /** Part of the reason for which a cluster refuses nodes while its state is frozen. */
  private static final String FROZEN = "allow new members to join";

  /** Maximum number of attempts to join a cluster that is frozen. */
  private static final int MAX_STARTS = 20;

  private static final long RESTART_MILLIS = 1000;

  private final HazelcastInstance hazelcast;
  private final MemberList list;

  /** When each node was last in the cluster. */
  private final Map<InetSocketAddress, Long> seen = new LinkedHashMap<>();

  private Set<InetSocketAddress> members = Set.of();
  private volatile List<String> resolved;
  private volatile long changedNanos = System.nanoTime();

  private MemberSearch(HazelcastInstance hazelcast, MemberList list) {
    this.hazelcast = hazelcast;
    this.list = list;
    resolved = list.initial;
  }

  /**
   * Starts Hazelcast, which joins the cluster, and then the search if nodes find each other by a
   * {@link MemberList}. Blocks.
   *
   * @throws IllegalStateException if the cluster speaks other versions; the message is one sentence
   */
  static HazelcastInstance join(Config config) {
    if (!(config.getNetworkConfig().getJoin().getTcpIpConfig() instanceof MemberList list)) {
      return start(config);
    }
    list.joining = Thread.currentThread();
    HazelcastInstance hazelcast;
    try {
      hazelcast = start(config);
    } finally {
      list.joining = null;
    }
    MemberSearch search = new MemberSearch(hazelcast, list);
    search.startThread("stentor-member-search", search::searchOnce);
    if (list.configured.hasNames()) {
      // DNS may block for many seconds, especially while the network is cut.
      search.startThread("stentor-member-names", search::resolveOnce);
    }
    return hazelcast;
  }

  private static HazelcastInstance start(Config config) {
    HazelcastInstance hazelcast = start(config, MAX_STARTS);
    WireVersion.check(hazelcast);
    return hazelcast;
  }

  /** A cluster takes no nodes while a part of it merges into another, which takes seconds. */
  private static HazelcastInstance start(Config config, int tries) {
    CheckedJoiners joiners = new CheckedJoiners();
    try {
      return HazelcastInstanceFactory.newHazelcastInstance(config, null, joiners);
    } catch (IllegalStateException e) {
      String refusal = joiners.refusal();
      if (refusal == null) {
        throw e;
      }
      if (!refusal.contains(FROZEN) || tries <= 1) {
        throw new IllegalStateException(refusal, e);
      }
      LOG.warn("the cluster takes no nodes at the moment, trying again");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(RESTART_MILLIS));
      return start(config, tries - 1);
    }
  }

  /**
   * Returns the addresses outside of this part of the cluster that answered in the last round; null
   * if no round has ended yet. Empty if nodes do not find each other by a {@link MemberList}.
   *
   * @param config of a node that has joined
   */
  static @Nullable List<String> others(Config config) {
    if (!(config.getNetworkConfig().getJoin().getTcpIpConfig() instanceof MemberList list)) {
      return List.of();
    }
    return list.searched ? list.answering : null;
  }

  private void startThread(String name, Round round) {
    Thread thread = new Thread(() -> repeat(round), name);
    thread.setDaemon(true);
    thread.start();
  }

  private void repeat(Round round) {
    while (hazelcast.getLifecycleService().isRunning()) {
      long startNanos = System.nanoTime();
      try {
        round.run();
      } catch (IOException | RuntimeException e) {
        LOG.debug("the search for other nodes failed, trying again", e);
      }
      try {
        boolean recent = System.nanoTime() - changedNanos < RECENT_NANOS;
        long period = TimeUnit.MILLISECONDS.toNanos(recent ? PERIOD_MILLIS : SLOW_PERIOD_MILLIS);
        TimeUnit.NANOSECONDS.sleep(startNanos + period - System.nanoTime());
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void resolveOnce() {
    resolved = list.configured.resolve();
  }

  private void searchOnce() throws IOException {
    Collection<Member> now = hazelcast.getCluster().getMembers();
    if (now.isEmpty()) {
      return; // on its way from one part of the cluster into the other
    }
    remember(now.stream().map(Member::getSocketAddress).collect(Collectors.toSet()));
    if (!now.iterator().next().localMember()) {
      list.answering = List.of();
      return;
    }
    Set<InetSocketAddress> candidates = new HashSet<>(seen.keySet());
    candidates.addAll(list.configured.sockets(resolved));
    candidates.removeAll(members);
    Set<InetSocketAddress> answering = MemberProbe.answering(candidates, PERIOD_MILLIS);
    if (!answering.isEmpty()) {
      LOG.debug("nodes outside of this part of the cluster answer: {}", answering);
    }
    list.answering = answering.stream().map(ConfiguredMembers::text).toList();
    list.searched = true;
  }

  private void remember(Set<InetSocketAddress> now) {
    long nanos = System.nanoTime();
    if (!now.equals(members)) {
      members = now;
      changedNanos = nanos;
    }
    for (InetSocketAddress member : now) {
      seen.remove(member);
      seen.put(member, nanos);
    }
    seen.values().removeIf(last -> nanos - last > FORGET_NANOS);
    while (seen.size() > Math.max(MAX_SEEN, now.size())) {
      seen.remove(seen.keySet().iterator().next());
    }
  }

  private interface Round {
    void run() throws IOException;
  }

  /**
   * The list of members that Hazelcast reads. The thread that starts Hazelcast gets the configured
   * members, to join them. Any other thread searches for another part of the cluster, and gets only
   * the addresses that answer.
   */
  static final class MemberList extends TcpIpConfig {
    private final ConfiguredMembers configured;
    private final List<String> initial;
    private volatile @Nullable Thread joining;
    private volatile List<String> answering = List.of();

    /** Whether a round of this node, as the oldest one, has ended. */
    private volatile boolean searched;

    /** Creates the list of a node that has not joined. Blocks for DNS. */
    MemberList(ConfiguredMembers configured) {
      this.configured = configured;
      initial = configured.resolve();
    }

    @Override
    public List<String> getMembers() {
      return Thread.currentThread() == joining ? initial : answering;
    }
  }
}
