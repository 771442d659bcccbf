package io.stentor.presence;

import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node that has watchers knows of one room, and the only place where joins and leaves come
 * from: each is a difference between what was told and what is. Belongs to the room's home loop.
 */
final class View {

  /*
   * Changes come by the bus, which may lose, repeat and reorder them. The next version is taken at
   * once; a later one waits a moment in `early`. Whatever does not fit, and now and then in any
   * case, has the view read how the room is. After each step the digests say whether both agree.
   *
   * Somebody whom a reading does not find is doubted first, and told to have left only if a reading
   * DOUBT_MILLIS later does not find it either: while a split cluster becomes whole, nodes say
   * their members anew, and nobody has left for that.
   */

  static final long DOUBT_MILLIS = 1000;
  private static final long GRACE_MILLIS = 20;
  private static final long RETRY_MILLIS = 250;

  /** Other nodes hear of a new consumer with some delay, and do not send to it until then. */
  private static final long[] CHECK_AFTER_START_MILLIS = {100, 500, 2000};

  private static final int MAX_EARLY = 256;
  private static final Logger LOG = LoggerFactory.getLogger(View.class);

  private final RoomName room;
  private final Home home;
  private final Register register;
  private final PresenceBus bus;

  /** For the keeper: until the next reading. */
  int secondsToCheck = Keeper.secondsToCheck();

  /** For the keeper: since the last watcher left. */
  int unusedSeconds;

  private final Audience audience = new Audience();

  /** Whom watchers believe to be there. */
  private final Map<String, Member> told = new HashMap<>();

  /** Those of them whom the last reading did not find; true once a second one may decide. */
  private final Map<String, Boolean> doubted = new HashMap<>();

  private final TreeMap<Long, Change> early = new TreeMap<>();
  private @Nullable MessageConsumer<Change> consumer;
  private @Nullable List<Member> snapshot;
  private boolean live;
  private boolean closed;
  private boolean reading;
  private boolean readAgain;
  private boolean gracePlanned;
  private long versionWhenAsked;
  private long epoch;
  private long version;

  /** Sum over those who were told and are not doubted. */
  private long digest;

  View(RoomName room, Home home, Register register, PresenceBus bus) {
    this.room = room;
    this.home = home;
    this.register = register;
    this.bus = bus;
  }

  /** Registers the consumer, then reads how the room is; from then on nothing can be missed. */
  void start() {
    MessageConsumer<Change> registering = bus.consume(room, this::received);
    consumer = registering;
    registering.completion().onComplete((done, failure) -> home.run(() -> registered(failure)));
  }

  private void registered(@Nullable Throwable failure) {
    if (closed) {
      return;
    }
    if (failure == null) {
      read();
      return;
    }
    LOG.warn("presence in {}: cannot be heard yet: {}", room, failure.toString());
    unregister();
    home.after(
        RETRY_MILLIS,
        () -> {
          if (!closed) {
            start();
          }
        });
  }

  boolean isUnused() {
    return audience.isEmpty();
  }

  void add(Seat seat) {
    audience.add(seat);
    if (live) {
      seat.present(snapshot());
    }
  }

  void refresh(Seat seat) {
    if (live && audience.has(seat)) {
      seat.present(snapshot());
    }
  }

  void remove(Seat seat) {
    audience.remove(seat);
  }

  void close() {
    closed = true;
    unregister();
  }

  private void unregister() {
    if (consumer != null) {
      consumer.unregister();
      consumer = null;
    }
  }

  private List<Member> snapshot() {
    List<Member> members = snapshot;
    if (members == null) {
      members = List.copyOf(told.values());
      snapshot = members;
    }
    return members;
  }

  private void received(Change change) {
    if (closed) {
      return;
    }
    if (!live) {
      keep(change);
    } else if (change.epoch() != epoch) {
      check();
    } else if (change.version() > version) {
      keep(change);
      takeEarly();
    }
  }

  private void keep(Change change) {
    early.put(change.version(), change);
    if (early.size() > MAX_EARLY) {
      early.clear();
      check();
    }
  }

  /** Takes what is due, and waits a moment for what is missing before the rest. */
  private void takeEarly() {
    early.headMap(version, true).clear();
    Change due = early.remove(version + 1);
    while (due != null && due.epoch() == epoch && !due.isNone()) {
      take(due);
      due = early.remove(version + 1);
    }
    if ((due != null || !early.isEmpty()) && !gracePlanned && !reading) {
      gracePlanned = true;
      home.after(
          GRACE_MILLIS,
          () -> {
            gracePlanned = false;
            check();
          });
    }
  }

  private void take(Change change) {
    List<Member> left = new ArrayList<>();
    for (String connection : change.left()) {
      Member member = told.get(connection);
      if (member != null) {
        forget(member, left);
      }
    }
    List<Member> joined = new ArrayList<>();
    change.joined().forEach(member -> know(member, joined));
    version = change.version();
    changed(joined, left);
    if (digest != change.digest()) {
      check();
    }
  }

  private void know(Member member, List<Member> joined) {
    Member before = told.put(member.connection(), member);
    if (before == null) {
      joined.add(member);
    } else if (doubted.remove(member.connection()) == null) {
      digest -= Digest.of(before);
    }
    digest += Digest.of(member);
  }

  private void forget(Member member, List<Member> left) {
    told.remove(member.connection());
    if (doubted.remove(member.connection()) == null) {
      digest -= Digest.of(member);
    }
    left.add(member);
  }

  private void changed(List<Member> joined, List<Member> left) {
    snapshot = null;
    audience.changed(joined, left);
  }

  /** Reads how the room is and tells the difference. */
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
    versionWhenAsked = version;
    register
        .read(room, digest)
        .onComplete((standing, failure) -> home.run(() -> answered(standing, failure)));
  }

  private void answered(@Nullable Standing standing, @Nullable Throwable failure) {
    reading = false;
    if (closed) {
      return;
    }
    if (standing == null) {
      LOG.debug("presence in {}: cannot be read: {}", room, String.valueOf(failure));
      home.after(RETRY_MILLIS, this::readUnlessReading);
      return;
    }
    take(standing);
    if (readAgain && !reading) {
      readAgain = false;
      read();
    }
  }

  private void readUnlessReading() {
    if (!reading && !closed) {
      read();
    }
  }

  private void take(Standing standing) {
    boolean known = live && standing.epoch() == epoch;
    boolean overtaken = known && standing.version() < version && version > versionWhenAsked;
    if (overtaken) {
      // The bus was faster than the answer, which may be older than what is known by now.
      return;
    }
    List<Member> members = standing.members();
    if (members == null && standing.digest() != digest) {
      readAgain = true;
      return;
    }
    if (standing.epoch() != 0) {
      // Of a room that is gone its last version is remembered: late messages are known by it.
      epoch = standing.epoch();
      version = standing.version();
    }
    if (!live) {
      goLive(members == null ? List.of() : members);
    } else {
      difference(members);
    }
    takeEarly();
  }

  private void goLive(List<Member> members) {
    live = true;
    members.forEach(member -> know(member, new ArrayList<>()));
    early.values().removeIf(change -> change.epoch() != epoch);
    audience.present(snapshot());
    for (long millis : CHECK_AFTER_START_MILLIS) {
      home.after(millis, this::check);
    }
  }

  /** Null says that everybody is there who was told and is not doubted, and nobody else. */
  private void difference(@Nullable List<Member> members) {
    List<Member> joined = new ArrayList<>();
    if (members != null) {
      Set<String> found = new HashSet<>();
      for (Member member : members) {
        found.add(member.connection());
        know(member, joined);
      }
      doubt(told.keySet().stream().filter(one -> !found.contains(one)).toList());
    }
    List<Member> left = new ArrayList<>();
    for (String connection : List.copyOf(doubted.keySet())) {
      Member member = told.get(connection);
      if (member != null && Boolean.TRUE.equals(doubted.get(connection))) {
        forget(member, left);
      }
    }
    changed(joined, left);
  }

  private void doubt(Collection<String> connections) {
    List<String> fresh = new ArrayList<>();
    for (String connection : connections) {
      Member member = told.get(connection);
      if (member != null && doubted.putIfAbsent(connection, false) == null) {
        digest -= Digest.of(member);
        fresh.add(connection);
      }
    }
    if (!fresh.isEmpty()) {
      home.after(
          DOUBT_MILLIS,
          () -> {
            fresh.forEach(one -> doubted.computeIfPresent(one, (c, ripe) -> true));
            check();
          });
    }
  }
}
