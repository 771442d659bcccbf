package io.stentor.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.presence.Watcher.Watch;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Three nodes with a store and a bus between them, on clocks that advance only on demand. */
abstract class FaultyNetworkSetting {
  static final RoomName ROOM = new RoomName("scene");
  static final int NODES = 3;
  static Vertx vertx;
  final List<ManualExecutor> loops = new ArrayList<>();
  final List<ClusterPresence> nodes = new ArrayList<>();
  final List<FakePresenceStore> stores = new ArrayList<>();
  final List<Recorder> watchers = new ArrayList<>();
  final List<Set<String>> connected = new ArrayList<>();
  final List<Asker> askers = new ArrayList<>();
  final FakePresenceStore.Shared shared = new FakePresenceStore.Shared();
  ManualExecutor network;
  FaultyPresenceBus bus;
  Random random;
  int connections;

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() {
    vertx.close();
  }

  void scene(long seed) {
    random = new Random(seed);
    network = new ManualExecutor(vertx);
    bus = new FaultyPresenceBus(vertx, network.loop(), random);
    for (int i = 0; i < NODES; i++) {
      ManualExecutor loop = new ManualExecutor(vertx);
      FakePresenceStore store = new FakePresenceStore(shared, network.loop(), random);
      loops.add(loop);
      stores.add(store);
      nodes.add(new ClusterPresence(List.of(loop.loop()), room -> true, store, bus));
      connected.add(new TreeSet<>());
      watchers.add(new Recorder());
      nodes.get(i).watch(ROOM, watchers.get(i), loop.loop());
    }
    advance(100);
  }

  void advance(int millis) {
    for (int i = 0; i < millis; i++) {
      network.advance(1);
      loops.forEach(loop -> loop.advance(1));
    }
  }

  void enter(int node) {
    String connection = "c" + node + "-" + ++connections;
    connected.get(node).add(connection);
    nodes.get(node).enter(ROOM, Member.of(connection, ""));
  }

  void leave(int node) {
    Set<String> there = connected.get(node);
    if (!there.isEmpty()) {
      String connection = there.stream().skip(random.nextInt(there.size())).findFirst().orElse("");
      there.remove(connection);
      nodes.get(node).leave(ROOM, connection);
    }
  }

  /** A client comes that is sent joins and leaves, and asks for the members at once. */
  void ask(int node) {
    Asker asker = new Asker();
    askers.add(asker);
    Watch watch = nodes.get(node).watch(ROOM, asker, loops.get(node).loop());
    watch.members(asker::answered);
  }

  void comeAndGo(int steps) {
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

  void nodesChanged() {
    nodes.forEach(ClusterPresence::nodesChanged);
  }

  List<String> everybody() {
    Set<String> all = new TreeSet<>();
    connected.forEach(all::addAll);
    return List.copyOf(all);
  }

  /** Knows the members only from the answer to its question, and from the joins and leaves. */
  static final class Asker implements Watcher {
    private final Set<String> there = new TreeSet<>();

    List<String> there() {
      return List.copyOf(there);
    }

    private void answered(List<Member> members) {
      there.clear();
      members.forEach(this::joined);
    }

    @Override
    public boolean present(List<Member> members) {
      return true;
    }

    @Override
    public boolean joined(Member member) {
      there.add(member.connection());
      return true;
    }

    @Override
    public boolean left(Member member) {
      there.remove(member.connection());
      return true;
    }
  }

  void assertAllAgree() {
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
  void assertEachEventOnce() {
    for (Recorder watcher : watchers) {
      assertThat(watcher.changes()).doesNotHaveDuplicates();
    }
  }
}
