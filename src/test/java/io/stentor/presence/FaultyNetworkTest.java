package io.stentor.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Three nodes with one room and a watcher on each, while the bus loses, repeats and reorders what
 * it carries, calls of the register fail, and nodes are lost by the others.
 */
class FaultyNetworkTest {
  private static final RoomName ROOM = new RoomName("scene");
  private static final int NODES = 3;
  private static Vertx vertx;

  private final List<ManualHome> homes = new ArrayList<>();
  private final List<ClusterPresence> nodes = new ArrayList<>();
  private final List<FakeRegister> registers = new ArrayList<>();
  private final List<Recorder> watchers = new ArrayList<>();
  private final List<Set<String>> connected = new ArrayList<>();
  private final FakeRegister.Shared shared = new FakeRegister.Shared();
  private ManualHome network;
  private FaultyPresenceBus bus;
  private Random random;
  private int connections;

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() {
    vertx.close();
  }

  private void scene(long seed) {
    random = new Random(seed);
    network = new ManualHome(vertx);
    bus = new FaultyPresenceBus(vertx, network.home(), random);
    for (int i = 0; i < NODES; i++) {
      ManualHome home = new ManualHome(vertx);
      FakeRegister register = new FakeRegister(shared, network.home(), random);
      homes.add(home);
      registers.add(register);
      nodes.add(new ClusterPresence(List.of(home.home()), room -> true, register, bus));
      connected.add(new TreeSet<>());
      watchers.add(new Recorder());
      nodes.get(i).watch(ROOM, watchers.get(i), home.home());
    }
    advance(100);
  }

  private void advance(int millis) {
    for (int i = 0; i < millis; i++) {
      network.advance(1);
      homes.forEach(home -> home.advance(1));
    }
  }

  private void enter(int node) {
    String connection = "c" + node + "-" + ++connections;
    connected.get(node).add(connection);
    nodes.get(node).enter(ROOM, Member.of(connection, ""));
  }

  private void leave(int node) {
    Set<String> there = connected.get(node);
    if (!there.isEmpty()) {
      String connection = there.stream().skip(random.nextInt(there.size())).findFirst().orElse("");
      there.remove(connection);
      nodes.get(node).leave(ROOM, connection);
    }
  }

  private void comeAndGo(int steps) {
    for (int i = 0; i < steps; i++) {
      int node = random.nextInt(NODES);
      if (random.nextInt(100) < 60) {
        enter(node);
      } else {
        leave(node);
      }
      advance(random.nextInt(6));
    }
  }

  private void nodesChanged() {
    nodes.forEach(ClusterPresence::nodesChanged);
  }

  private List<String> everybody() {
    Set<String> all = new TreeSet<>();
    connected.forEach(all::addAll);
    return List.copyOf(all);
  }

  private void assertAllAgree() {
    for (Recorder watcher : watchers) {
      assertThat(watcher.there()).isEqualTo(everybody());
      assertThat(watcher.impossible).isEmpty();
    }
    List<String> kept =
        shared.rooms.containsKey(ROOM)
            ? shared.rooms.get(ROOM).members().stream().map(Member::connection).sorted().toList()
            : List.of();
    assertThat(kept).isEqualTo(everybody());
  }

  /** Each joined once and left at most once: nobody was made to go and come. */
  private void assertEachEventOnce() {
    for (Recorder watcher : watchers) {
      assertThat(watcher.changes()).doesNotHaveDuplicates();
    }
  }

  @Test
  void without_faults_everyone_hears_everything_within_a_moment() {
    scene(1);
    comeAndGo(200);
    advance(50);
    assertAllAgree();
    assertEachEventOnce();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void a_bus_that_loses_repeats_and_reorders_does_no_harm(long seed) {
    scene(seed);
    bus.dropPercent = 20;
    bus.repeatPercent = 20;
    bus.maxDelayMillis = 40;
    comeAndGo(300);
    bus.dropPercent = 100;
    comeAndGo(5);
    advance(1000 * Keeper.CHECK_SECONDS + 2500);
    assertAllAgree();
    assertEachEventOnce();
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void calls_that_fail_done_or_not_are_made_good(long seed) {
    scene(seed);
    shared.failPercent = 30;
    shared.maxDelayMillis = 20;
    bus.maxDelayMillis = 20;
    comeAndGo(300);
    shared.failPercent = 0;
    advance(1000 * Keeper.CHECK_SECONDS + 5000);
    assertAllAgree();
    assertEachEventOnce();
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23, 24, 25})
  void members_of_a_lost_node_leave_once_however_often_they_are_taken_out(long seed) {
    scene(seed);
    bus.dropPercent = 30;
    bus.repeatPercent = 30;
    bus.maxDelayMillis = 40;
    comeAndGo(100);
    registers.get(2).die();
    final List<String> lost = List.copyOf(connected.get(2));
    nodesChanged();
    advance(1000);
    nodesChanged();
    advance(12_000);
    List<String> others = new ArrayList<>(everybody());
    others.removeAll(lost);
    for (Recorder watcher : watchers.subList(0, 2)) {
      assertThat(watcher.there()).isEqualTo(others);
      assertThat(watcher.impossible).isEmpty();
    }
    assertThat(lost).isNotEmpty();
    assertEachEventOnce();
  }

  @ParameterizedTest
  @ValueSource(longs = {31, 32, 33, 34, 35})
  void a_node_that_comes_back_as_another_says_its_members_anew(long seed) {
    scene(seed);
    bus.dropPercent = 20;
    bus.maxDelayMillis = 40;
    comeAndGo(100);
    registers.get(1).die();
    nodesChanged();
    comeAndGo(100);
    advance(12_000);
    registers.get(1).comeBack();
    nodesChanged();
    comeAndGo(20);
    advance(1000 * Keeper.CHECK_SECONDS + 15_000);
    assertAllAgree();
    String own = watchers.get(1).changes().stream().filter(e -> e.startsWith("-c1")).toList() + "";
    connected.get(1).forEach(one -> assertThat(own).doesNotContain("-" + one + ","));
  }

  @Test
  void a_node_that_comes_back_at_once_makes_nobody_leave() {
    scene(40);
    comeAndGo(100);
    advance(500);
    int before = watchers.get(0).changes().size();
    shared.rooms.clear();
    registers.forEach(FakeRegister::die);
    registers.forEach(FakeRegister::comeBack);
    nodesChanged();
    advance(12_000);
    assertAllAgree();
    assertThat(watchers.get(0).changes()).hasSize(before);
  }

  @Test
  void a_node_that_was_lost_and_does_not_know_it_is_not_believed() {
    scene(45);
    comeAndGo(50);
    advance(500);
    UUID lost = registers.get(2).node();
    connected.get(2).clear();
    registers.get(2).die();
    nodesChanged();
    advance(3000);
    RoomMembers room = shared.rooms.get(ROOM);
    Change fork =
        new Change(room.epoch(), room.version() + 1, 0, List.of(), List.copyOf(everybody()));
    bus.publish(ROOM, new News(lost, fork));
    advance(2000);
    assertThat(watchers.get(0).there()).isEqualTo(everybody());
    assertThat(watchers.get(1).there()).isEqualTo(everybody());
    assertEachEventOnce();
  }

  @Test
  void what_the_register_lost_is_found_and_said_again() {
    scene(50);
    comeAndGo(100);
    advance(500);
    shared.rooms.clear();
    advance(1000 * (2 * Keeper.VERIFY_SECONDS + 5));
    assertAllAgree();
  }

  @Test
  void a_room_with_very_many_members_is_said_in_parts() {
    scene(60);
    for (int i = 0; i < 5 * OwnMembers.MAX_SAID; i++) {
      enter(0);
    }
    advance(500);
    assertAllAgree();
    shared.rooms.clear();
    registers.get(0).die();
    registers.get(0).comeBack();
    for (int i = 0; i < 100; i++) {
      leave(0);
    }
    nodesChanged();
    advance(12_000);
    assertAllAgree();
    assertEachEventOnce();
  }

  @Test
  void changes_that_come_together_are_told_together() {
    scene(70);
    shared.maxDelayMillis = 10;
    int before = bus.published;
    for (int i = 0; i < 500; i++) {
      enter(0);
    }
    advance(200);
    assertAllAgree();
    assertThat(bus.published - before).isLessThan(5);
  }

  @Test
  void a_room_that_nobody_watches_is_forgotten_after_a_while() {
    scene(80);
    Recorder recorder = new Recorder();
    RoomName other = new RoomName("other");
    Watch watch = nodes.get(0).watch(other, recorder, homes.get(0).home());
    advance(100);
    assertThat(homes.get(0).home().views).containsKey(other);
    watch.close();
    advance(1000 * (Keeper.LINGER_SECONDS + 2));
    assertThat(homes.get(0).home().views).doesNotContainKey(other);
    assertThat(homes.get(0).home().own).doesNotContainKey(other);
  }
}
