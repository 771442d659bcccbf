package io.stentor.presence;

import io.stentor.message.Member;
import java.util.ArrayList;
import java.util.List;

/** Everybody who watches one room on this node. One thread at a time. */
final class Watchers {

  private final List<Seat> seats = new ArrayList<>(1);

  boolean isEmpty() {
    return seats.isEmpty();
  }

  void add(Seat seat) {
    seats.add(seat);
  }

  void remove(Seat seat) {
    seats.remove(seat);
  }

  /** Whether the seat has not been closed. */
  boolean has(Seat seat) {
    return seats.contains(seat);
  }

  /** Tells all what happened. */
  void changed(List<Member> joined, List<Member> left) {
    if (!joined.isEmpty() || !left.isEmpty()) {
      for (Seat seat : seats) {
        seat.changed(joined, left);
      }
    }
  }

  /** Tells all who is there. */
  void present(List<Member> members) {
    for (Seat seat : seats) {
      seat.present(members);
    }
  }
}
