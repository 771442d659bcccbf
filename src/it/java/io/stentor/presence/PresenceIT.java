package io.stentor.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.message.RoomName;
import io.stentor.support.Client;
import io.stentor.support.ClusterOfProcesses;
import io.stentor.support.NodeProcess;
import io.stentor.support.RawHttp;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Who is in a room, while real nodes are killed, frozen and sent away. A node inside this JVM
 * watches.
 */
class PresenceIT {
  /** The promise. */
  private static final Duration CONVERGED = Duration.ofSeconds(10);

  /** A frozen node first has to find out that it was, and to come back. */
  private static final Duration BACK = Duration.ofSeconds(45);

  private static final RoomName ROOM = new RoomName("tea");
  private static final int GUESTS = 20;

  private final ClusterOfProcesses processes = ClusterOfProcesses.of(2);
  private final PresenceCluster here = PresenceCluster.of(processes);
  private final List<Client> clients = new ArrayList<>();
  private Recorder recorder;

  @BeforeEach
  void watch() {
    recorder = here.start().watch(ROOM);
  }

  @AfterEach
  void end() {
    clients.forEach(Client::close);
    here.killAll();
    processes.close();
  }

  private List<Client> connect(NodeProcess node, String name, int count) {
    List<Client> some = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      some.add(Client.connect(node.port(), "/rooms/" + ROOM + "?name=" + name));
    }
    clients.addAll(some);
    return some;
  }

  private static int members(NodeProcess node) {
    RawHttp.Answer answer = RawHttp.get(node.port(), "/rooms/" + ROOM + "/members?limit=1000");
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return new JsonObject(answer.body()).getJsonArray("members").size();
  }

  private static void eventually(Duration most, ThrowingRunnable assertion) {
    Awaitility.await().atMost(most).pollInterval(Duration.ofMillis(20)).untilAsserted(assertion);
  }

  private void awaitSeen(int count, NodeProcess... on) {
    eventually(CONVERGED, () -> assertThat(recorder.there()).hasSize(count));
    for (NodeProcess node : on) {
      eventually(CONVERGED, () -> assertThat(members(node)).isEqualTo(count));
    }
  }

  private long leaves() {
    return recorder.changes().stream().filter(event -> event.startsWith("-")).count();
  }

  private void assertEachLeftOnce(int count) {
    assertThat(recorder.impossible).isEmpty();
    assertThat(recorder.changes()).doesNotHaveDuplicates();
    assertThat(leaves()).isEqualTo(count);
  }

  /** With {@code -Dpresence.rounds=20} it is a measurement; each round says its time. */
  @Test
  void members_of_a_node_that_is_killed_are_gone_everywhere_within_ten_seconds() {
    NodeProcess staying = processes.node(0);
    NodeProcess dying = processes.node(1);
    connect(staying, "stays", 5);
    int rounds = Integer.getInteger("presence.rounds", 1);
    for (int round = 1; round <= rounds; round++) {
      connect(dying, "dies", GUESTS);
      awaitSeen(GUESTS + 5, staying);
      dying.kill9();
      long killed = System.nanoTime();
      eventually(CONVERGED, () -> assertThat(members(staying)).isEqualTo(5));
      final double gone = (System.nanoTime() - killed) / 1e9;
      eventually(CONVERGED, () -> assertThat(recorder.there()).hasSize(5));
      double told = (System.nanoTime() - killed) / 1e9;
      System.out.printf("round %d: gone after %.2f s, told after %.2f s%n", round, gone, told);
      assertThat(told).isLessThan(CONVERGED.toSeconds());
      assertEachLeftOnce(round * GUESTS);
      if (round < rounds) {
        dying = processes.add();
      }
    }
  }

  @Test
  void members_of_a_node_that_was_frozen_come_back_and_none_of_them_is_a_ghost() {
    NodeProcess staying = processes.node(0);
    NodeProcess frozen = processes.node(1);
    connect(staying, "stays", 5);
    List<Client> guests = connect(frozen, "frozen", GUESTS);
    awaitSeen(GUESTS + 5, staying, frozen);
    frozen.freeze();
    awaitSeen(5, staying);
    guests.get(0).close();
    frozen.thaw();
    eventually(BACK, () -> assertThat(recorder.there()).hasSize(GUESTS - 1 + 5));
    eventually(BACK, () -> assertThat(members(staying)).isEqualTo(GUESTS - 1 + 5));
    eventually(BACK, () -> assertThat(members(frozen)).isEqualTo(GUESTS - 1 + 5));
    guests.forEach(Client::close);
    awaitSeen(5, staying, frozen);
    assertThat(recorder.impossible).isEmpty();
    assertThat(leaves()).isEqualTo(2 * GUESTS - 1);
  }

  @Test
  void members_of_a_node_that_is_sent_away_leave_at_once() {
    NodeProcess staying = processes.node(0);
    NodeProcess leaving = processes.node(1);
    connect(staying, "stays", 5);
    connect(leaving, "leaves", GUESTS);
    awaitSeen(GUESTS + 5, staying);
    leaving.terminate();
    awaitSeen(5, staying);
    leaving.stop();
    assertEachLeftOnce(GUESTS);
    connect(staying, "stays", 1);
    awaitSeen(6, staying);
  }

  @Test
  void one_user_on_two_nodes_is_one_user() {
    connect(processes.node(0), "ann", 2);
    connect(processes.node(1), "ann", 1);
    clients.add(Client.connect(processes.node(1).port(), "/rooms/" + ROOM));
    awaitSeen(4, processes.node(0), processes.node(1));
    assertThat(recorder.there.values())
        .extracting(member -> member.user())
        .containsExactlyInAnyOrder("ann", "ann", "ann", "");
  }
}
