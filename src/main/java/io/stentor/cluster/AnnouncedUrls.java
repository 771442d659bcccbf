package io.stentor.cluster;

import com.hazelcast.cluster.InitialMembershipEvent;
import com.hazelcast.cluster.InitialMembershipListener;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.core.HazelcastInstance;
import io.stentor.config.HttpOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The URLs at which clients reach the nodes of a cluster. Each node announces its own when it
 * joins: {@code http.publicUrl}, or its port with {@link #CLIENTS_HOST} as host, which has a
 * meaning for nodes of the same machine only. Any thread.
 */
public final class AnnouncedUrls {

  /** Stands in a URL for the host that the client used. */
  public static final String CLIENTS_HOST = "*";

  private static final String ATTRIBUTE = "stentor.url";

  /** URLs become part of a header, so they are checked even if a node announced them. */
  private static final Pattern URL =
      Pattern.compile("https?://(\\*|[A-Za-z0-9._~-]+|\\[[0-9A-Fa-f:.]+])(:[0-9]{1,5})?");

  /** Pages of a node that has left may be open for this long. */
  private static final long FORMER_NANOS = TimeUnit.DAYS.toNanos(1);

  private static final int MAX_FORMER = 256;

  private final @Nullable HazelcastInstance hazelcast;
  private final Former former = new Former(System::nanoTime);

  /** The URLs of the nodes that have joined, each until this node is notified that it has left. */
  private final Set<String> joined = ConcurrentHashMap.newKeySet();

  private AnnouncedUrls(@Nullable HazelcastInstance hazelcast) {
    this.hazelcast = hazelcast;
  }

  /** Announces the URL of this node. Must be called before the node joins. */
  public static void announce(com.hazelcast.config.Config joining, HttpOptions http) {
    String scheme = http.tls().isOn() ? "https" : "http";
    if (!http.publicUrl().isEmpty()) {
      joining.getMemberAttributeConfig().setAttribute(ATTRIBUTE, http.publicUrl());
    } else if (http.port() != 0) {
      String url = scheme + "://" + CLIENTS_HOST + ":" + http.port();
      joining.getMemberAttributeConfig().setAttribute(ATTRIBUTE, url);
    }
  }

  /**
   * Watches what the other nodes announce.
   *
   * @param hazelcast null for a standalone node
   */
  public static AnnouncedUrls of(@Nullable HazelcastInstance hazelcast) {
    AnnouncedUrls urls = new AnnouncedUrls(hazelcast);
    if (hazelcast != null) {
      hazelcast.getCluster().addMembershipListener(urls.new Watcher());
    }
    return urls;
  }

  /** Returns the URLs of the other nodes in the cluster, the oldest node first. */
  public List<String> others() {
    List<String> others = new ArrayList<>();
    if (hazelcast != null) {
      for (Member member : hazelcast.getCluster().getMembers()) {
        String url = member.localMember() ? null : url(member);
        if (url != null) {
          others.add(url);
        }
      }
    }
    return others;
  }

  /**
   * Returns the URLs of the nodes that were in the cluster within a day: of those that have joined
   * and, at most {@value #MAX_FORMER}, of those that have left. A node that leaves disappears from
   * {@link #others} a moment before this node is notified, but not from here.
   */
  public List<String> recent() {
    Set<String> all =
        new LinkedHashSet<>(joined); // Read first: each URL is always in at least one.
    all.addAll(former.list());
    return List.copyOf(all);
  }

  /** Returns null if a node has no URL that clients of this one could use. */
  private @Nullable String url(Member member) {
    String url = member.getAttribute(ATTRIBUTE);
    if (hazelcast == null || url == null || !URL.matcher(url).matches()) {
      return null;
    }
    String here = hazelcast.getCluster().getLocalMember().getAddress().getHost();
    boolean isUsable = !url.contains(CLIENTS_HOST) || member.getAddress().getHost().equals(here);
    return isUsable ? url : null;
  }

  private final class Watcher implements InitialMembershipListener {
    @Override
    public void init(InitialMembershipEvent event) {
      event.getMembers().forEach(this::added);
    }

    @Override
    public void memberAdded(MembershipEvent event) {
      added(event.getMember());
    }

    private void added(Member member) {
      String url = member.localMember() ? null : url(member);
      if (url != null) {
        joined.add(url);
      }
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
      String url = url(event.getMember());
      if (url != null) {
        former.add(url);
        joined.remove(url);
      }
    }
  }

  /** The URLs of nodes that have left, each for a day. Any thread. */
  static final class Former {
    private final LongSupplier nanoTime;
    private final Map<String, Long> leftAt = new LinkedHashMap<>();

    Former(LongSupplier nanoTime) {
      this.nanoTime = nanoTime;
    }

    synchronized void add(String url) {
      leftAt.remove(url);
      leftAt.put(url, nanoTime.getAsLong());
      if (leftAt.size() > MAX_FORMER) {
        leftAt.remove(leftAt.keySet().iterator().next());
      }
    }

    synchronized List<String> list() {
      long now = nanoTime.getAsLong();
      leftAt.values().removeIf(left -> now - left > FORMER_NANOS);
      return List.copyOf(leftAt.keySet());
    }
  }
}
