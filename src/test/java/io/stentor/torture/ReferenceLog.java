package io.stentor.torture;

import io.stentor.torture.Event.Told;
import io.stentor.torture.Violation.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One room as thousands of clients see it: each text is kept once, as the first of them was given
 * it, and every other client is compared with that. A client costs a place and a few flags. For
 * faults that justify no new epoch. One thread at a time.
 */
final class ReferenceLog {
  private static final int KEPT_VIOLATIONS = 10_000;

  private final List<String> texts = new ArrayList<>();
  private final List<Walk> walks = new ArrayList<>();
  private final List<Violation> violations = new ArrayList<>();
  private @Nullable String epoch;
  private long heard;

  /** How many texts the room had before the first client came. */
  private final int before;

  /** A room with these texts, from its first message on. */
  ReferenceLog(String... texts) {
    this.texts.addAll(List.of(texts));
    this.before = texts.length;
  }

  /** One more client, which has no place yet. */
  Walk walk(String name) {
    Walk walk = new Walk(name);
    walks.add(walk);
    return walk;
  }

  /** How many messages all clients together were given. */
  long heard() {
    return heard;
  }

  /** Whether every client was given the message with this offset, and none after it. */
  boolean isHeardByAllTo(long offset) {
    return walks.stream().allMatch(walk -> walk.at == offset);
  }

  /**
   * Judges what was seen, when nothing more can come.
   *
   * @param finalLog the texts in the room's log at the end, from its first message on
   * @param published every text that was sent
   * @param acknowledged for texts that the server acknowledged with a position, that position
   * @param last text of the last message
   */
  List<Violation> judge(
      List<String> finalLog, Set<String> published, Map<String, String> acknowledged, String last) {
    List<Violation> all = new ArrayList<>(violations);
    all.addAll(Checker.check(List.of(seen(published)), finalLog, last, false).violations());
    if (!texts.equals(finalLog)) {
      String what = "clients saw " + texts.size() + " texts, the log has " + finalLog.size();
      all.add(new Violation(Kind.ORDER, what + ", or others"));
    }
    for (Walk walk : walks) {
      if (walk.at != finalLog.size()) {
        all.add(new Violation(Kind.NOT_WHOLE, walk.name + " stands at " + walk.at));
      }
    }
    Map<String, String> places = new HashMap<>();
    for (int i = 0; i < finalLog.size(); i++) {
      places.put(finalLog.get(i), new Place(String.valueOf(epoch), i + 1).toString());
    }
    acknowledged.forEach(
        (text, position) -> {
          if (!position.equals(places.get(text))) {
            String what = text + ", acknowledged at " + position + ", is at " + places.get(text);
            all.add(new Violation(Kind.MISSING, what));
          }
        });
    return all;
  }

  /** Texts of these that nobody was given. */
  Set<String> unheardOf(Set<String> some) {
    Set<String> unheard = new HashSet<>(some);
    texts.forEach(unheard::remove);
    return unheard;
  }

  /** All clients as one, for the checker of whole transcripts. */
  private Transcript seen(Set<String> published) {
    Transcript transcript = new Transcript("everybody");
    published.forEach(transcript::publishes);
    transcript.add(new Event.Asked(null, 0));
    String name = String.valueOf(epoch);
    transcript.add(new Event.Placed(Told.JOINED, new Place(name, before)));
    for (int i = before; i < texts.size(); i++) {
      transcript.add(new Event.Heard(new Place(name, i + 1), texts.get(i), 0));
    }
    return transcript;
  }

  private void found(Kind kind, String what) {
    if (violations.size() < KEPT_VIOLATIONS) {
      violations.add(new Violation(kind, what));
    }
  }

  /** The walk of one client along the log. */
  final class Walk {
    private static final long NOWHERE = -1;

    private final String name;
    private long at = NOWHERE;
    private boolean mustBeTold = true;

    private Walk(String name) {
      this.name = name;
    }

    /** Where it asks to go on; null where it has no place yet. */
    @Nullable Place at() {
      return at == NOWHERE ? null : new Place(String.valueOf(epoch), at);
    }

    /** It has a new connection, and asked to go on at {@link #at} where it has a place. */
    void asked() {
      mustBeTold = true;
    }

    /** The server told it where it stands. */
    void placed(Told told, Place place) {
      mustBeTold = false;
      Place before = at();
      if (epoch == null) {
        epoch = place.epoch();
      }
      if (told == Told.LOST) {
        found(Kind.CONTINUITY, name + " was at " + before + " and is told: lost, now " + place);
      } else if (!place.epoch().equals(epoch)) {
        found(Kind.CONTINUITY, name + " is at " + place + ", others at epoch " + epoch);
      } else if (before != null && (told != Told.RECOVERED || !place.equals(before))) {
        found(Kind.UNTOLD, name + " asked to go on at " + before + ": " + told + " " + place);
      }
      at = place.offset();
    }

    /** A message came. */
    void heard(Place place, String text) {
      heard++;
      if (mustBeTold) {
        found(Kind.UNTOLD, name + " gets messages before it is told where it stands");
        mustBeTold = false;
      }
      if (!place.epoch().equals(epoch)) {
        found(Kind.UNTOLD, name + " from " + at() + " to " + place);
      } else if (place.offset() <= at) {
        found(Kind.REPEAT, name + " from " + at() + " to " + place);
      } else if (place.offset() > at + 1) {
        found(Kind.HOLE, name + " from " + at() + " to " + place);
      }
      at = place.offset();
      compare(place, text);
    }

    private void compare(Place place, String text) {
      long before = place.offset() - 1;
      if (before == texts.size()) {
        texts.add(text);
      } else if (before < texts.size() && !texts.get((int) before).equals(text)) {
        String other = texts.get((int) before);
        found(Kind.TWO_TEXTS, name + " saw " + text + " at " + place + ", not " + other);
      }
    }
  }
}
