package io.stentor.support;

import com.hazelcast.cluster.impl.MemberImpl;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.cluster.impl.ClusterServiceImpl;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/** Makes Hazelcast members of this JVM take each other for dead, as after a cut that lasted. */
public final class Suspicion {
  private static final Duration SOON = Duration.ofSeconds(30);

  private Suspicion() {}

  /** One member takes another for dead, unless it has lost it already, and closes connections. */
  public static void suspect(HazelcastInstance member, HazelcastInstance of) {
    suspect(member, of, true);
  }

  /** The same, but what the other one sends still arrives if its connections are not closed. */
  public static void suspect(HazelcastInstance member, HazelcastInstance of, boolean closes) {
    ClusterServiceImpl cluster =
        ((HazelcastInstanceProxy) member).getOriginal().node.getClusterService();
    MemberImpl suspected = cluster.getMember(of.getLocalEndpoint().getUuid());
    if (suspected != null) {
      cluster.suspectMember(suspected, "the test splits the cluster", closes);
    }
  }

  /**
   * Cuts one member off from the others, which stay together. They suspect it first: if it leads
   * the cluster, it would tell each of them that another one is gone.
   */
  public static void cutOff(HazelcastInstance one, List<HazelcastInstance> others) {
    others.forEach(other -> suspect(other, one));
    others.forEach(other -> suspect(one, other));
  }

  /** Splits a cluster of two; they find each other again. */
  public static void split(HazelcastInstance one, HazelcastInstance two) {
    suspect(one, two);
    suspect(two, one);
    Awaitility.await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> isAlone(one) && isAlone(two));
  }

  private static boolean isAlone(HazelcastInstance member) {
    return member.getCluster().getMembers().size() == 1;
  }
}
