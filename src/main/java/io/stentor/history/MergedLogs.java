package io.stentor.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes one log of two that grew apart while the cluster was split. If one only continues the
 * other, it stays as it is and nobody notices. Else the publications of both are kept, in one order
 * and under a new epoch, so that everyone is told and nothing acknowledged is gone.
 */
final class MergedLogs {

  private final List<Entry> entries = new ArrayList<>();

  /** Where each publication of the two logs is now, one that was there twice at its first place. */
  private final Map<Name, Long> offsets = new HashMap<>();

  private MergedLogs() {}

  /**
   * The one log. Neither of the two is changed.
   *
   * @param newEpoch epoch where a new one is needed
   */
  static RoomLog of(RoomLog one, RoomLog other, long newEpoch) {
    if (continues(one, other)) {
      return one;
    }
    if (continues(other, one)) {
      return other;
    }
    MergedLogs merged = new MergedLogs();
    merged.interleave(one, other);
    Map<Long, Answer> answers = merged.answers(one, other, newEpoch);
    RoomLog both = new RoomLog(newEpoch, merged.entries.size(), merged.entries, answers);
    both.use(
        Math.max(one.usedMillis(), other.usedMillis()),
        Math.max(one.keepSeconds(), other.keepSeconds()));
    return both;
  }

  /** Whether everything that {@code earlier} has or had is certainly the beginning of the other. */
  private static boolean continues(RoomLog later, RoomLog earlier) {
    if (earlier.top() == 0) {
      return true;
    }
    boolean reaches = earlier.top() >= later.oldest() && earlier.top() <= later.top();
    return earlier.epoch() == later.epoch()
        && earlier.size() > 0
        && reaches
        && later.entry(earlier.top()).isSame(earlier.entry(earlier.top()));
  }

  /**
   * All entries once, each log's in its own order: first what was there when they parted, then by
   * time where there is a choice. A publisher that did not get its answer on one side and tried
   * again on the other appears once, too; another message under that key stays. That holds for what
   * both windows still reach: a key that one side had outlived was free again there, and its new
   * use is a message of its own.
   */
  private void interleave(RoomLog one, RoomLog other) {
    List<Entry> ones = one.entries();
    List<Entry> others = other.entries();
    int i = afterShared(ones, names(others));
    int j = afterShared(others, names(ones));
    List<Entry> longer = i >= j ? ones.subList(0, i) : others.subList(0, j);
    List<Entry> shorter = i >= j ? others.subList(0, j) : ones.subList(0, i);
    Set<Name> inLonger = names(longer);
    shorter.stream().filter(entry -> !inLonger.contains(Name.of(entry))).forEach(this::add);
    longer.forEach(this::add);
    boolean parted = one.epoch() == other.epoch();
    long reached = parted ? Math.max(one.oldest(), other.oldest()) : 0;
    Map<String, Long> keys = new HashMap<>();
    while (i < ones.size() || j < others.size()) {
      boolean first =
          j == others.size() || (i < ones.size() && time(ones.get(i)) <= time(others.get(j)));
      long offset = first ? one.oldest() + i : other.oldest() + j;
      Entry entry = first ? ones.get(i++) : others.get(j++);
      if (offset < reached) {
        add(entry);
      } else {
        addOncePerKey(entry, keys);
      }
    }
  }

  private void add(Entry entry) {
    if (offsets.putIfAbsent(Name.of(entry), entries.size() + 1L) == null) {
      entries.add(entry);
    }
  }

  private void addOncePerKey(Entry entry, Map<String, Long> keys) {
    String key = entry.publication().idempotencyKey();
    Long known = key == null ? null : keys.putIfAbsent(key, entries.size() + 1L);
    if (known != null && saysTheSame(entry, entries.get((int) (known - 1)))) {
      offsets.put(Name.of(entry), known);
    } else {
      add(entry);
    }
  }

  private static boolean saysTheSame(Entry one, Entry other) {
    return one.publication().saysTheSame(other.publication());
  }

  /** Index behind the last entry that has one of the names. */
  private static int afterShared(List<Entry> entries, Set<Name> names) {
    int i = entries.size();
    while (i > 0 && !names.contains(Name.of(entries.get(i - 1)))) {
      i--;
    }
    return i;
  }

  private static Set<Name> names(List<Entry> entries) {
    Set<Name> names = new HashSet<>();
    entries.forEach(entry -> names.add(Name.of(entry)));
    return names;
  }

  private record Name(long appender, long number) {
    static Name of(Entry entry) {
      return new Name(entry.appender(), entry.number());
    }
  }

  /** When it was appended, by the clock of the node that merges. */
  private static long time(Entry entry) {
    return entry.atMillis();
  }

  /** The last answers again, with the offsets that the publications have now. */
  private Map<Long, Answer> answers(RoomLog one, RoomLog other, long newEpoch) {
    Map<Long, Answer> answers = new LinkedHashMap<>();
    for (RoomLog log : List.of(one, other)) {
      log.answers()
          .forEach(
              (appender, answer) -> {
                Answer before = answers.get(appender);
                if (before == null || before.number() < answer.number()) {
                  answers.put(appender, moved(log, appender, answer, newEpoch));
                }
              });
    }
    return answers;
  }

  private Answer moved(RoomLog log, long appender, Answer answer, long newEpoch) {
    Map<Integer, Long> known = new HashMap<>();
    for (int i = 0; i < answer.count(); i++) {
      Name name = new Name(appender, answer.number() + i);
      Long before = answer.appended().known().get(i);
      if (before != null && before >= log.oldest() && before <= log.top()) {
        name = Name.of(log.entry(before));
      }
      // What is no longer in the log was appended all the same: it is behind the oldest entry.
      known.put(i, offsets.getOrDefault(name, 0L));
    }
    return new Answer(
        answer.number(),
        answer.count(),
        new Appended(
            newEpoch, 1, known, answer.appended().conflicting(), answer.appended().tooLarge()));
  }
}
