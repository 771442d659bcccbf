package io.stentor.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
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
 */
record Agreement(long generation, List<UUID> members, long id, boolean majority, int fullSize) {

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
   * comes back to it with its UUID and state. It can only join as a newcomer.
   *
   * What could go wrong, and does not:
   *  - A node missed a commit. It accepted the proposal before, and says so in the next round. Until
   *    then it holds its old agreement only while all members of the proposal are present, too.
   *  - The coordinator died between propose and commit. Perhaps it has adopted the agreement, or
   *    another node has. All accepted it, so any quorum of the old members knows it: rule (2).
   *  - Newcomers have no state. They count as members of the next agreement, never of the present
   *    one, so they give no side a majority. A node that merges into another cluster gets a new
   *    UUID there, and is a newcomer.
   *  - Two nodes are lost one after the other. There is no agreement while one node of the view
   *    does not answer. So a node alone in the end compares itself with all three, not with a set
   *    that it shrank by itself to two and then to one.
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
   */
  record State(
      @Nullable Agreement agreed, List<Agreement> accepted, long highest, boolean leaving) {

    static final State NEWCOMER = new State(null, List.of(), 0, false);

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
      return new State(agreed, List.copyOf(now), Math.max(highest, proposed.generation), false);
    }

    /** Returns the state after adopting a proposal, whose generation is the highest so far. */
    private State adopt(Agreement proposed) {
      return new State(proposed, List.of(), highest, false);
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
    List<Agreement> pending = all.stream().flatMap(state -> state.accepted().stream()).toList();
    Agreement agreed =
        newest(all.stream().map(State::agreed).filter(Objects::nonNull).map(one -> one).toList());
    Agreement base = agreed != null ? agreed : newest(pending);
    List<UUID> members = staying(view, states);
    long generation = 1 + all.stream().mapToLong(State::highest).max().orElse(0);
    if (base == null) {
      return new Agreement(generation, members, newId, true, members.size());
    }
    Set<UUID> present = Set.copyOf(view);
    boolean keeps =
        agreed != null
            && agreed.isQuorum(present)
            && pending.stream().filter(agreed::precedes).allMatch(one -> one.isQuorum(present));
    boolean majority = (keeps && base.majority) || 2 * members.size() > base.fullSize;
    int fullSize = majority ? members.size() : base.fullSize;
    long id = keeps ? base.id : newId;
    Agreement next = new Agreement(generation, members, id, majority, fullSize);
    boolean settled =
        next.differsOnlyInGeneration(base)
            && all.stream().allMatch(state -> base.equals(state.agreed) && state.accepted.isEmpty())
            && members.stream().noneMatch(member -> isLeaving(member, states));
    return settled ? base : next;
  }

  /** Returns the nodes that are not leaving, or all if everyone is. */
  private static List<UUID> staying(List<UUID> view, Map<UUID, State> states) {
    List<UUID> staying = view.stream().filter(node -> !isLeaving(node, states)).toList();
    return staying.isEmpty() ? view : staying;
  }

  private static boolean isLeaving(UUID node, Map<UUID, State> states) {
    return Objects.requireNonNull(states.get(node)).leaving();
  }

  private static @Nullable Agreement newest(Collection<Agreement> all) {
    return all.stream().max(Comparator.comparingLong(Agreement::generation)).orElse(null);
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
    private volatile State state = State.NEWCOMER;

    /** The last round that this node answered, and the proposal that it accepted in it. */
    private @Nullable UUID round;

    private @Nullable Agreement proposal;

    /** Creates the state of a node that has just joined. */
    Acceptor(UUID node) {
      this.node = node;
    }

    UUID node() {
      return node;
    }

    /** Returns an object that changes with each change of the state. */
    State state() {
      return state;
    }

    /** Answers a round. Afterwards nothing is accepted or adopted in earlier rounds. */
    synchronized State answer(UUID asking, boolean leaving) {
      round = asking;
      proposal = null;
      return new State(state.agreed, state.accepted, state.highest, leaving);
    }

    /** Accepts a proposal. Returns false if this is not the last round that was answered. */
    synchronized boolean accept(UUID proposing, Agreement proposed) {
      if (!proposing.equals(round)) {
        return false;
      }
      proposal = proposed;
      state = state.accept(proposed);
      return true;
    }

    /** Adopts what was accepted in this round. Returns false if another was answered since. */
    synchronized boolean adopt(UUID committed) {
      Agreement adopted = proposal;
      if (!committed.equals(round) || adopted == null) {
        return false;
      }
      state = state.adopt(adopted);
      return true;
    }
  }
}
