package io.stentor.presence;

import io.stentor.message.RoomName;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the views and the own members of one home, so that none needs a timer of its own:
 * compares them with the register now and then, has everything said anew once this node has another
 * id, and ends views that nobody has used for a while.
 */
final class IdleSweep {

  /** Longest time between two readings of a view. */
  static final int CHECK_SECONDS = 20;

  /** How long a view without watchers stays, since registering it again is dearer. */
  static final int LINGER_SECONDS = 10;

  /** In about this time every room's own members are compared once. */
  static final int VERIFY_SECONDS = 60;

  /** How many rooms are compared in a second after nodes came or went. */
  private static final int VERIFY_IN_A_HURRY = 10_000;

  private static final Logger LOG = LoggerFactory.getLogger(IdleSweep.class);

  private final PresenceLoop home;
  private final PresenceStore register;
  private final Deque<RoomName> toVerify = new ArrayDeque<>();
  private UUID node;
  private int verifyAtOnce;

  IdleSweep(PresenceLoop home, PresenceStore register) {
    this.home = home;
    this.register = register;
    this.node = register.node();
  }

  void start() {
    home.every(1000, this::everySecond);
  }

  /** Nodes came or went, or this one is somebody else now. On the home's loop. */
  void nodesChanged() {
    sayAllAsAnother();
    toVerify.clear();
    toVerify.addAll(home.own.keySet());
    verifyAtOnce = VERIFY_IN_A_HURRY;
    home.views.values().forEach(View::check);
  }

  private void everySecond() {
    sayAllAsAnother();
    Iterator<View> views = home.views.values().iterator();
    while (views.hasNext()) {
      View view = views.next();
      if (!view.isUnused()) {
        view.unusedSeconds = 0;
        if (--view.secondsToCheck <= 0) {
          view.secondsToCheck = secondsToCheck();
          view.check();
        }
      } else if (++view.unusedSeconds >= LINGER_SECONDS) {
        views.remove();
        view.close();
      }
    }
    verify();
  }

  private void sayAllAsAnother() {
    UUID now = register.node();
    if (!now.equals(node)) {
      node = now;
      home.own.values().forEach(OwnMembers::sayAll);
    }
  }

  private void verify() {
    if (toVerify.isEmpty()) {
      toVerify.addAll(home.own.keySet());
      verifyAtOnce = toVerify.size() / VERIFY_SECONDS + 1;
    }
    Map<RoomName, Long> digests = new HashMap<>();
    for (int i = 0; i < verifyAtOnce && !toVerify.isEmpty(); i++) {
      RoomName room = toVerify.remove();
      OwnMembers own = home.own.get(room);
      if (own != null && own.isSaid()) {
        digests.put(room, own.digest());
      }
    }
    if (!digests.isEmpty()) {
      verify(digests);
    }
  }

  private void verify(Map<RoomName, Long> digests) {
    register
        .verify(node, digests)
        .onComplete(
            (differing, failure) ->
                home.run(
                    () -> {
                      if (differing == null) {
                        LOG.debug("presence was not compared: {}", String.valueOf(failure));
                      } else {
                        differing.forEach(this::sayAll);
                      }
                    }));
  }

  private void sayAll(RoomName room) {
    OwnMembers own = home.own.get(room);
    if (own != null && own.isSaid()) {
      LOG.debug("presence in {}: the cluster's differs from this node's, said again", room);
      own.sayAll();
    }
  }

  /** Spread, so that rooms that were entered together are not all read in the same second. */
  static int secondsToCheck() {
    return ThreadLocalRandom.current().nextInt(CHECK_SECONDS / 2, CHECK_SECONDS + 1);
  }
}
