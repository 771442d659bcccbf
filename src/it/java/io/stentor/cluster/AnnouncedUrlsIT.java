package io.stentor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import io.stentor.config.TestConfig;
import io.stentor.support.Ports;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which URLs a node knows, on real members in this JVM. */
class AnnouncedUrlsIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String URL = "https://other.example";

  private final String name = "urls-" + UUID.randomUUID();
  private final int port = Ports.freeRange();
  private final List<HazelcastInstance> members = new ArrayList<>();
  private final CountDownLatch told = new CountDownLatch(1);

  @AfterEach
  void close() {
    told.countDown();
    members.forEach(member -> member.getLifecycleService().terminate());
  }

  @Test
  void the_url_of_a_node_is_known_at_any_time_while_it_leaves() {
    HazelcastInstance here = join("https://here.example");
    here.getCluster().addMembershipListener(new Delay());
    AnnouncedUrls urls = AnnouncedUrls.of(here);
    HazelcastInstance other = join(URL);
    Awaitility.await().atMost(SOON).until(() -> urls.recent().contains(URL));
    assertThat(urls.others()).containsExactly(URL);

    other.shutdown();
    Awaitility.await().atMost(SOON).until(() -> urls.others().isEmpty());
    assertThat(urls.recent()).containsExactly(URL);
  }

  /** Delays the notification of all listeners that a node has left. */
  private final class Delay implements MembershipListener {
    @Override
    public void memberAdded(MembershipEvent event) {
      // Not delayed.
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
      Awaitility.await().atMost(SOON).until(() -> told.getCount() == 0);
    }
  }

  private HazelcastInstance join(String url) {
    Config config =
        ClusteredVertx.hazelcast(
            TestConfig.cluster(
                "name", name, "host", "127.0.0.1", "port", port, "members", List.of("127.0.0.1")));
    config.setProperty("hazelcast.partition.count", "31");
    config.setProperty("hazelcast.event.thread.count", "1");
    config.getMemberAttributeConfig().setAttribute("stentor.url", url);
    HazelcastInstance member = ClusteredVertx.join(config, UUID.randomUUID().toString());
    members.add(member);
    return member;
  }
}
