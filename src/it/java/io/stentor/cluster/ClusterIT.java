package io.stentor.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.Chat;
import io.stentor.support.Client;
import io.stentor.support.ClusterOfProcesses;
import io.stentor.support.HttpRoom;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.RawWebSocket;
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
  void everyone_hears_everyone_where_rooms_keep_no_history() {
    Launch launch =
        Launch.jar("--host", "127.0.0.1").withEnv("STENTOR_ROOM_DEFAULTS_HISTORY_MESSAGES", 0);
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2, launch);
        Chat chat = new Chat("tea")) {
      cluster.nodes().forEach(chat::join);
      chat.settle();
      chat.everyoneHearsEveryone(50);
    }
  }

  @Test
  void a_new_node_finds_the_cluster_when_the_first_one_is_gone() {
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2);
        Chat chat = new Chat("tea")) {
      cluster.node(0).kill9();
      chat.join(cluster.node(1));
      NodeProcess third = cluster.add();
      assertThat(third.log().all())
          .filteredOn(line -> line.contains("nodes: "))
          .as("it begins no cluster of its own")
          .first()
          .matches(line -> line.contains("nodes: 2 of"), "has 2 nodes");
      chat.join(third);
      chat.settle();
      chat.everyoneHearsEveryone(20);
    }
  }

  @Test
  void a_text_sent_right_behind_the_upgrade_comes_back_to_its_sender() {
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(1)) {
      int port = cluster.node(0).port();
      for (int room = 0; room < 20; room++) {
        try (RawWebSocket ws = RawWebSocket.connect(port, "/rooms/new" + room)) {
          ws.sendText("first");
          assertThat(ws.nextFrame().text()).isEqualTo("first");
        }
      }
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
  void the_elder_of_two_leaves_by_sigterm_and_no_room_has_a_new_epoch() {
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2)) {
      HttpRoom room = HttpRoom.at(cluster.node(1).port(), "tea");
      String before = room.publish("one").position();
      assertThat(cluster.node(0).stop()).isZero();
      assertThat(room.publish("two").position()).isEqualTo(before.replaceAll(":1$", ":2"));
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
