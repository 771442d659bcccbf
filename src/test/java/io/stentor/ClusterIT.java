package io.stentor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.Chat;
import io.stentor.support.Client;
import io.stentor.support.ClusterOfProcesses;
import io.stentor.support.NodeProcess;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The fat jar as several real processes that form one server. */
class ClusterIT {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String JOINED = "(?i)node.*\\b(joined|joins|came)\\b";
  private static final String LEFT = "(?i)node.*\\b(left|leaves|gone|lost)\\b";

  @Test
  void everyone_hears_everyone_on_two_nodes() {
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2);
        Chat chat = new Chat("tea")) {
      cluster.nodes().forEach(chat::join);
      cluster.nodes().forEach(chat::join);
      chat.settle();
      chat.everyoneHearsEveryone(50);
    }
  }

  @Test
  void the_lobby_shouts_on_the_other_node() {
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2);
        Client here = Client.connect(cluster.node(0).port(), "/");
        Client there = Client.connect(cluster.node(1).port(), "/")) {
      await()
          .atMost(SOON)
          .until(
              () -> {
                here.publish("hello");
                return "HELLO!!!".equals(there.poll(Duration.ofMillis(100)));
              });
      here.publish("end");
      there.skipTo("END!!!");
    }
  }

  @Test
  void three_nodes_go_on_when_one_is_killed_and_when_one_is_added() {
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(3);
        Chat chat = new Chat("tea")) {
      chat.join(cluster.node(0));
      chat.join(cluster.node(1));
      Client lost = chat.join(cluster.node(2));
      chat.settle();
      chat.everyoneHearsEveryone(20);

      cluster.node(2).kill9();
      assertThat(lost.awaitClosed().code()).isEqualTo(1006);
      chat.drop(lost);
      chat.settle();
      chat.everyoneHearsEveryone(20);

      chat.join(cluster.add());
      chat.settle();
      chat.everyoneHearsEveryone(20);
    }
  }

  @Test
  void a_node_leaves_by_sigterm_and_the_other_goes_on() {
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2);
        Chat chat = new Chat("tea")) {
      chat.join(cluster.node(0));
      Client guest = chat.join(cluster.node(1));
      chat.settle();

      cluster.node(1).stop();
      chat.drop(guest);
      chat.join(cluster.node(0));
      chat.settle();
      chat.everyoneHearsEveryone(20);
    }
  }

  @Test
  void joins_and_leaves_of_nodes_are_logged() {
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(1)) {
      NodeProcess first = cluster.node(0);
      int before = first.log().all().size();
      NodeProcess second = cluster.add();
      first.log().await(JOINED, before, SOON);
      second.kill9();
      first.log().await(LEFT, before, SOON);
    }
  }
}
