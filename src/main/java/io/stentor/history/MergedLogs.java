package io.stentor.history;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import io.stentor.history.RoomLog.Answer;
import io.stentor.history.RoomLog.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Merges two logs that diverged while the cluster was split. If one only continues the other, it is
 * kept unchanged and no client is affected. Otherwise the publications of both are kept, in one
 * order and under a new epoch, so that all clients are notified and no acknowledged publication is
 * lost.
 */
final class MergedLogs {

  private final List<Entry> entries = new ArrayList<>();

  /**
   * The new offset of each publication of the two logs; for a duplicate, that of its first
   * occurrence.
   */
  private final Map<Name, Long> offsets = new HashMap<>();

  private MergedLogs() {}

  /**
   * Returns the merged log. Changes neither of the two.
   *
   * @param newEpoch the epoch, if a new one is needed
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

  /**
   * Returns whether everything that {@code earlier} has or had is certainly the beginning of {@code
   * later}.
   */
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
   * Adds every entry once, and keeps the order of each log: first the entries from before the
   * split, then the others by time where the order is not determined. If a publisher got no
   * response on one side and retried on the other, its message is kept only once; a different
   * message with the same key is kept. This applies only to the range that both logs still cover: a
   * key that had expired on one side could be reused there, and its new use is a separate message.
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

  /** Returns the index after the last entry that has one of the names. */
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

  /** Returns when an entry was appended, by the clock of the merging node. */
  private static long time(Entry entry) {
    return entry.atMillis();
  }

  /** Returns the last results of all appenders, with the new offsets of the publications. */
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
      // A publication that is no longer in the log was still appended: it precedes the oldest
      // entry.
      known.put(i, offsets.getOrDefault(name, 0L));
    }
    return new Answer(
        answer.number(),
        answer.count(),
        new Appended(
            newEpoch, 1, known, answer.appended().conflicting(), answer.appended().tooLarge()));
  }

  /**
   * Hazelcast merge policy for a log that exists in both parts of a split cluster; see {@link
   * MergedLogs}. Hazelcast creates instances by class name; they have no state.
   */
  static final class KeepBothTails
      implements SplitBrainMergePolicy<RoomLog, MergingValue<RoomLog>, RoomLog> {

    /** Creates a policy. Called by Hazelcast. */
    public KeepBothTails() {}

    @Override
    public @Nullable RoomLog merge(
        MergingValue<RoomLog> merging, @Nullable MergingValue<RoomLog> existing) {
      RoomLog coming = merging.getValue();
      RoomLog present = existing == null ? null : existing.getValue();
      if (coming == null || present == null) {
        return present == null ? coming : present;
      }
      return MergedLogs.of(present, coming, Epochs.random());
    }

    @Override
    public void writeData(ObjectDataOutput out) {}

    @Override
    public void readData(ObjectDataInput in) {}
  }
}
