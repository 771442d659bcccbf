package io.stentor.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.Node;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The version of the forms in which a node writes what it sends to other nodes. Every form begins
 * with its version. Each node announces which versions it reads and writes, and writes the newest
 * that all nodes of the cluster know. So a cluster can be upgraded, or put back, node by node. A
 * node that has no version in common with the cluster is refused. Any thread.
 */
public final class WireVersion {

  /*
   * History of the forms:
   * 1: the first with a version.
   * 2: a log knows the newest version of its publications, and answers which ones are outdated.
   * 3: a log knows how durable it has to be and in which agreement it was used last, and nodes report
   *    how safe their journals are.
   */

  /** The oldest version that this build reads and writes. */
  public static final int OLDEST = 1;

  /** The newest version that this build reads and writes. */
  public static final int NEWEST = 3;

  /** Attribute of a member: the oldest and the newest version that it knows. */
  static final String ATTRIBUTE = "stentor.wire";

  /** Key in the user context of a configuration. */
  static final String KEY = WireVersion.class.getName();

  private static final String HEADER = "wire";

  /** The version for some members. The set of members is another object after each change. */
  private record Agreed(@Nullable Set<Member> members, int version) {}

  private volatile Supplier<Set<Member>> members;
  private volatile Agreed agreed = new Agreed(null, NEWEST);

  /**
   * Creates the version that all members know.
   *
   * @param members must return the same object until the members change
   */
  WireVersion(Supplier<Set<Member>> members) {
    this.members = members;
  }

  /** Returns the version of a node that has not joined, and announces what this build knows. */
  public static WireVersion of(Config joining) {
    return (WireVersion)
        joining
            .getUserContext()
            .computeIfAbsent(
                KEY,
                key -> {
                  String known = new Range(OLDEST, NEWEST).text();
                  joining.getMemberAttributeConfig().setAttribute(ATTRIBUTE, known);
                  return new WireVersion(Set::of);
                });
  }

  /** Returns the version of a node that has joined. */
  public static WireVersion of(HazelcastInstance joined) {
    return (WireVersion) Objects.requireNonNull(joined.getUserContext().get(KEY));
  }

  /** Returns the version of a node, or the newest one for a node without a cluster. */
  public static WireVersion of(Vertx vertx) {
    ClusterManager cluster = ((VertxInternal) vertx).clusterManager();
    if (cluster instanceof HazelcastClusterManager manager) {
      return of(manager.getHazelcastInstance());
    }
    return new WireVersion(Set::of);
  }

  /** Makes a node that is starting use the newest version that its cluster knows. */
  @SuppressWarnings("unchecked") // Hazelcast's members are Members.
  static void follow(Node node) {
    of(node.getConfig()).members =
        () -> (Set<Member>) (Set<?>) node.getClusterService().getMembers();
  }

  /** Returns the newest version that all nodes of the cluster know. */
  public int current() {
    Set<Member> now = members.get();
    Agreed last = agreed;
    if (last.members() != now) {
      last = new Agreed(now, known(now).newest());
      agreed = last;
    }
    return last.version();
  }

  /**
   * Checks the version of a form that was received.
   *
   * @throws UnknownVersionException if this build does not know it
   */
  static int checked(int version) {
    if (!isKnown(version)) {
      throw new UnknownVersionException(version);
    }
    return version;
  }

  private static boolean isKnown(int version) {
    return version >= OLDEST && version <= NEWEST;
  }

  /** Returns the versions that all members know. */
  private static Range known(Set<Member> members) {
    Range known = new Range(OLDEST, NEWEST);
    for (Member member : members) {
      known = known.and(Range.of(member.getAttributes()));
    }
    return known;
  }

  /**
   * Returns why a node with these attributes cannot join; null if it can.
   *
   * @param members the members of the cluster
   */
  static @Nullable String refusal(Set<Member> members, Map<String, String> joining) {
    Range cluster = known(members);
    Range node = Range.of(joining);
    return cluster.and(node).isEmpty()
        ? "a node that speaks %s between nodes cannot join a cluster that speaks %s;"
                .formatted(node, cluster)
            + " upgrade in smaller steps, or stop all nodes first"
        : null;
  }

  /**
   * Checks that this node can speak with the cluster that it has joined. A cluster refuses a node
   * itself, unless its oldest node does not announce versions.
   *
   * @throws IllegalStateException if not; the message is one sentence
   */
  static void check(HazelcastInstance joined) {
    Set<Member> members = joined.getCluster().getMembers();
    String refusal = refusal(members, joined.getCluster().getLocalMember().getAttributes());
    if (refusal != null) {
      joined.getLifecycleService().terminate();
      throw new IllegalStateException(refusal);
    }
  }

  /** Adds the version to a message on the event bus, as a header. */
  public DeliveryOptions mark(DeliveryOptions options) {
    return options.addHeader(HEADER, Integer.toString(current()));
  }

  /** Returns whether this build knows the version in the header of a message. */
  public static boolean isKnown(Message<?> message) {
    String version = message.headers().get(HEADER);
    return version != null && version.matches("\\d{1,4}") && isKnown(Integer.parseInt(version));
  }

  /** The versions that a node or a cluster knows. Empty if {@code oldest > newest}. */
  private record Range(int oldest, int newest) {
    private static final Range NONE = new Range(0, 0);

    static Range of(Map<String, String> attributes) {
      String text = attributes.get(ATTRIBUTE);
      if (text == null || !text.matches("\\d{1,4}-\\d{1,4}")) {
        return NONE;
      }
      String[] numbers = text.split("-", 2);
      return new Range(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]));
    }

    Range and(Range other) {
      return new Range(Math.max(oldest, other.oldest), Math.min(newest, other.newest));
    }

    boolean isEmpty() {
      return oldest > newest || newest == 0;
    }

    String text() {
      return oldest + "-" + newest;
    }

    @Override
    public String toString() {
      return newest == 0
          ? "no announced version"
          : oldest == newest ? "version " + newest : "versions " + oldest + " to " + newest;
    }
  }

  /** A form was written by a node of a version that this build does not know. */
  static final class UnknownVersionException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnknownVersionException(int version) {
      super(
          "another node wrote version %d, and this one reads %d to %d"
              .formatted(version, OLDEST, NEWEST),
          null,
          false,
          false);
    }
  }
}
