package io.stentor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.cluster.Agreement.Acceptor;
import io.stentor.cluster.Agreement.State;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rules by which nodes agree, in a model of a cluster: no network, no threads, no time. */
class AgreementTest {

  private static final int HISTORIES = 4000;

  /** A round that has asked, then proposed, then committed; each to one node at a time. */
  private static final class Round {
    final Node coordinator;
    final UUID id;
    final List<UUID> view;
    final long newId;
    final Map<UUID, State> states = new HashMap<>();
    final Set<UUID> accepted = new HashSet<>();
    final Set<UUID> committed = new HashSet<>();
    @Nullable Agreement proposal;
    boolean over;

    Round(Node coordinator, UUID id) {
      this.coordinator = coordinator;
      this.id = id;
      this.view = coordinator.view;
      this.newId = coordinator.newId(view);
    }
  }

  private static final class Node {
    final UUID uuid;
    final Acceptor acceptor;
    final Random random;
    int side;
    List<UUID> view = List.of();
    boolean alive = true;
    boolean leaving;
    private List<UUID> lastView = List.of();
    private long newId;

    /**
     * For each id, the last offset that was written on a side with this node: its copy of a log.
     */
    private final Map<Long, Long> written = new HashMap<>();

    Node(UUID uuid, int side, Random random) {
      this.uuid = uuid;
      this.acceptor = new Acceptor(uuid);
      this.side = side;
      this.random = random;
    }

    /** A node that comes back with what was on its disk. */
    Node(UUID uuid, int side, Random random, Node before) {
      State state = before.acceptor.state();
      this.uuid = uuid;
      this.acceptor =
          new Acceptor(
              uuid,
              state.restarted(Objects.requireNonNullElse(state.former(), before.uuid)),
              kept -> {});
      this.side = side;
      this.random = random;
      this.written.putAll(before.written);
    }

    long newId(List<UUID> of) {
      if (!of.equals(lastView)) {
        lastView = of;
        newId = random.nextLong();
      }
      return newId;
    }

    long written(long id) {
      return written.getOrDefault(id, 0L);
    }

    @Nullable Agreement agreed() {
      return acceptor.state().agreed();
    }
  }

  /**
   * Nodes that are killed, leave, split off and come back, as newcomers or with what they had on
   * their disks, while messages of their rounds arrive late, in any order or not at all. As in
   * Hazelcast, a node that another one has removed from its view is never seen again under the same
   * UUID.
   */
  private static final class World {
    final Random random;
    final List<Node> alive = new ArrayList<>();
    final Map<UUID, Node> byUuid = new HashMap<>();
    final List<Round> rounds = new ArrayList<>();
    final List<Node> dead = new ArrayList<>();

    /** For each id, the last offset that was written anywhere. */
    final Map<Long, Long> written = new HashMap<>();

    int sides = 1;
    int agreements;
    int forks;
    int kept;
    int writtenAfterRestarts;

    World(long seed) {
      random = new Random(seed);
    }

    UUID uuid() {
      return new UUID(random.nextLong(), random.nextLong());
    }

    Node join(int side) {
      return join(new Node(uuid(), side, random));
    }

    Node restart(Node node, int side) {
      return join(new Node(uuid(), side, random, node));
    }

    private Node join(Node node) {
      alive.add(node);
      byUuid.put(node.uuid, node);
      node.view = side(node.side);
      return node;
    }

    void kill(Node node) {
      node.alive = false;
      alive.remove(node);
    }

    /** The nodes of a side, the eldest first. */
    List<UUID> side(int side) {
      return alive.stream().filter(node -> node.side == side).map(node -> node.uuid).toList();
    }

    Node node(UUID uuid) {
      return Objects.requireNonNull(byUuid.get(uuid));
    }

    Node any() {
      return alive.get(random.nextInt(alive.size()));
    }

    void step() {
      int dice = random.nextInt(100);
      if (dice < 55) {
        deliver();
      } else if (dice < 70) {
        Node node = any();
        node.view = side(node.side);
      } else if (dice < 88) {
        begin(any());
      } else if (dice < 90 && alive.size() < 8) {
        join(any().side);
      } else if (dice < 92 && alive.size() < 8 && !dead.isEmpty()) {
        restart(
            dead.remove(random.nextInt(dead.size())), random.nextInt(3) > 0 ? any().side : sides++);
      } else if (dice < 94 && alive.size() > 1) {
        crash(any());
      } else if (dice < 96) {
        split();
      } else if (dice < 98) {
        any().leaving = true;
      } else {
        merge();
      }
      check();
      if (random.nextInt(4) == 0) {
        write();
      }
    }

    /** A node dies, and may come back with what was on its disk. */
    void crash(Node node) {
      kill(node);
      dead.add(node);
    }

    /** All nodes die. Some of them come back together, some on their own, some never. */
    void restartAll() {
      List.copyOf(alive).forEach(this::crash);
      rounds.clear();
      Collections.shuffle(dead, random);
      int together = sides++;
      int count = 1 + random.nextInt(dead.size());
      for (Node node : List.copyOf(dead.subList(0, count))) {
        dead.remove(node);
        restart(node, random.nextInt(4) > 0 ? together : sides++);
      }
      alive.forEach(node -> node.view = side(node.side));
    }

    /**
     * Each side writes an offset to the log of the id that it holds. If a side with an old copy
     * holds the id, an offset gets two meanings. A side without a copy begins a log with another
     * epoch.
     */
    void write() {
      for (int side : alive.stream().map(node -> node.side).distinct().toList()) {
        List<Node> nodes = alive.stream().filter(node -> node.side == side).toList();
        Agreement held = held(nodes.get(0));
        if (held == null || nodes.stream().anyMatch(node -> !held.equals(held(node)))) {
          continue;
        }
        long known = nodes.stream().mapToLong(node -> node.written(held.id())).max().orElse(0);
        if (known == 0 && written.containsKey(held.id())) {
          continue;
        }
        assertThat(known).isEqualTo(written.getOrDefault(held.id(), 0L));
        written.put(held.id(), known + 1);
        // Two nodes keep the log, not always the same ones.
        nodes.forEach(node -> node.written.remove(held.id()));
        int owner = random.nextInt(nodes.size());
        nodes.get(owner).written.put(held.id(), known + 1);
        nodes.get((owner + 1) % nodes.size()).written.put(held.id(), known + 1);
        writtenAfterRestarts += nodes.stream().anyMatch(node -> node.acceptor.continues()) ? 1 : 0;
      }
    }

    /** Some nodes of one side go to a new one. */
    void split() {
      int from = any().side;
      int to = sides++;
      alive.stream()
          .filter(node -> node.side == from && random.nextBoolean())
          .forEach(node -> node.side = to);
    }

    /** One side joins another one, each of its nodes under a new UUID. */
    void merge() {
      int to = any().side;
      int from = any().side;
      if (to != from) {
        for (Node node : List.copyOf(alive)) {
          if (node.side == from) {
            kill(node);
            join(to);
          }
        }
      }
    }

    void begin(Node node) {
      if (!node.view.isEmpty() && node.view.get(0).equals(node.uuid)) {
        rounds.add(new Round(node, uuid()));
      }
    }

    void deliver() {
      rounds.removeIf(round -> round.over);
      if (!rounds.isEmpty()) {
        Round round = rounds.get(random.nextInt(rounds.size()));
        Node to = node(round.view.get(random.nextInt(round.view.size())));
        deliver(round, to, random.nextInt(100) < 5);
      }
    }

    /** A message that is lost ends the round; a commit that is lost does so half of the time. */
    void deliver(Round round, Node to, boolean lost) {
      boolean arrives = round.coordinator.alive && to.alive && round.coordinator.side == to.side;
      if (!arrives || lost) {
        round.over =
            round.accepted.size() < round.view.size()
                || !round.coordinator.alive
                || random.nextBoolean();
      } else if (round.states.size() < round.view.size()) {
        round.over = !ask(round, to);
      } else if (round.accepted.size() < round.view.size()) {
        accept(round, to, Objects.requireNonNull(round.proposal));
      } else {
        commit(round, to);
      }
    }

    boolean ask(Round round, Node to) {
      if (!to.view.equals(round.view)) {
        return false;
      }
      // Once in a round: a second answer would be that of another round.
      if (!round.states.containsKey(to.uuid)) {
        round.states.put(to.uuid, to.acceptor.answer(round.id, to.leaving));
      }
      if (round.states.size() == round.view.size()) {
        round.proposal = Agreement.next(round.view, round.states, round.newId);
        return !round.proposal.equals(round.coordinator.agreed());
      }
      return true;
    }

    void accept(Round round, Node to, Agreement proposal) {
      long highest = to.acceptor.state().highest();
      round.over = !to.acceptor.accept(round.id, proposal);
      if (!round.over && round.accepted.add(to.uuid)) {
        assertThat(proposal.generation()).isGreaterThan(highest);
      }
    }

    void commit(Round round, Node to) {
      Agreement before = to.agreed();
      final boolean restarted = to.acceptor.state().former() != null;
      if (!round.committed.add(to.uuid) || !to.acceptor.adopt(round.id)) {
        return;
      }
      round.over = round.committed.size() == round.view.size();
      agreements++;
      if (restarted && !to.acceptor.continues()) {
        // Others may have continued its logs.
        to.written.clear();
      }
      Agreement now = Objects.requireNonNull(to.agreed());
      if (before != null) {
        assertThat(now.generation()).isGreaterThan(before.generation());
        if (before.id() == now.id()) {
          kept++;
        } else {
          forks++;
        }
      }
    }

    @Nullable Agreement held(Node node) {
      return node.acceptor.state().held(uuid -> isPresent(uuid, node.side));
    }

    boolean isPresent(UUID uuid, int side) {
      Node node = node(uuid);
      return node.alive && node.side == side;
    }

    /** No two sides hold the same id. */
    void check() {
      Map<Long, Integer> sideOf = new HashMap<>();
      for (Node node : alive) {
        Agreement held = held(node);
        if (held != null) {
          Integer other = sideOf.putIfAbsent(held.id(), node.side);
          assertThat(other).as("side with id %s", held.id()).isIn(null, node.side);
        }
      }
    }

    /** Without faults, each side agrees in one round. */
    void settle() {
      rounds.clear();
      alive.forEach(node -> node.view = side(node.side));
      for (Node node : alive) {
        if (node.view.get(0).equals(node.uuid)) {
          Round round = new Round(node, uuid());
          for (int phase = 0; phase < 3 && !round.over; phase++) {
            round.view.forEach(to -> deliver(round, node(to), false));
          }
        }
      }
      check();
      Map<Integer, Agreement> agreed = new HashMap<>();
      for (Node node : alive) {
        Agreement held = held(node);
        assertThat(held).isNotNull();
        assertThat(agreed.computeIfAbsent(node.side, side -> held)).isEqualTo(held);
      }
    }
  }

  @Test
  void two_sides_never_hold_the_same_id_nor_one_after_the_other_in_random_histories() {
    int forks = 0;
    int kept = 0;
    int restarted = 0;
    for (long seed = 1; seed <= HISTORIES; seed++) {
      World world = new World(seed);
      for (int i = 0; i < 1 + seed % 5; i++) {
        world.join(0);
      }
      world.alive.forEach(node -> node.view = world.side(0));
      world.settle();
      try {
        for (int i = 0; i < 400; i++) {
          world.step();
          if (i % 100 == 99) {
            if (world.random.nextBoolean()) {
              world.settle();
              world.write();
            }
            world.restartAll();
          }
        }
        world.settle();
        world.write();
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
      forks += world.forks;
      kept += world.kept;
      restarted += world.writtenAfterRestarts;
    }
    assertThat(restarted).isGreaterThan(1000);
    assertThat(forks).isGreaterThan(1000);
    assertThat(kept).isGreaterThan(1000);
  }

  private final UUID a = new UUID(0, 1);
  private final UUID b = new UUID(0, 2);
  private final UUID c = new UUID(0, 3);
  private final UUID d = new UUID(0, 4);
  private final UUID e = new UUID(0, 5);

  /** What a view agrees on next if all that were members before hold the same agreement. */
  private static Agreement next(@Nullable Agreement before, long newId, UUID... view) {
    Map<UUID, State> states = new HashMap<>();
    for (UUID node : view) {
      boolean known = before != null && before.members().contains(node);
      states.put(
          node,
          known ? new State(before, List.of(), before.generation(), false, null) : State.NEWCOMER);
    }
    return Agreement.next(List.of(view), states, newId);
  }

  @Test
  void a_side_that_forked_is_no_majority_until_it_has_more_than_half_of_the_full_size() {
    Agreement full = next(null, 1, a, b, c, d, e);
    assertThat(full.majority()).isTrue();
    Agreement two = next(full, 2, d, e);
    assertThat(two).isEqualTo(new Agreement(2, List.of(d, e), 2, false, 5, 1));
    Agreement one = next(two, 3, d);
    assertThat(one).isEqualTo(new Agreement(3, List.of(d), 2, false, 5, 2));
    Agreement three = next(one, 4, d, a, b);
    assertThat(three).isEqualTo(new Agreement(4, List.of(d, a, b), 2, true, 3, 3));
  }

  @Test
  void the_half_with_the_eldest_keeps_id_and_majority_and_the_other_half_neither() {
    Agreement full = next(null, 1, a, b, c, d);
    assertThat(next(full, 2, a, d)).isEqualTo(new Agreement(2, List.of(a, d), 1, true, 2, 1));
    assertThat(next(full, 3, b, c)).isEqualTo(new Agreement(2, List.of(b, c), 3, false, 4, 1));
  }

  @Test
  void newcomers_give_no_side_the_id() {
    Agreement full = next(null, 1, a, b, c);
    assertThat(next(full, 2, c, d, e).id()).isEqualTo(2);
    assertThat(next(full, 2, b, c, d, e).id()).isEqualTo(1);
  }

  @Test
  void nothing_new_is_agreed_if_nothing_has_changed() {
    Agreement full = next(null, 1, a, b);
    assertThat(next(full, 2, a, b)).isSameAs(full);
  }

  /** How many nodes a view waits for, whose nodes were these members before they restarted. */
  private static int missing(Agreement before, @Nullable UUID... former) {
    Map<UUID, State> states = new LinkedHashMap<>();
    for (UUID member : former) {
      State state =
          member == null
              ? State.NEWCOMER
              : new State(before, List.of(), before.generation(), false, null).restarted(member);
      states.put(new UUID(9, states.size()), state);
    }
    return Agreement.missingAfterRestart(List.copyOf(states.keySet()), states);
  }

  @Test
  void
      nodes_that_restart_wait_for_those_that_are_missing_unless_a_new_node_replaces_the_only_one() {
    Agreement three = next(null, 1, a, b, c);
    assertThat(missing(three, a)).isEqualTo(2);
    assertThat(missing(three, a, b)).isEqualTo(1);
    assertThat(missing(three, a, b, c)).isZero();
    assertThat(missing(three, a, b, null)).isZero();
    assertThat(missing(three, a, null, null)).isEqualTo(2);
    Agreement two = next(null, 1, a, b);
    assertThat(missing(two, a, null)).isZero();
    assertThat(missing(two, b, null)).isEqualTo(1);
  }

  @Test
  void a_node_that_was_away_replaces_none_that_is_missing() {
    Agreement before = next(null, 1, a, b, c);
    Agreement last = next(before, 2, a, b);
    Map<UUID, State> states = new LinkedHashMap<>();
    states.put(d, new State(last, List.of(), last.generation(), false, a));
    states.put(e, new State(before, List.of(), before.generation(), false, c));
    assertThat(Agreement.missingAfterRestart(List.of(d, e), states)).isEqualTo(1);
  }
}
