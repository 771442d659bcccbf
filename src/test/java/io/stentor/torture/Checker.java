package io.stentor.torture;

import static io.stentor.torture.Violation.Kind.CONTINUITY;
import static io.stentor.torture.Violation.Kind.HOLE;
import static io.stentor.torture.Violation.Kind.INVENTED;
import static io.stentor.torture.Violation.Kind.MISSING;
import static io.stentor.torture.Violation.Kind.NOT_WHOLE;
import static io.stentor.torture.Violation.Kind.ORDER;
import static io.stentor.torture.Violation.Kind.REPEAT;
import static io.stentor.torture.Violation.Kind.TWO_TEXTS;
import static io.stentor.torture.Violation.Kind.UNTOLD;

import io.stentor.torture.Event.Told;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads what every client saw in one room, from the room's first message to a last one that is
 * published after all faults, and finds every broken promise. Not for several threads.
 */
final class Checker {

  /*
   * Five things are compared. Each client's own sequence must be consecutive, across epochs too,
   * except where it was told. A position has one text, whoever sees it on whichever side of a
   * split, which makes one order of many sequences. Where a client goes on in another epoch, the
   * two epochs must have the same past: see Branches. The log as it is at the end must hold every
   * acknowledged and every delivered text once. And the texts of one publisher's connection must stand in the order of
   * sending.
   */

  private final boolean epochMayChange;
  private final String last;
  private final Map<String, TreeMap<Long, String>> log = new HashMap<>();
  private final Map<String, Map<String, Long>> offsetOf = new HashMap<>();
  private final Set<String> published = new HashSet<>();
  private final Set<String> acknowledged = new HashSet<>();

  /** What anybody got: no message is delivered before it is as safe as an acknowledged one. */
  private final Set<String> delivered = new HashSet<>();

  /** The epoch in which a text published by HTTP was acknowledged. */
  private final Map<String, String> acknowledgedIn = new HashMap<>();

  private final List<Violation> violations = new ArrayList<>();
  private final Branches branches = new Branches();
  private long heard;
  private int toldLosses;

  private Checker(boolean epochMayChange, String last) {
    this.epochMayChange = epochMayChange;
    this.last = last;
  }

  /**
   * Judges one round.
   *
   * @param transcripts all clients'; one without events published only
   * @param finalLog the texts in the room's log at the end, read by a new client
   * @param last text of the last message; everybody must have got it
   * @param epochMayChange whether what happened justifies a new epoch
   */
  static Verdict check(
      List<Transcript> transcripts, List<String> finalLog, String last, boolean epochMayChange) {
    Checker checker = new Checker(epochMayChange, last);
    checker.published.add(last);
    transcripts.forEach(transcript -> checker.published.addAll(transcript.published()));
    transcripts.forEach(checker::read);
    checker.checkFinalLog(finalLog);
    checker.checkOrderOfSenders();
    checker.checkEpochs();
    return new Verdict(
        checker.heard,
        checker.published.size() - 1,
        checker.acknowledged.size(),
        checker.log.size(),
        checker.branches.crossings(),
        checker.toldLosses,
        checker.violations);
  }

  private void found(Violation.Kind kind, String what) {
    violations.add(new Violation(kind, what));
  }

  private void checkEpochs() {
    violations.addAll(branches.check(log));
    if (log.size() > 1 && !epochMayChange) {
      found(CONTINUITY, "epochs " + log.keySet() + " after a fault of one node");
    }
  }

  private void read(Transcript transcript) {
    Set<String> own = transcript.published();
    Walk walk = new Walk(transcript.name());
    boolean gotLast = false;
    for (Event event : transcript.events()) {
      if (event instanceof Event.Asked asked) {
        walk.asked(asked);
      } else if (event instanceof Event.Placed placed) {
        walk.placed(placed);
      } else if (event instanceof Event.Heard message) {
        walk.heard(message);
        heard++;
        remember(transcript.name(), message.at(), message.text());
        if (published.contains(message.text())) {
          delivered.add(message.text());
        }
        gotLast |= message.text().equals(last);
        if (own.contains(message.text())) {
          acknowledged.add(message.text());
        }
      } else if (event instanceof Event.Acknowledged place) {
        remember(transcript.name(), place.at(), place.text());
        acknowledged.add(place.text());
        acknowledgedIn.put(place.text(), place.at().epoch());
      }
    }
    if (!gotLast && walk.isBegun && !transcript.hasLeft()) {
      found(NOT_WHOLE, transcript.name() + " stands at " + walk.at);
    }
  }

  /** What one client saw, against what all others saw. */
  private void remember(String name, Place at, String text) {
    if (!published.contains(text)) {
      found(INVENTED, name + " at " + at + ": " + text);
    }
    String other =
        log.computeIfAbsent(at.epoch(), epoch -> new TreeMap<>()).putIfAbsent(at.offset(), text);
    if (other != null && !other.equals(text)) {
      found(TWO_TEXTS, name + " saw " + text + " at " + at + ", not " + other);
    }
    Long offset =
        offsetOf
            .computeIfAbsent(at.epoch(), epoch -> new HashMap<>())
            .putIfAbsent(text, at.offset());
    if (offset != null && offset != at.offset()) {
      found(REPEAT, text + " is at " + at + " and at offset " + offset);
    }
  }

  private void checkFinalLog(List<String> finalLog) {
    Set<String> kept = new HashSet<>();
    for (String text : finalLog) {
      if (!kept.add(text)) {
        found(REPEAT, "the log has twice: " + text);
      } else if (!published.contains(text)) {
        found(INVENTED, "in the log: " + text);
      }
    }
    Set<String> safe = new HashSet<>(acknowledged);
    safe.addAll(delivered);
    for (String text : safe) {
      if (!kept.contains(text)) {
        found(MISSING, text + (acknowledged.contains(text) ? "" : ", which was delivered"));
      }
    }
  }

  /**
   * A connection is to one node. Requests are not: those that were acknowledged on two sides of a
   * split may stand in any order after the merge.
   */
  private void checkOrderOfSenders() {
    for (Map.Entry<String, TreeMap<Long, String>> epoch : log.entrySet()) {
      Map<String, Long> latest = new HashMap<>();
      for (Map.Entry<Long, String> message : epoch.getValue().entrySet()) {
        Message read = Message.parse(message.getValue());
        if (read == null) {
          continue;
        }
        String side = acknowledgedIn.getOrDefault(message.getValue(), "");
        Long before = latest.put(read.connection() + " " + side, read.number());
        if (before != null && before > read.number()) {
          String what = read.number() + " comes after " + before + " of " + read.connection();
          found(ORDER, what + ", in epoch " + epoch.getKey());
        }
      }
    }
  }

  /** The walk of one client along the log. */
  private final class Walk {
    private final String name;
    private @Nullable Place at;
    private @Nullable Place since;
    private boolean mustBeTold = true;
    private boolean isBegun;

    /** A loss after which it stands in the same epoch: that of a node which is about to fork. */
    private @Nullable Loss lost;

    private record Loss(Place from, String what) {}

    Walk(String name) {
      this.name = name;
    }

    void asked(Event.Asked asked) {
      lost = null;
      isBegun = true;
      since = asked.since();
      mustBeTold = true;
    }

    void placed(Event.Placed placed) {
      mustBeTold = false;
      if (placed.told() == Told.LOST) {
        toldLosses++;
        String what = name + " was at " + at + " and is told: lost, now " + placed.at();
        if (at != null && !epochMayChange) {
          found(CONTINUITY, what);
        } else if (at != null && at.epoch().equals(placed.at().epoch())) {
          lost = new Loss(at, what);
        } else if (at != null) {
          branches.lost(at, placed.at(), what);
        }
      } else if (since != null && placed.told() == Told.JOINED) {
        found(UNTOLD, name + " asked to go on at " + since + " and joined at " + placed.at());
      } else if (since != null && since.offset() != placed.at().offset()) {
        found(UNTOLD, name + " asked to go on at " + since + ", does so at " + placed.at());
      } else if (since != null) {
        branches.continued(since, placed.at(), name);
      }
      at = placed.at();
    }

    private void judgeLoss(Place next) {
      if (lost != null && lost.from.epoch().equals(next.epoch())) {
        found(CONTINUITY, lost.what);
      } else if (lost != null) {
        branches.lost(lost.from, next, lost.what);
      }
      lost = null;
    }

    void heard(Event.Heard message) {
      if (mustBeTold) {
        found(UNTOLD, name + " gets messages before it is told where it stands");
        mustBeTold = false;
      }
      judgeLoss(message.at());
      Place before = at;
      at = message.at();
      if (before == null) {
        return;
      } else if (before.isFollowedBy(at)) {
        branches.continued(before, new Place(at.epoch(), before.offset()), name);
        return;
      }
      String step = name + " from " + before + " to " + at;
      if (!before.epoch().equals(at.epoch())) {
        found(UNTOLD, step);
      } else if (at.offset() <= before.offset()) {
        found(REPEAT, step);
      } else {
        found(HOLE, step);
      }
    }
  }
}
