package io.stentor.presence;

import io.stentor.cluster.BusConsumer;
import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.presence.PresenceBus.PresenceMessage;
import io.stentor.presence.PresenceStore.MemberChange;
import io.stentor.presence.PresenceStore.MemberSnapshot;
import io.stentor.timer.LoopExecutor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A room that is watched on this node: a copy of its members, kept up to date, and the only source
 * of the joins and leaves that its watchers receive. Belongs to the room's loop.
 */
final class WatchedRoom {

  /*
   * Changes arrive on the event bus, which may lose, repeat and reorder them. The change with the
   * next version is applied at once; a later one waits for a moment in `early`. When a change does
   * not fit, and from time to time in any case, the room is read from the store. After each step
   * the digests show whether both agree.
   *
   * A watcher that asks for all members gets them from the copy, after a read. An answer of the
   * store could lack members that the copy has, while their node announces them again; nobody would
   * tell the watcher of them afterwards.
   */

  /** Maximum time between two reads from the store. */
  static final int CHECK_SECONDS = 20;

  /** How long an unused room is kept: registering its consumer again would cost more. */
  static final int LINGER_SECONDS = 10;

  /** How long a member must have been missing before a read may decide that it has left. */
  private static final long MISSING_MILLIS = 1000;

  /** How long a later change waits for the one before it. */
  private static final long GRACE_MILLIS = 20;

  private static final long RETRY_MILLIS = 250;

  /** Other nodes learn of a new consumer with a delay, and do not send to it until then. */
  private static final long[] CHECK_AFTER_START_MILLIS = {100, 500, 2000};

  private static final Logger LOG = LoggerFactory.getLogger(WatchedRoom.class);

  private final RoomName room;
  private final LoopExecutor loop;
  private final PresenceStore store;
  private final BusConsumer consumer;
  private final Watchers watchers = new Watchers();
  private final MemberTracker tracker;
  private final EarlyChanges early = new EarlyChanges();

  /** Answers that wait for the next read, and for the read in progress. */
  private List<Consumer<List<Member>>> asked = new ArrayList<>(0);

  private List<Consumer<List<Member>>> askedBeforeRead = new ArrayList<>(0);
  private int secondsToCheck = randomCheckSeconds();
  private int unusedSeconds;
  private boolean live;
  private boolean closed;
  private boolean reading;
  private boolean readAgain;
  private boolean gracePlanned;
  private long versionAtRead;
  private long epoch;
  private long version;

  /**
   * Creates a room without watchers.
   *
   * @param isOwn whether a connection of this node is in the room
   */
  WatchedRoom(
      RoomName room,
      LoopExecutor loop,
      PresenceStore store,
      PresenceBus bus,
      Predicate<String> isOwn) {
    this.room = room;
    this.loop = loop;
    this.store = store;
    this.tracker = new MemberTracker(isOwn);
    this.consumer = new BusConsumer(loop, () -> bus.consume(room, this::received));
  }

  /** Registers the consumer, then reads the room: from then on no change is missed. */
  void start() {
    consumer.start(this::read);
  }

  void add(Watchers.Delivery watcher) {
    watchers.add(watcher);
    refresh(watcher);
  }

  void refresh(Watchers.Delivery watcher) {
    if (live && watchers.contains(watcher)) {
      watcher.present(tracker.members());
    }
  }

  /** See {@link Watcher.Watch#members}. */
  void members(Watchers.Delivery watcher, Consumer<List<Member>> answer) {
    asked.add(members -> watcher.answer(members, answer));
    check();
  }

  void remove(Watchers.Delivery watcher) {
    watchers.remove(watcher);
  }

  /**
   * Checks the room when it is due, and closes it when it has had no watcher for {@value
   * #LINGER_SECONDS} seconds. Call once a second.
   *
   * @return false if it was closed
   */
  boolean tick() {
    if (!watchers.isEmpty() || isAsked()) {
      unusedSeconds = 0;
      if (--secondsToCheck <= 0) {
        secondsToCheck = randomCheckSeconds();
        check();
      }
    } else if (++unusedSeconds >= LINGER_SECONDS) {
      closed = true;
      consumer.close();
    }
    return !closed;
  }

  private boolean isAsked() {
    return !asked.isEmpty() || !askedBeforeRead.isEmpty();
  }

  /** Random, so that rooms entered together are not all read in the same second. */
  private static int randomCheckSeconds() {
    return ThreadLocalRandom.current().nextInt(CHECK_SECONDS / 2, CHECK_SECONDS + 1);
  }

  private void received(PresenceMessage message) {
    MemberChange change = message.change();
    if (closed) {
      return;
    }
    if (!store.isNode(message.sender())) {
      check();
    } else if (!live) {
      keep(change);
    } else if (change.epoch() != epoch) {
      check();
    } else if (change.version() > version) {
      keep(change);
      applyDue();
    }
  }

  private void keep(MemberChange change) {
    if (!early.add(change)) {
      check();
    }
  }

  /** Applies the changes that are due. If later ones remain, waits for the missing one. */
  private void applyDue() {
    MemberChange due = early.pollDue(epoch, version);
    while (due != null) {
      version = due.version();
      deliver(tracker.apply(due));
      if (tracker.digest() != due.digest()) {
        check();
      }
      due = early.pollDue(epoch, version);
    }
    if (!early.isEmpty() && !gracePlanned && !reading) {
      gracePlanned = true;
      loop.after(
          GRACE_MILLIS,
          () -> {
            gracePlanned = false;
            check();
          });
    }
  }

  private void deliver(Events events) {
    watchers.changed(events.joined, events.left);
    List<String> missing = tracker.takeNewlyMissing();
    if (!missing.isEmpty()) {
      loop.after(
          MISSING_MILLIS,
          () -> {
            tracker.mayDecide(missing);
            check();
          });
    }
  }

  /** Members of this node left and the store knows it. */
  void ownLeft() {
    if (tracker.hasMissing()) {
      check();
    }
  }

  /** Reads the room from the store and delivers the difference. */
  void check() {
    if (closed || !live) {
      return;
    }
    if (reading) {
      readAgain = true;
    } else {
      read();
    }
  }

  private void read() {
    reading = true;
    askedBeforeRead.addAll(asked);
    asked.clear();
    versionAtRead = version;
    store
        .read(room, tracker.digest())
        .onComplete((snapshot, failure) -> loop.run(() -> readCompleted(snapshot, failure)));
  }

  private void readCompleted(@Nullable MemberSnapshot snapshot, @Nullable Throwable failure) {
    reading = false;
    if (closed) {
      return;
    }
    List<Consumer<List<Member>>> answers = askedBeforeRead;
    askedBeforeRead = new ArrayList<>(0);
    boolean recent;
    if (snapshot == null) {
      LOG.debug("presence in {}: cannot be read: {}", room, String.valueOf(failure));
      loop.after(RETRY_MILLIS, this::readUnlessReading);
      recent = live; // As recent as possible at the moment.
    } else {
      recent = apply(snapshot);
    }
    if (recent) {
      answers.forEach(answer -> answer.accept(tracker.members()));
    } else {
      asked.addAll(answers);
    }
    if (snapshot != null && readAgain && !reading) {
      readAgain = false;
      read();
    }
  }

  private void readUnlessReading() {
    if (!reading && !closed) {
      read();
    }
  }

  /** Returns false if the copy may be older than the snapshot. */
  private boolean apply(MemberSnapshot snapshot) {
    boolean sameEpoch = live && snapshot.epoch() == epoch;
    if (sameEpoch && snapshot.version() < version && version > versionAtRead) {
      // The bus was faster than the read, whose result may be out of date.
      return true;
    }
    if (snapshot.members() == null && snapshot.digest() != tracker.digest()) {
      readAgain = true;
      return false;
    }
    if (snapshot.epoch() != 0) {
      // The last version of a room that is gone is remembered, to recognize late messages.
      epoch = snapshot.epoch();
      version = snapshot.version();
    }
    Events events = tracker.apply(snapshot.members());
    if (live) {
      deliver(events);
    } else {
      goLive();
    }
    applyDue();
    return true;
  }

  private void goLive() {
    live = true;
    List<Member> members = tracker.members();
    early.retainEpoch(epoch);
    watchers.present(members);
    for (long millis : CHECK_AFTER_START_MILLIS) {
      loop.after(millis, this::check);
    }
  }

  /** Joins and leaves to deliver. */
  private record Events(List<Member> joined, List<Member> left) {
    Events() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  /**
   * The members that the watchers of the room know. Every event is a difference between these and
   * the actual members, so each member that joined leaves exactly once. Plain data.
   */
  private static final class MemberTracker {

    /*
     * A member that a read does not find is `missing` at first; it leaves only if a later read does
     * not find it either. While a split cluster heals, nodes announce their members again, and
     * nobody has left. This node's own members stay missing as long as they are connected, whatever
     * the other nodes know of this one.
     */

    private final Predicate<String> isOwn;
    private final Map<String, Member> known = new HashMap<>();

    /** Known members that are missing; true once the next read may decide. */
    private final Map<String, Boolean> missing = new HashMap<>();

    private List<String> newlyMissing = new ArrayList<>();
    private long digest;
    private @Nullable List<Member> members;

    MemberTracker(Predicate<String> isOwn) {
      this.isOwn = isOwn;
    }

    /** Returns the {@link MemberDigest} of the known members that are not missing. */
    long digest() {
      return digest;
    }

    boolean hasMissing() {
      return !missing.isEmpty();
    }

    /** Returns all known members; immutable. */
    List<Member> members() {
      List<Member> all = members;
      if (all == null) {
        all = List.copyOf(known.values());
        members = all;
      }
      return all;
    }

    Events apply(MemberChange change) {
      Events events = new Events();
      for (String connection : change.left()) {
        Member member = known.get(connection);
        if (member != null && isOwn.test(connection)) {
          markMissing(member);
        } else if (member != null) {
          remove(member, events);
        }
      }
      change.joined().forEach(member -> put(member, events));
      return events;
    }

    /**
     * Applies the result of a read.
     *
     * @param found all members; null for the known members that are not missing
     */
    Events apply(@Nullable Collection<Member> found) {
      Events events = new Events();
      if (found != null) {
        Set<String> connections = new HashSet<>();
        for (Member member : found) {
          connections.add(member.connection());
          put(member, events);
        }
        for (Member member : known.values()) {
          if (!connections.contains(member.connection())) {
            markMissing(member);
          }
        }
      }
      for (Map.Entry<String, Boolean> entry : List.copyOf(missing.entrySet())) {
        Member member = known.get(entry.getKey());
        if (member != null && entry.getValue() && !isOwn.test(entry.getKey())) {
          remove(member, events);
        }
      }
      return events;
    }

    /** Returns the members that are missing since the last call. */
    List<String> takeNewlyMissing() {
      List<String> taken = newlyMissing;
      if (!taken.isEmpty()) {
        newlyMissing = new ArrayList<>();
      }
      return taken;
    }

    /** Lets the next read that does not find these members remove them. */
    void mayDecide(List<String> connections) {
      connections.forEach(one -> missing.computeIfPresent(one, (connection, decides) -> true));
    }

    private void put(Member member, Events events) {
      Member before = known.put(member.connection(), member);
      if (before == null) {
        events.joined.add(member);
      } else if (missing.remove(member.connection()) == null) {
        digest -= MemberDigest.of(before);
      }
      digest += MemberDigest.of(member);
      members = null;
    }

    private void remove(Member member, Events events) {
      known.remove(member.connection());
      if (missing.remove(member.connection()) == null) {
        digest -= MemberDigest.of(member);
      }
      events.left.add(member);
      members = null;
    }

    private void markMissing(Member member) {
      if (missing.putIfAbsent(member.connection(), false) == null) {
        digest -= MemberDigest.of(member);
        newlyMissing.add(member.connection());
      }
    }
  }

  /** Changes that arrived before an earlier one. */
  private static final class EarlyChanges {

    /** Beyond this number all are dropped, and the room is read instead. */
    private static final int MAX = 256;

    private final TreeMap<Long, MemberChange> byVersion = new TreeMap<>();

    boolean isEmpty() {
      return byVersion.isEmpty();
    }

    /** Returns false if there were too many and all were dropped. */
    boolean add(MemberChange change) {
      byVersion.put(change.version(), change);
      if (byVersion.size() > MAX) {
        byVersion.clear();
      }
      return !byVersion.isEmpty();
    }

    /**
     * Removes and returns the change that follows this version; null if it is not here. Drops older
     * ones. An empty change stays: the change that made its version has to be read.
     */
    @Nullable MemberChange pollDue(long epoch, long version) {
      byVersion.headMap(version, true).clear();
      MemberChange due = byVersion.get(version + 1);
      if (due == null || due.epoch() != epoch || due.isEmpty()) {
        return null;
      }
      byVersion.remove(version + 1);
      return due;
    }

    void retainEpoch(long epoch) {
      byVersion.values().removeIf(change -> change.epoch() != epoch);
    }
  }
}
