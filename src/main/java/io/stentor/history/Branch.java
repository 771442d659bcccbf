package io.stentor.history;

import io.stentor.message.Position;
import java.util.ArrayList;
import java.util.List;

/**
 * One branch of a room's log: its epoch, and where its past comes from. A log goes on as a new
 * branch when it cannot be proven that no other node continues it, for example on the smaller side
 * of a split cluster. Offsets continue across the fork. Immutable.
 *
 * @param epoch of everything that is appended to this branch
 * @param forks for each former epoch, the position up to which it is part of this branch's past;
 *     the latest fork first
 */
public record Branch(long epoch, List<Position> forks) {

  /** Maximum number of former epochs that are remembered. Positions of older ones are lost. */
  static final int MAX_FORKS = 16;

  public Branch {
    forks = List.copyOf(forks);
  }

  /** Creates a branch without former epochs. */
  public Branch(long epoch) {
    this(epoch, List.of());
  }

  /**
   * Returns whether the publication at this position is in the past of this branch, or would be in
   * its future: a position of its own epoch always belongs to it.
   */
  public boolean includes(Position position) {
    return position.epoch() == epoch || position.offset() <= sharedWith(position.epoch());
  }

  /**
   * Returns the last offset of a former epoch that is in this branch's past; -1 if there is none.
   */
  long sharedWith(long formerEpoch) {
    for (Position fork : forks) {
      if (fork.epoch() == formerEpoch) {
        return fork.offset();
      }
    }
    return -1;
  }

  /** Returns the branch that continues this one, with another epoch, from {@code last} on. */
  Branch fork(long newEpoch, long last) {
    return new Branch(newEpoch, joined(List.of(this), last));
  }

  /**
   * Returns the common past of several branches, up to an offset that is common to all of them.
   *
   * @param last the last common offset; positions after it are in the past of none
   */
  static List<Position> joined(List<Branch> branches, long last) {
    List<Position> all = new ArrayList<>();
    branches.forEach(branch -> add(all, new Position(branch.epoch, last)));
    for (Position fork : inTurn(branches.stream().map(Branch::forks).toList())) {
      add(all, new Position(fork.epoch(), Math.min(fork.offset(), last)));
    }
    return newest(all);
  }

  /**
   * Returns this branch with one more position up to which it continues another one, unless it is
   * known to continue that one. For readers: no other position is forgotten for it.
   */
  public Branch continuing(Position fork) {
    if (sharedWith(fork.epoch()) >= 0) {
      return this;
    }
    List<Position> all = new ArrayList<>(forks);
    all.add(fork);
    return new Branch(epoch, sorted(all));
  }

  /** Returns this branch with later positions up to which it continues others, the latest first. */
  Branch continuing(List<Position> later) {
    List<Position> before =
        forks.stream()
            .filter(fork -> later.stream().noneMatch(one -> one.epoch() == fork.epoch()))
            .toList();
    return new Branch(epoch, newest(inTurn(List.of(later, before))));
  }

  /**
   * Returns the first of each list, then the second of each, and so on: the latest of all first.
   */
  private static List<Position> inTurn(List<List<Position>> lists) {
    List<Position> all = new ArrayList<>();
    for (int i = 0; i < MAX_FORKS; i++) {
      for (List<Position> list : lists) {
        if (i < list.size()) {
          all.add(list.get(i));
        }
      }
    }
    return all;
  }

  /** Returns the first forks of a list, as many as are remembered. */
  private static List<Position> newest(List<Position> forks) {
    return sorted(forks.subList(0, Math.min(forks.size(), MAX_FORKS)));
  }

  private static List<Position> sorted(List<Position> forks) {
    return forks.stream()
        .sorted((one, other) -> Long.compare(other.offset(), one.offset()))
        .toList();
  }

  private static void add(List<Position> forks, Position fork) {
    if (forks.stream().noneMatch(known -> known.epoch() == fork.epoch())) {
      forks.add(fork);
    }
  }

  /** Returns this branch with a later fork from the epoch that it continues, if it is that one. */
  Branch forkedLater(long parent, long last) {
    if (forks.isEmpty() || forks.get(0).epoch() != parent || last <= forks.get(0).offset()) {
      return this;
    }
    List<Position> others = new ArrayList<>(forks);
    others.set(0, new Position(parent, last));
    return new Branch(epoch, others);
  }

  /** Returns this branch without the forks before which no reader can resume. */
  Branch without(long oldest) {
    return forks.isEmpty() || forks.get(forks.size() - 1).offset() + 1 >= oldest
        ? this
        : new Branch(epoch, forks.stream().filter(fork -> fork.offset() + 1 >= oldest).toList());
  }
}
