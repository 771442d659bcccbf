package io.stentor.presence;

import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.presence.PresenceBus.PresenceMessage;
import io.stentor.presence.PresenceStore.Announcement;
import io.stentor.presence.PresenceStore.MemberChange;
import io.stentor.timer.LoopExecutor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The members that this node's own connections are in one room. Announces them to the {@link
 * PresenceStore} and publishes the resulting changes. Belongs to the room's loop.
 */
final class OwnMembers {

  /*
   * One call is in flight at a time. Connections that enter or leave meanwhile are noted in
   * `pending` and go with the next call. An announcement states who is present when it is made, so
   * after a failed call, which may have taken effect or not, the same connections are announced
   * again.
   */

  /** Maximum number of connections in one announcement. */
  static final int MAX_PER_CALL = 1000;

  private static final int MAX_CALLS = 256;
  private static final long FIRST_RETRY_MILLIS = 100;
  private static final long MAX_RETRY_MILLIS = 2000;
  private static final Logger LOG = LoggerFactory.getLogger(OwnMembers.class);

  /** What the rooms of one loop share. */
  record Shared(
      LoopExecutor loop,
      PresenceStore store,
      PresenceBus bus,
      CallLimiter calls,
      Listener listener) {

    Shared(LoopExecutor loop, PresenceStore store, PresenceBus bus, Listener listener) {
      this(loop, store, bus, new CallLimiter(loop), listener);
    }
  }

  /** Called on the room's loop. */
  interface Listener {
    /** The store knows that connections of this node have left the room. */
    void leavesAnnounced(RoomName room);

    /** The room has no member of this node, and the store knows it. */
    void empty(RoomName room, OwnMembers members);
  }

  /**
   * Limits the calls to the store that are in flight from one loop to {@value #MAX_CALLS}. Further
   * calls wait, at most one for each room.
   */
  private static final class CallLimiter {
    private final LoopExecutor loop;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int free = MAX_CALLS;

    CallLimiter(LoopExecutor loop) {
      this.loop = loop;
    }

    /** Runs the call after the present turn of the loop, or when another call has ended. */
    void begin(Runnable call) {
      if (free > 0) {
        free--;
        loop.execute(call);
      } else {
        waiting.add(call);
      }
    }

    void end() {
      Runnable next = waiting.poll();
      if (next == null) {
        free++;
      } else {
        loop.execute(next);
      }
    }
  }

  private final RoomName room;
  private final Shared shared;
  private final Map<String, Member> members = new HashMap<>(2);

  /** Connections that entered or left and are in no announcement yet. */
  private @Nullable Set<String> pending;

  /** Number of parts in which all members are being announced; 0 if only the pending ones are. */
  private int parts;

  /** The part that is announced next. */
  private int part;

  /** Number of complete announcements begun; identifies responses to an earlier one. */
  private int round;

  private boolean busy;
  private long retryMillis = FIRST_RETRY_MILLIS;
  private long digest;

  /** Creates an empty set of members. */
  OwnMembers(RoomName room, Shared shared) {
    this.room = room;
    this.shared = shared;
  }

  /** Returns whether the store has confirmed all members and all departures. */
  boolean isAnnounced() {
    return !busy;
  }

  /** Returns the {@link MemberDigest} of all members. */
  long digest() {
    return digest;
  }

  boolean contains(String connection) {
    return members.containsKey(connection);
  }

  void enter(Member member) {
    set(member.connection(), member);
  }

  void leave(String connection) {
    set(connection, null);
  }

  /** Removes all members. */
  void clear() {
    members.clear();
    digest = 0;
    announceAll();
  }

  private void set(String connection, @Nullable Member to) {
    Member before = to == null ? members.remove(connection) : members.put(connection, to);
    if (!Objects.equals(before, to)) {
      digest += MemberDigest.of(to) - MemberDigest.of(before);
      addPending(connection);
      announce();
    }
  }

  private void addPending(String connection) {
    Set<String> connections = pending;
    if (connections == null) {
      connections = new HashSet<>(2);
      pending = connections;
    }
    connections.add(connection);
  }

  /** Announces all members again. */
  void announceAll() {
    beginRound();
    announce();
  }

  private void beginRound() {
    pending = null;
    parts = members.size() / MAX_PER_CALL + 1;
    part = 0;
    round++;
  }

  private void announce() {
    if (!busy) {
      busy = true;
      shared.calls.begin(this::call);
    }
  }

  private void call() {
    Announcement announcement = parts > 0 ? wholePart() : takePending();
    int calledIn = round;
    shared
        .store
        .announce(room, announcement)
        .onComplete(
            (change, failure) ->
                shared.loop.run(() -> completed(announcement, calledIn, change, failure)));
  }

  private Announcement wholePart() {
    List<Member> present = new ArrayList<>();
    for (Member member : members.values()) {
      if (MemberDigest.part(member.connection(), parts) == part) {
        present.add(member);
      }
    }
    return Announcement.whole(shared.store.node(), parts, part, present);
  }

  private Announcement takePending() {
    Set<String> connections = Objects.requireNonNullElse(pending, Set.of());
    List<Member> present = new ArrayList<>();
    List<String> absent = new ArrayList<>();
    for (String connection : connections) {
      Member member = members.get(connection);
      if (member != null) {
        present.add(member);
      } else {
        absent.add(connection);
      }
      if (present.size() + absent.size() == MAX_PER_CALL) {
        break;
      }
    }
    present.forEach(member -> connections.remove(member.connection()));
    absent.forEach(connections::remove);
    return Announcement.of(shared.store.node(), present, absent);
  }

  private void completed(
      Announcement announcement,
      int calledIn,
      @Nullable MemberChange change,
      @Nullable Throwable failure) {
    shared.calls.end();
    if (change == null) {
      failed(announcement, calledIn, failure);
      return;
    }
    retryMillis = FIRST_RETRY_MILLIS;
    shared.bus.publish(room, new PresenceMessage(announcement.node(), change));
    if (!announcement.absent().isEmpty()) {
      shared.listener.leavesAnnounced(room);
    }
    if (!announcement.node().equals(shared.store.node())) {
      beginRound();
    } else if (parts > 0 && calledIn == round && ++part == parts) {
      parts = 0;
    }
    if (parts > 0 || (pending != null && !pending.isEmpty())) {
      shared.calls.begin(this::call);
      return;
    }
    pending = null;
    busy = false;
    if (members.isEmpty()) {
      shared.listener.empty(room, this);
    }
  }

  private void failed(Announcement announcement, int calledIn, @Nullable Throwable failure) {
    LOG.debug("presence in {}: not announced, will be retried: {}", room, String.valueOf(failure));
    if (calledIn == round && announcement.parts() == 0) {
      announcement.present().forEach(member -> addPending(member.connection()));
      announcement.absent().forEach(this::addPending);
      if (pending != null && pending.size() > 2 * members.size() + MAX_PER_CALL) {
        beginRound();
      }
    }
    shared.loop.after(retryMillis, () -> shared.calls.begin(this::call));
    retryMillis = Math.min(2 * retryMillis, MAX_RETRY_MILLIS);
  }
}
