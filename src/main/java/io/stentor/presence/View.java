package io.stentor.presence;

import io.stentor.message.Member;
import io.stentor.message.RoomName;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node that has watchers knows of one room, and the only place where its joins and leaves
 * come from. Belongs to the room's home loop.
 */
final class View {

  /*
   * Changes come by the bus, which may lose, repeat and reorder them. The next version is taken at
   * once; a later one waits a moment in `early`. Whatever does not fit, and now and then in any
   * case, has the view read how the room is. After each step the digests say whether both agree.
   */

  static final long DOUBT_MILLIS = 1000;
  private static final long GRACE_MILLIS = 20;
  private static final long RETRY_MILLIS = 250;

  /** Other nodes hear of a new consumer with some delay, and do not send to it until then. */
  private static final long[] CHECK_AFTER_START_MILLIS = {100, 500, 2000};

  private static final Logger LOG = LoggerFactory.getLogger(View.class);

  private final RoomName room;
  private final PresenceLoop home;
  private final PresenceStore register;
  private final Hearing hearing;

  /** For the keeper: until the next reading. */
  int secondsToCheck = IdleSweep.secondsToCheck();

  /** For the keeper: since the last watcher left. */
  int unusedSeconds;

  private final Watchers audience = new Watchers();
  private final MemberTracker roll = new MemberTracker(this::isOwn);
  private final EarlyChanges early = new EarlyChanges();
  private boolean live;
  private boolean closed;
  private boolean reading;
  private boolean readAgain;
  private boolean gracePlanned;
  private long versionWhenAsked;
  private long epoch;
  private long version;

  View(RoomName room, PresenceLoop home, PresenceStore register, PresenceBus bus) {
    this.room = room;
    this.home = home;
    this.register = register;
    this.hearing = new Hearing(room, home, bus);
  }

  private boolean isOwn(String connection) {
    OwnMembers own = home.own.get(room);
    return own != null && own.has(connection);
  }

  /** Registers the consumer, then reads how the room is; from then on nothing can be missed. */
  void start() {
    hearing.start(this::received, this::read);
  }

  boolean isUnused() {
    return audience.isEmpty();
  }

  void add(Seat seat) {
    audience.add(seat);
    refresh(seat);
  }

  void refresh(Seat seat) {
    if (live && audience.has(seat)) {
      seat.present(roll.snapshot());
    }
  }

  void remove(Seat seat) {
    audience.remove(seat);
  }

  void close() {
    closed = true;
    hearing.close();
  }

  private void received(PresenceMessage news) {
    MemberChange change = news.change();
    if (closed) {
      return;
    }
    if (!register.isNode(news.by())) {
      check();
    } else if (!live) {
      keep(change);
    } else if (change.epoch() != epoch) {
      check();
    } else if (change.version() > version) {
      keep(change);
      takeEarly();
    }
  }

  private void keep(MemberChange change) {
    if (!early.keep(change)) {
      check();
    }
  }

  /** Takes what is due, and waits a moment for what is missing before the rest. */
  private void takeEarly() {
    MemberChange due = early.pollDue(epoch, version);
    while (due != null) {
      version = due.version();
      tell(roll.take(due));
      if (roll.digest() != due.digest()) {
        check();
      }
      due = early.pollDue(epoch, version);
    }
    if (!early.isEmpty() && !gracePlanned && !reading) {
      gracePlanned = true;
      home.after(
          GRACE_MILLIS,
          () -> {
            gracePlanned = false;
            check();
          });
    }
  }

  private void tell(MemberTracker.Events events) {
    audience.changed(events.joined(), events.left());
    List<String> doubted = roll.takeFreshDoubts();
    if (!doubted.isEmpty()) {
      home.after(
          DOUBT_MILLIS,
          () -> {
            roll.ripen(doubted);
            check();
          });
    }
  }

  /** One of this node's own members left, and the register was told. */
  void ownLeft() {
    if (roll.hasDoubts()) {
      check();
    }
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
        .read(room, roll.digest())
        .onComplete((standing, failure) -> home.run(() -> answered(standing, failure)));
  }

  private void answered(@Nullable MemberSnapshot standing, @Nullable Throwable failure) {
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

  private void take(MemberSnapshot standing) {
    boolean known = live && standing.epoch() == epoch;
    if (known && standing.version() < version && version > versionWhenAsked) {
      // The bus was faster than the answer, which may be older than what is known by now.
      return;
    }
    if (standing.members() == null && standing.digest() != roll.digest()) {
      readAgain = true;
      return;
    }
    if (standing.epoch() != 0) {
      // Of a room that is gone its last version is remembered: late messages are known by it.
      epoch = standing.epoch();
      version = standing.version();
    }
    MemberTracker.Events events = roll.take(standing.members());
    if (live) {
      tell(events);
    } else {
      goLive();
    }
    takeEarly();
  }

  private void goLive() {
    live = true;
    List<Member> present = roll.snapshot();
    early.keepOnly(epoch);
    audience.present(present);
    for (long millis : CHECK_AFTER_START_MILLIS) {
      home.after(millis, this::check);
    }
  }
}
