package io.stentor.centrifuge;

import io.stentor.presence.Membership;
import io.stentor.presence.Presence;
import io.stentor.presence.Watcher.Watch;
import org.jspecify.annotations.Nullable;

/** A client in a room: seen by the others there, and told of them. One event loop. */
final class Stay {

  private final Session session;
  private final Subscription subscription;
  private @Nullable Membership membership;
  private @Nullable Watch watch;
  private boolean over;

  Stay(Session session, Subscription subscription) {
    this.session = session;
    this.subscription = subscription;
  }

  /**
   * The client is in the room.
   *
   * @param watches whether it is told who comes and goes
   * @param then runs at once, or when everybody who comes from then on is told
   */
  void begin(Terms granted, boolean watches, Runnable then) {
    Presence presence = session.site().presence();
    if (granted.presence()) {
      Membership here =
          new Membership(presence, subscription.room(), session.client().member(granted.info()));
      membership = here;
      here.enter();
    }
    if (watches) {
      JoinLeave watcher = new JoinLeave(subscription, then);
      Watch begun = presence.watch(subscription.room(), watcher, session.site().eventLoop());
      watch = begun;
      if (over) {
        begun.close();
      }
    } else {
      then.run();
    }
  }

  /** Whether the client is told who comes and goes. */
  boolean isToldOfOthers() {
    return watch != null && !over;
  }

  /** The client takes more. */
  void ready() {
    if (watch != null) {
      watch.ready();
    }
  }

  /** The client is there no longer. */
  void end() {
    over = true;
    if (membership != null) {
      membership.leave();
    }
    if (watch != null) {
      watch.close();
    }
  }
}
