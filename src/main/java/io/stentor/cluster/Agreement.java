package io.stentor.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the nodes of one side of a cluster agree on. Immutable. The rules are here, without any I/O;
 * {@link Quorum} sends the messages.
 *
 * @param generation grows with each agreement of a node
 * @param members the nodes of the side, the eldest first; nodes that are leaving are left out
 * @param id the side; it changes exactly when the side must fork its logs
 * @param majority false on a side that split off and is still smaller than a majority of the last
 *     agreed members of the whole cluster
 * @param fullSize the number of members of the last agreement with a majority
 * @param base the generation of the agreement that this one follows; 0 if it is the first
 */
record Agreement(
    long generation, List<UUID> members, long id, boolean majority, int fullSize, long base) {

  /*
   * The invariant: at any time, at most one side of a split cluster holds an id. More exactly: if
   * all members that one node agreed on are on its side, and the same is true of a node on another
   * side, their ids differ.
   *
   * A round makes an agreement. The eldest node of a view, which is the list of the nodes that it
   * sees, asks all of them for their states, computes the next agreement from these, asks all to
   * accept it, and then tells all to adopt it. It goes on only if all nodes of the view answered.
   * A node that accepts remembers the proposal until it adopts a later agreement.
   *
   * A view is a quorum of a set of members if it has more than half of them, or exactly half with
   * the eldest. Two quorums of one set always share a node: two halves share the eldest. A proposal
   * keeps the id of the newest agreement in the view only if the view is a quorum of
   *  (1) the members of that agreement, and
   *  (2) the members of every newer proposal with that id that a node of the view has accepted.
   * Otherwise it has a new, random id, which is always safe.
   *
   * Why this holds. All agreements with one id form a chain. Its links are proposals that all nodes
   * of their view accepted; anything less is never adopted by anybody. Suppose that two views could
   * both keep the id after the same link. Both are quorums of it, so they share a node. That node
   * answered one of the two rounds first:
   *  - It accepted the first proposal before it answered the second round. Then the second round
   *    knows the proposal, has a higher generation, and keeps the id only if its view is a quorum
   *    of the first proposal as well: it continues the chain behind it, whether or not the first
   *    was adopted.
   *  - It answered the second round before it was asked to accept the first proposal. Then it
   *    declines: a node accepts only in the last round that it answered. The first proposal is
   *    never adopted.
   * So links are totally ordered, and every view that keeps the id is a quorum of the last link.
   * The nodes of two sides are disjoint, and disjoint views are not both quorums of one set.
   *
   * This needs one property of Hazelcast: a node that was removed from another one's view never
   * comes back to it with its UUID and a live agreement. It can only join as a newcomer, or as a
   * node that has restarted.
   *
   * Cases that were considered:
   *  - A node missed a commit. It accepted the proposal before, and says so in the next round. Until
   *    then it holds its old agreement only while all members of the proposal are present, too.
   *  - The coordinator died between propose and commit. Perhaps it has adopted the agreement, or
   *    another node has. All accepted it, so any quorum of the old members knows it: rule (2).
   *  - Newcomers have no state. They count as members of the next agreement, never of the present
   *    one, so they give no side a majority. A node that merges into another cluster gets a new
   *    UUID there, and is a newcomer, unless it has restarted and has not accepted anything since.
   *  - Two nodes are lost one after the other. There is no agreement while one node of the view
   *    does not answer. So a node alone in the end compares itself with all three, not with a set
   *    that it shrank by itself to two and then to one.
   *  - Nodes restart. A node with a data directory keeps its state there, and says which member it
   *    was. It counts as that member: what it accepted before, it still knows. The coordinator waits
   *    a while for the other members that the newest agreement of the view has, because they may be
   *    starting, too. A node without its directory, or with a copy of one, is a newcomer.
   *  - A node leaves. It takes part in the round as a node of the view, but is no member of the
   *    proposal. All members of a proposal have accepted it, which is all that the above needs.
   *  - Proposals with a new id do not matter for others: they belong to a chain of their own.
   */

  /**
   * The state of a node. Immutable.
   *
   * @param agreed null if the node is a newcomer
   * @param accepted proposals of newer generations than {@code agreed}; of those with the same id
   *     and members only the newest
   * @param highest the highest generation that the node has ever accepted
   * @param leaving whether the node is about to leave; set in answers only
   * @param former the member that the node was before it restarted, until it adopts an agreement;
   *     null if this is not a state from before a restart
   */
  record State(
      @Nullable Agreement agreed,
      List<Agreement> accepted,
      long highest,
      boolean leaving,
      @Nullable UUID former) {

    static final State NEWCOMER = new State(null, List.of(), 0, false, null);

    /** Returns this state as that of a node that has restarted and was this member. */
    State restarted(UUID member) {
      return new State(agreed, accepted, highest, false, member);
    }

    /** Returns whether the node, before it restarted, was a member of this agreement. */
    boolean wasMemberOf(long generation) {
      return former != null
          && (isMember(agreed, generation)
              || accepted.stream().anyMatch(one -> isMember(one, generation)));
    }

    /** Returns whether this node, before it restarted, was the only member. */
    boolean isAlone() {
      return former != null
          && agreed != null
          && agreed.members.equals(List.of(former))
          && accepted.isEmpty();
    }

    private boolean isMember(@Nullable Agreement of, long generation) {
      return of != null && of.generation == generation && of.members.contains(former);
    }

    /**
     * Returns the agreement, or null if a member of it is not present. The same goes for accepted
     * proposals: others may have adopted them, and gone on from there without this node.
     */
    @Nullable Agreement held(Predicate<UUID> present) {
      return agreed != null
              && agreed.members.stream().allMatch(present)
              && accepted.stream().allMatch(one -> one.members.stream().allMatch(present))
          ? agreed
          : null;
    }

    private State accept(Agreement proposed) {
      List<Agreement> now = new ArrayList<>(accepted);
      now.removeIf(one -> one.id == proposed.id && one.members.equals(proposed.members));
      now.add(proposed);
      return new State(
          agreed, List.copyOf(now), Math.max(highest, proposed.generation), false, former);
    }

    /** Returns the state after adopting a proposal, whose generation is the highest so far. */
    private State adopt(Agreement proposed) {
      return new State(proposed, List.of(), highest, false, null);
    }
  }

  /**
   * Computes what the nodes of a view should agree on.
   *
   * @param view all nodes that the coordinator sees, the eldest first
   * @param states the states of all of them
   * @param newId used if the side cannot keep its id: random, and of no other view
   * @return the agreement that all of them hold already, if it needs no change
   */
  static Agreement next(List<UUID> view, Map<UUID, State> states, long newId) {
    Collection<State> all = states.values();
    List<Agreement> pending = pending(all);
    Agreement agreed = last(view, all);
    Agreement base = agreed != null ? agreed : newest(pending);
    List<UUID> members = staying(view, states);
    long generation = 1 + all.stream().mapToLong(State::highest).max().orElse(0);
    if (base == null) {
      return new Agreement(generation, members, newId, true, members.size(), 0);
    }
    Set<UUID> present = present(view, all);
    boolean keeps =
        agreed != null
            && agreed.isQuorum(present)
            && pending.stream().filter(agreed::precedes).allMatch(one -> one.isQuorum(present));
    boolean majority = (keeps && base.majority) || 2 * members.size() > base.fullSize;
    int fullSize = majority ? members.size() : base.fullSize;
    long id = keeps ? base.id : newId;
    Agreement next = new Agreement(generation, members, id, majority, fullSize, base.generation);
    boolean settled =
        next.differsOnlyInGeneration(base)
            && all.stream().allMatch(state -> base.equals(state.agreed) && state.accepted.isEmpty())
            && members.stream().noneMatch(member -> isLeaving(member, states));
    return settled ? base : next;
  }

  /**
   * Returns how many members of the last agreement are missing, if nobody holds it because all
   * nodes that had it have restarted. The others may be starting, too. 0 if there is nobody to wait
   * for: a single one that a newcomer replaces has probably lost its disk, and every log that it
   * had is on another node, too. A node that remembers an older agreement replaces nobody: it was
   * away.
   */
  static int missingAfterRestart(List<UUID> view, Map<UUID, State> states) {
    Collection<State> all = states.values();
    Agreement last = last(view, all);
    boolean running = all.stream().anyMatch(state -> state.former == null && state.agreed != null);
    if (last == null || running) {
      return 0;
    }
    Set<UUID> present = present(view, all);
    int missing = (int) last.members.stream().filter(member -> !present.contains(member)).count();
    boolean replaced =
        missing == 1
            && all.stream().anyMatch(state -> state.former == null && state.agreed == null)
            && view.size() >= last.members.size()
            && last.isQuorum(present);
    return replaced ? 0 : missing;
  }

  /** Returns the nodes of a view, also as the members that they were before they restarted. */
  private static Set<UUID> present(List<UUID> view, Collection<State> states) {
    Set<UUID> present = new HashSet<>(view);
    states.stream().map(State::former).filter(Objects::nonNull).forEach(present::add);
    return present;
  }

  private static List<Agreement> pending(Collection<State> states) {
    return states.stream().flatMap(state -> state.accepted().stream()).toList();
  }

  /**
   * Returns the agreement to follow. One that nodes hold at this moment comes before any that
   * others remember from before they restarted.
   */
  private static @Nullable Agreement last(List<UUID> view, Collection<State> states) {
    Agreement held = newest(states.stream().map(state -> state.held(view::contains)).toList());
    return held != null ? held : newest(states.stream().map(State::agreed).toList());
  }

  /** Returns the nodes that are not leaving, or all if everyone is. */
  private static List<UUID> staying(List<UUID> view, Map<UUID, State> states) {
    List<UUID> staying = view.stream().filter(node -> !isLeaving(node, states)).toList();
    return staying.isEmpty() ? view : staying;
  }

  private static boolean isLeaving(UUID node, Map<UUID, State> states) {
    return Objects.requireNonNull(states.get(node)).leaving();
  }

  private static @Nullable Agreement newest(List<? extends @Nullable Agreement> all) {
    return all.stream()
        .filter(Objects::nonNull)
        .map(one -> (Agreement) one)
        .max(Comparator.comparingLong(Agreement::generation))
        .orElse(null);
  }

  private boolean precedes(Agreement other) {
    return generation < other.generation && id == other.id;
  }

  private boolean differsOnlyInGeneration(Agreement other) {
    return id == other.id
        && majority == other.majority
        && fullSize == other.fullSize
        && members.equals(other.members);
  }

  /** Returns whether these nodes have more than half of the members, or half with the eldest. */
  private boolean isQuorum(Set<UUID> nodes) {
    int twice = 2 * (int) members.stream().filter(nodes::contains).count();
    return twice > members.size() || (twice == members.size() && nodes.contains(members.get(0)));
  }

  /** The part of one node in the rounds, from when it joins until it leaves. Thread-safe. */
  static final class Acceptor {

    private final UUID node;
    private final Consumer<State> keep;
    private volatile State state;

    /** The last round that this node answered, and the proposal that it accepted in it. */
    private @Nullable UUID round;

    private @Nullable Agreement proposal;

    /** Whether this node has accepted a proposal. */
    private boolean accepted;

    /** Whether this node, before it restarted, was a member of the agreement that was followed. */
    private boolean continues;

    /** Creates the state of a node that has just joined. */
    Acceptor(UUID node) {
      this(node, State.NEWCOMER, state -> {});
    }

    /**
     * Creates the state of a node that has just joined.
     *
     * @param keep called with each new state, before anybody learns of it
     */
    Acceptor(UUID node, State state, Consumer<State> keep) {
      this.node = node;
      this.state = state;
      this.keep = keep;
    }

    UUID node() {
      return node;
    }

    /** Returns an object that changes with each change of the state. */
    State state() {
      return state;
    }

    /**
     * Returns whether this node was a member of what the first agreement after its restart
     * followed.
     */
    synchronized boolean continues() {
      return continues;
    }

    /** Returns the state from before a restart if nothing was accepted since; null otherwise. */
    synchronized @Nullable State untouched() {
      return accepted || state.former == null ? null : state;
    }

    /** Answers a round. Afterwards nothing is accepted or adopted in earlier rounds. */
    synchronized State answer(UUID asking, boolean leaving) {
      round = asking;
      proposal = null;
      return new State(state.agreed, state.accepted, state.highest, leaving, state.former);
    }

    /** Accepts a proposal. Returns false if this is not the last round that was answered. */
    synchronized boolean accept(UUID proposing, Agreement proposed) {
      if (!proposing.equals(round)) {
        return false;
      }
      proposal = proposed;
      accepted = true;
      change(state.accept(proposed));
      return true;
    }

    /** Adopts what was accepted in this round. Returns false if another was answered since. */
    synchronized boolean adopt(UUID committed) {
      Agreement adopted = proposal;
      if (!committed.equals(round) || adopted == null) {
        return false;
      }
      continues |= state.wasMemberOf(adopted.base);
      change(state.adopt(adopted));
      return true;
    }

    private void change(State next) {
      keep.accept(next);
      state = next;
    }
  }
}
