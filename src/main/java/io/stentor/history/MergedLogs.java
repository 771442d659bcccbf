package io.stentor.history;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import io.stentor.history.Appended.Answer;
import io.stentor.history.LogEntries.Entry;
import io.stentor.message.Position;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Merges two logs of one room that were continued separately while the cluster was split. Changes
 * neither of the two.
 */
public final class MergedLogs {

  /*
   * Both logs share a past: everything up to the last position that is in the past of both
   * branches. What follows is the tail of a log. These invariants hold:
   *
   * 1. The shared past keeps its positions. A reader at any position in it continues in the
   *    merged log without missing anything. If a log has already removed a part of its tail, this is
   *    not possible: then the merged log has no past from which a reader could continue, and all
   *    readers are told.
   * 2. If one tail has nothing that the other log does not have, the other log stays as it is, and
   *    its readers are not affected.
   * 3. Otherwise both tails follow the shared past, under a new epoch. No position in a tail is in
   *    the past of the merged log, so readers there are told.
   * 4. A publication that both tails have appears once: a batch that was repeated on the other
   *    side, or a publication that was tried again there with the same idempotency key. Different
   *    publications with the same key both stay.
   * 5. What one node appended stays in the order in which it did, on whichever side that was: the
   *    node may have changed sides while it served a connection.
   * 6. The order of the first log is kept. The order of the second is kept, too, except for common
   *    publications if one of the other orders contradicts it, so that no order would be right.
   * 7. What none of these orders determines is ordered by time. Times alone would not do: a log is
   *    sent with ages, which are too low by the time that it takes to arrive.
   */

  private final RoomLog one;
  private final RoomLog other;

  /** The last offset of the shared past; -1 if the logs have no epoch in common. */
  private final long shared;

  private final List<Entry> ones;
  private final List<Entry> others;

  /** For each entry of {@code others}, the index of the same publication in {@code ones}, or -1. */
  private final int[] same;

  private MergedLogs(RoomLog one, RoomLog other) {
    this.one = one;
    this.other = other;
    this.shared = shared(one, other);
    this.ones = tail(one, shared);
    this.others = tail(other, shared);
    this.same = same(ones, others);
  }

  /**
   * Returns the merged log; one of the two if it can stay as it is.
   *
   * @param newEpoch the epoch, if a new one is needed; never used before
   */
  static RoomLog of(RoomLog one, RoomLog other, long newEpoch) {
    MergedLogs logs = new MergedLogs(one, other);
    // Positions in two tails of one epoch could mean different publications.
    boolean comparable = one.epoch() != other.epoch();
    IntStream common = Arrays.stream(logs.same).filter(index -> comparable && index >= 0);
    if (other.top() - logs.from() == common.count()) {
      return logs.continued(one, other);
    }
    common = Arrays.stream(logs.same).filter(index -> comparable && index >= 0).distinct();
    if (one.top() - logs.from() == common.count()) {
      return logs.continued(other, one);
    }
    return logs.both(newEpoch);
  }

  /**
   * Returns whether a log has everything that another log of the room certainly had.
   *
   * @param end the last position of the other log
   * @param generation the agreement of the nodes under which the other log was last used
   */
  public static boolean has(RoomLog log, Position end, long generation) {
    if (log.epoch() == end.epoch()) {
      // There is one history of an epoch. Who used it later knows all that was acknowledged in it.
      return log.generation() > generation
          || (log.generation() == generation && log.top() >= end.offset());
    }
    return end.offset() <= log.branch().sharedWith(end.epoch());
  }

  /**
   * Merges a log that a node has found in its journal when it started into the log that the cluster
   * has, which other nodes may have found, or may have continued. What was removed or has expired
   * there does not return: it is in the past of that log.
   *
   * @param present the log of the cluster; null if it has none
   * @param complete whether it is certain that nobody has continued the found log
   * @param newEpoch the epoch, if a new one is needed; never used before
   */
  public static RoomLog restored(
      @Nullable RoomLog present, RoomLog found, boolean complete, long newEpoch) {
    Position end = new Position(found.epoch(), found.top());
    if (present != null && has(present, end, found.generation())) {
      return present;
    }
    if (present != null && present.epoch() != found.epoch()) {
      RoomLog merged = of(present, found, newEpoch);
      if (merged != present) {
        merged.belongs(0, merged.top());
      }
      return merged;
    }
    if (present == null && !complete) {
      found.forkAtEnd(newEpoch);
      found.belongs(0, found.top());
    }
    return found;
  }

  /** Returns the last offset that is certainly in the past of both logs. */
  private static long shared(RoomLog one, RoomLog other) {
    if (one.top() == 0 || other.top() == 0) {
      return 0;
    }
    if (one.epoch() == other.epoch()) {
      return sharedInEpoch(one, other);
    }
    long shared = Math.min(one.top(), other.branch().sharedWith(one.epoch()));
    shared = Math.max(shared, Math.min(other.top(), one.branch().sharedWith(other.epoch())));
    for (Position fork : one.branch().forks()) {
      long there = other.branch().sharedWith(fork.epoch());
      shared = Math.max(shared, Math.min(fork.offset(), there));
    }
    return shared;
  }

  /**
   * Compares two logs of the same epoch. At most one side continues an epoch, but a node that is
   * cut off may have added publications that were not acknowledged before it notices.
   */
  private static long sharedInEpoch(RoomLog one, RoomLog other) {
    long shared = Math.min(one.acknowledged(), other.acknowledged());
    long end = Math.min(one.top(), other.top());
    long kept = Math.max(one.oldest(), other.oldest());
    while (shared + 1 >= kept
        && shared < end
        && one.entry(shared + 1).isSame(other.entry(shared + 1))) {
      shared++;
    }
    return shared;
  }

  /** Returns the offset after which tails start. */
  private long from() {
    return Math.max(shared, 0);
  }

  private static List<Entry> tail(RoomLog log, long shared) {
    return log.entriesFrom(Math.max(shared + 1, log.oldest()));
  }

  private static int[] same(List<Entry> ones, List<Entry> others) {
    Map<Name, Integer> byName = new HashMap<>();
    Map<String, Integer> byKey = new HashMap<>();
    for (int i = 0; i < ones.size(); i++) {
      byName.put(Name.of(ones.get(i)), i);
      String key = ones.get(i).publication().idempotencyKey();
      if (key != null) {
        byKey.put(key, i);
      }
    }
    int[] same = new int[others.size()];
    for (int i = 0; i < same.length; i++) {
      Entry entry = others.get(i);
      Integer known = byKey.get(entry.publication().idempotencyKey());
      boolean tried =
          known != null && ones.get(known).publication().saysTheSame(entry.publication());
      same[i] = byName.getOrDefault(Name.of(entry), tried ? known : -1);
    }
    return same;
  }

  /** Returns the log that has everything that the part has, with the ancestry of both. */
  private RoomLog continued(RoomLog log, RoomLog part) {
    if (log.branch().epoch() == part.epoch() && part.branch().forks().isEmpty()) {
      return log;
    }
    List<Position> unknown =
        Branch.joined(List.of(part.branch()), from()).stream()
            .filter(fork -> !log.branch().includes(fork))
            .toList();
    return log.with(log.branch().continuing(unknown));
  }

  private RoomLog both(long newEpoch) {
    List<Entry> merged = interleaved();
    long removed = removedFromTail(one) + removedFromTail(other);
    List<Entry> entries = new ArrayList<>();
    RoomLog longer = one.oldest() <= other.oldest() ? one : other;
    for (long offset = longer.oldest(); offset <= shared; offset++) {
      entries.add(longer.entry(offset));
    }
    entries.addAll(merged);
    long top = from() + removed + merged.size();
    Map<Name, Long> offsets = new HashMap<>();
    for (int i = 0; i < entries.size(); i++) {
      offsets.put(Name.of(entries.get(i)), top - entries.size() + 1 + i);
    }
    for (int i = 0; i < same.length; i++) {
      if (same[i] >= 0) {
        offsets.put(Name.of(others.get(i)), offsets.get(Name.of(ones.get(same[i]))));
      }
    }
    List<Position> forks =
        shared < 0 || removed > 0
            ? List.of()
            : Branch.joined(List.of(one.branch(), other.branch()), shared);
    RoomLog both =
        new RoomLog(new Branch(newEpoch, forks), top, entries, answers(newEpoch, offsets));
    both.lastVersion(LastVersion.merged(one.lastVersion(), other.lastVersion()));
    both.use(
        Math.max(one.usedMillis(), other.usedMillis()),
        Math.max(one.keepSeconds(), other.keepSeconds()));
    return both;
  }

  /** Returns the number of publications of a tail that its log no longer has. */
  private long removedFromTail(RoomLog log) {
    return Math.max(0, log.oldest() - 1 - from());
  }

  /** Returns every publication of both tails once. */
  private List<Entry> interleaved() {
    int[] least = new int[others.size()];
    int[] limits = new int[others.size()];
    boundByAppenders(least, limits);
    boolean[] inOrder = increasing(placesWithin(least, limits));
    int limit = ones.size();
    for (int j = limits.length - 1; j >= 0; j--) {
      limit = Math.min(limit, inOrder[j] ? same[j] : limits[j]);
      limits[j] = limit;
    }
    List<Entry> merged = new ArrayList<>();
    int i = 0;
    for (int j = 0; j < others.size(); j++) {
      if (same[j] < 0) {
        Entry entry = others.get(j);
        while (i < limits[j] && (i < least[j] || ones.get(i).atMillis() <= entry.atMillis())) {
          merged.add(ones.get(i++));
        }
        merged.add(entry);
      } else if (inOrder[j]) {
        while (i <= same[j]) {
          merged.add(ones.get(i++));
        }
      }
    }
    merged.addAll(ones.subList(i, ones.size()));
    return merged;
  }

  /**
   * Finds between which of {@code ones} each of {@code others} has to be, so that every appender
   * keeps its order.
   *
   * @param least gets how many of {@code ones} come first at least
   * @param limits gets how many of {@code ones} come first at most
   */
  private void boundByAppenders(int[] least, int[] limits) {
    Map<Long, NavigableMap<Long, Integer>> indexes = new HashMap<>();
    for (int i = 0; i < ones.size(); i++) {
      Entry entry = ones.get(i);
      indexes.computeIfAbsent(entry.appender(), any -> new TreeMap<>()).put(entry.number(), i);
    }
    Arrays.fill(limits, ones.size());
    for (int j = 0; j < others.size(); j++) {
      Entry entry = others.get(j);
      NavigableMap<Long, Integer> own = indexes.get(entry.appender());
      if (same[j] < 0 && own != null) {
        Map.Entry<Long, Integer> last = own.lowerEntry(entry.number());
        Map.Entry<Long, Integer> next = own.higherEntry(entry.number());
        least[j] = last == null ? 0 : last.getValue() + 1;
        limits[j] = next == null ? ones.size() : next.getValue();
      }
    }
    for (int j = 1; j < least.length; j++) {
      least[j] = Math.max(least[j], least[j - 1]);
    }
    for (int j = limits.length - 2; j >= 0; j--) {
      limits[j] = Math.min(limits[j], limits[j + 1]);
    }
  }

  /** Returns {@code same}, without the common publications that contradict an appender's order. */
  private int[] placesWithin(int[] least, int[] limits) {
    return IntStream.range(0, same.length)
        .map(j -> least[j] <= same[j] && same[j] < limits[j] ? same[j] : -1)
        .toArray();
  }

  /**
   * Finds a longest sequence of places that increase.
   *
   * @param places place of each element; -1 for an element that does not count
   * @return for each element whether it is part of the sequence
   */
  private static boolean[] increasing(int[] places) {
    // ends[k]: index of the element with the lowest place that ends a sequence of length k + 1.
    int[] ends = new int[places.length];
    int[] before = new int[places.length];
    int length = 0;
    for (int i = 0; i < places.length; i++) {
      if (places[i] < 0) {
        continue;
      }
      int low = 0;
      int high = length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (places[ends[middle]] < places[i]) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      before[i] = low == 0 ? -1 : ends[low - 1];
      ends[low] = i;
      length = Math.max(length, low + 1);
    }
    boolean[] chosen = new boolean[places.length];
    for (int i = length == 0 ? -1 : ends[length - 1]; i >= 0; i = before[i]) {
      chosen[i] = true;
    }
    return chosen;
  }

  /** The permanent ID of a publication; see {@link Entry}. */
  private record Name(long appender, long number) {
    static Name of(Entry entry) {
      return new Name(entry.appender(), entry.number());
    }
  }

  /** Returns the last results of all appenders, with the new offsets of the publications. */
  private Map<Long, Answer> answers(long newEpoch, Map<Name, Long> offsets) {
    Map<Long, Answer> answers = new LinkedHashMap<>();
    for (RoomLog log : List.of(one, other)) {
      log.answers()
          .forEach(
              (appender, answer) -> {
                Answer before = answers.get(appender);
                if (before == null || before.number() < answer.number()) {
                  answers.put(
                      appender,
                      answer.end() <= shared && log.branch().includes(end(answer))
                          ? answer
                          : moved(log, appender, answer, newEpoch, offsets));
                }
              });
    }
    return answers;
  }

  private static Position end(Answer answer) {
    return new Position(answer.appended().epoch(), Math.max(0, answer.end()));
  }

  private static Answer moved(
      RoomLog log, long appender, Answer answer, long newEpoch, Map<Name, Long> offsets) {
    Map<Integer, Long> known = new HashMap<>();
    for (int i = 0; i < answer.count(); i++) {
      if (answer.appended().tooLarge().contains(i)) {
        continue;
      }
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
            newEpoch,
            1,
            known,
            answer.appended().conflicting(),
            answer.appended().outdated(),
            answer.appended().tooLarge()));
  }

  /**
   * Hazelcast merge policy for a log that exists in both parts of a split cluster; see {@link
   * MergedLogs}. Hazelcast creates instances by class name; they have no state.
   */
  public static final class KeepBothTails
      implements SplitBrainMergePolicy<RoomLog, MergingValue<RoomLog>, RoomLog> {

    /** Creates a policy. Called by Hazelcast. */
    public KeepBothTails() {}

    @Override
    public @Nullable RoomLog merge(
        MergingValue<RoomLog> merging, @Nullable MergingValue<RoomLog> existing) {
      RoomLog coming = merging.getValue();
      RoomLog present = existing == null ? null : existing.getValue();
      RoomLog merged =
          coming == null || present == null
              ? (present == null ? coming : present)
              : MergedLogs.of(present, coming, Epochs.random());
      if (merged != null && merged != present) {
        // The log is now part of this side, where every node has what it holds.
        merged.belongs(0, merged.top());
      }
      return merged;
    }

    @Override
    public void writeData(ObjectDataOutput out) {}

    @Override
    public void readData(ObjectDataInput in) {}
  }
}
