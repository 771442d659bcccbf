package io.stentor.torture;

import static io.stentor.torture.Violation.Kind.CONTINUITY;
import static io.stentor.torture.Violation.Kind.HOLE;
import static io.stentor.torture.Violation.Kind.INVENTED;
import static io.stentor.torture.Violation.Kind.MISSING;
import static io.stentor.torture.Violation.Kind.NOT_WHOLE;
import static io.stentor.torture.Violation.Kind.ORDER;
import static io.stentor.torture.Violation.Kind.REPEAT;
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
   * Four things are compared. Each client's own sequence must be consecutive, except where it was
   * told. All clients must have seen the same text at the same place, which makes one order of many
   * sequences. While nodes are apart, both sides give the same places to different texts; that is
   * no fault where the epoch is abandoned for a new one afterwards, of which all clients are told:
   * what would be a fault waits in `ifEpochStays` until the last epoch is known. The log as it is at the end must hold every acknowledged text once. And the texts of
   * one publisher's connection must stand in the order of sending.
   */

  private final boolean epochMayChange;
  private final String last;
  private final Map<String, TreeMap<Long, String>> log = new HashMap<>();
  private final Map<String, Map<String, Long>> offsetOf = new HashMap<>();
  private final Set<String> published = new HashSet<>();
  private final Set<String> acknowledged = new HashSet<>();
  private final List<Violation> violations = new ArrayList<>();
  private final Map<String, List<Violation>> ifEpochStays = new HashMap<>();
  private String lastEpoch = "";
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
        checker.toldLosses,
        checker.violations);
  }

  private void found(Violation.Kind kind, String what) {
    violations.add(new Violation(kind, what));
  }

  /** A fault unless this epoch is justly abandoned. */
  private void foundIn(String epoch, Violation.Kind kind, String what) {
    if (epochMayChange) {
      ifEpochStays.computeIfAbsent(epoch, key -> new ArrayList<>()).add(new Violation(kind, what));
    } else {
      found(kind, what);
    }
  }

  private void checkEpochs() {
    violations.addAll(ifEpochStays.getOrDefault(lastEpoch, List.of()));
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
        remember(transcript.name(), message);
        if (message.text().equals(last)) {
          gotLast = true;
          lastEpoch = message.at().epoch();
        }
        if (own.contains(message.text())) {
          acknowledged.add(message.text());
        }
      }
    }
    if (!gotLast && !transcript.events().isEmpty()) {
      found(NOT_WHOLE, transcript.name() + " stands at " + walk.at);
    }
  }

  /** What one client saw, against what all others saw. */
  private void remember(String name, Event.Heard message) {
    heard++;
    Place at = message.at();
    if (!published.contains(message.text())) {
      found(INVENTED, name + " at " + at + ": " + message.text());
    }
    String other =
        log.computeIfAbsent(at.epoch(), epoch -> new TreeMap<>())
            .putIfAbsent(at.offset(), message.text());
    if (other != null && !other.equals(message.text())) {
      foundIn(at.epoch(), ORDER, name + " saw " + message.text() + " at " + at + ", not " + other);
    }
    Long offset =
        offsetOf
            .computeIfAbsent(at.epoch(), epoch -> new HashMap<>())
            .putIfAbsent(message.text(), at.offset());
    if (offset != null && offset != at.offset()) {
      foundIn(at.epoch(), REPEAT, message.text() + " is at " + at + " and at offset " + offset);
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
    for (String text : acknowledged) {
      if (!kept.contains(text)) {
        found(MISSING, text);
      }
    }
  }

  private void checkOrderOfSenders() {
    for (Map.Entry<String, TreeMap<Long, String>> epoch : log.entrySet()) {
      Map<String, Long> latest = new HashMap<>();
      for (Map.Entry<Long, String> message : epoch.getValue().entrySet()) {
        Message read = Message.parse(message.getValue());
        Long before = read == null ? null : latest.put(read.connection(), read.number());
        if (read != null && before != null && before > read.number()) {
          String what = read.number() + " comes after " + before + " of " + read.connection();
          foundIn(epoch.getKey(), ORDER, what);
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

    Walk(String name) {
      this.name = name;
    }

    void asked(Event.Asked asked) {
      since = asked.since();
      mustBeTold = true;
    }

    void placed(Event.Placed placed) {
      mustBeTold = false;
      if (placed.told() == Told.LOST) {
        toldLosses++;
        if (at != null && (!epochMayChange || at.epoch().equals(placed.at().epoch()))) {
          String what = name + " was at " + at + " and is told: lost, now " + placed.at();
          foundIn(at.epoch(), CONTINUITY, what);
        }
      } else if (since != null && placed.told() == Told.JOINED) {
        found(UNTOLD, name + " asked to go on at " + since + " and joined at " + placed.at());
      } else if (since != null && !since.equals(placed.at())) {
        found(UNTOLD, name + " asked to go on at " + since + ", does so at " + placed.at());
      }
      at = placed.at();
    }

    void heard(Event.Heard message) {
      if (mustBeTold) {
        found(UNTOLD, name + " gets messages before it is told where it stands");
        mustBeTold = false;
      }
      Place before = at;
      at = message.at();
      if (before == null || before.isFollowedBy(at)) {
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
