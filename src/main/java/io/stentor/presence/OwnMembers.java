package io.stentor.presence;

import io.stentor.message.Member;
import io.stentor.message.RoomName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The members of this node's own connections in one room, which nobody knows better, and the
 * telling of them to the register. Belongs to the room's home loop.
 */
final class OwnMembers {

  /*
   * One call is in flight; whose being there changes meanwhile is noted in `unsaid` and is in the
   * next call. A call says who is there and who is not at the time that it is made, so a call that
   * failed, and may have been done or not, is simply followed by one that says the same people.
   */

  /** Most members that one call speaks of. */
  static final int MAX_SAID = 1000;

  private static final long FIRST_RETRY_MILLIS = 100;
  private static final long MAX_RETRY_MILLIS = 2000;
  private static final Logger LOG = LoggerFactory.getLogger(OwnMembers.class);

  private final RoomName room;
  private final PresenceLoop home;
  private final Telling telling;
  private final Map<String, Member> members = new HashMap<>(2);

  /** Connections that came or went since a call spoke of them. */
  private @Nullable Set<String> unsaid;

  /** Into how many parts all is divided that has to be said; 0 where only the unsaid have to be. */
  private int parts;

  private int part;

  /** Counts how often all had to be said. */
  private int round;

  private boolean busy;
  private long retryMillis = FIRST_RETRY_MILLIS;
  private long digest;

  /** What all rooms of one home tell by. */
  record Telling(PresenceStore register, PresenceBus bus, CallLimiter lanes) {}

  OwnMembers(RoomName room, PresenceLoop home, Telling telling) {
    this.room = room;
    this.home = home;
    this.telling = telling;
  }

  /** Whether the register has been told everything, as far as this node knows. */
  boolean isSaid() {
    return !busy;
  }

  /** Sum over the members. */
  long digest() {
    return digest;
  }

  /** Whether this connection of this node is in the room. */
  boolean has(String connection) {
    return members.containsKey(connection);
  }

  void enter(Member member) {
    set(member.connection(), member);
  }

  void leave(String connection) {
    set(connection, null);
  }

  private void set(String connection, @Nullable Member to) {
    Member before = to == null ? members.remove(connection) : members.put(connection, to);
    if (Objects.equals(before, to)) {
      return;
    }
    digest += (to == null ? 0 : Digest.of(to)) - (before == null ? 0 : Digest.of(before));
    note(connection);
    say();
  }

  private void note(String connection) {
    Set<String> noted = unsaid;
    if (noted == null) {
      noted = new HashSet<>(2);
      unsaid = noted;
    }
    noted.add(connection);
  }

  /** All of it has to be said again. */
  void sayAll() {
    beginRound();
    say();
  }

  private void beginRound() {
    unsaid = null;
    parts = members.size() / MAX_SAID + 1;
    part = 0;
    round++;
  }

  /** Everybody has left. */
  void clear() {
    members.clear();
    digest = 0;
    sayAll();
  }

  private void say() {
    if (!busy) {
      busy = true;
      telling.lanes.enter(this::call);
    }
  }

  private void call() {
    Announcement said = parts > 0 ? wholePart() : noted();
    int during = round;
    telling
        .register
        .announce(room, said)
        .onComplete((change, failure) -> home.run(() -> answered(said, during, change, failure)));
  }

  private Announcement wholePart() {
    List<Member> present = new ArrayList<>();
    for (Member member : members.values()) {
      if (Digest.part(member.connection(), parts) == part) {
        present.add(member);
      }
    }
    return Announcement.whole(telling.register.node(), parts, part, present);
  }

  private Announcement noted() {
    Set<String> noted = Objects.requireNonNullElse(unsaid, Set.of());
    List<Member> present = new ArrayList<>();
    List<String> absent = new ArrayList<>();
    for (String connection : noted) {
      Member member = members.get(connection);
      if (member != null) {
        present.add(member);
      } else {
        absent.add(connection);
      }
      if (present.size() + absent.size() == MAX_SAID) {
        break;
      }
    }
    present.forEach(member -> noted.remove(member.connection()));
    absent.forEach(noted::remove);
    return Announcement.of(telling.register.node(), present, absent);
  }

  private void answered(
      Announcement said, int during, @Nullable MemberChange change, @Nullable Throwable failure) {
    telling.lanes.leave();
    if (change == null) {
      failed(said, during, failure);
      return;
    }
    retryMillis = FIRST_RETRY_MILLIS;
    telling.bus.publish(room, new PresenceMessage(said.node(), change));
    View view = home.views.get(room);
    if (view != null && !said.absent().isEmpty()) {
      view.ownLeft();
    }
    if (!said.node().equals(telling.register.node())) {
      beginRound();
    } else if (parts > 0 && during == round && ++part == parts) {
      parts = 0;
    }
    next();
  }

  private void next() {
    if (parts > 0 || (unsaid != null && !unsaid.isEmpty())) {
      telling.lanes.enter(this::call);
      return;
    }
    unsaid = null;
    busy = false;
    if (members.isEmpty()) {
      home.remove(room, this);
    }
  }

  private void failed(Announcement said, int during, @Nullable Throwable failure) {
    LOG.debug("presence in {}: not told, trying again: {}", room, String.valueOf(failure));
    if (during == round && said.parts() == 0) {
      said.present().forEach(member -> note(member.connection()));
      said.absent().forEach(this::note);
      if (unsaid != null && unsaid.size() > 2 * members.size() + MAX_SAID) {
        beginRound();
      }
    }
    home.after(retryMillis, () -> telling.lanes.enter(this::call));
    retryMillis = Math.min(2 * retryMillis, MAX_RETRY_MILLIS);
  }
}
