package io.stentor.history;

import io.stentor.config.RoomOptions;
import io.stentor.message.Attributes;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One room's log: the newest publications in order, limited by number, bytes and age, and the data
 * needed to recognise repeated batches and publications. Plain data without I/O, a clock or locks.
 * Not thread-safe: the owner must ensure that one thread at a time uses it.
 *
 * <p>All times are in milliseconds of the clock of the node that holds the log, which counts
 * elapsed time from an arbitrary moment. When a log or an entry is sent to another node, its times
 * are sent as ages.
 */
final class RoomLog {

  /*
   * The entries are a ring buffer: entry i of `size` is at ring[(head + i) & mask], and its offset
   * is top - size + 1 + i. An empty log has no ring and no key map, so an idle room costs little
   * more than this object.
   */

  /**
   * Maximum number of appenders whose last batches are remembered. The one that has been inactive
   * for longest is forgotten.
   */
  static final int MAX_APPENDERS = 64;

  /**
   * How much longer than its publications an unused log is kept, in seconds. The feed of a room in
   * use reads the log more often than this.
   */
  static final int IDLE_MARGIN_SECONDS = 60;

  /**
   * Time after which an appender has given up an unacknowledged append, in milliseconds. Its
   * entries are then no longer included in each step to the copy.
   */
  private static final long IN_DOUBT_MILLIS = 60_000;

  private static final int FIRST_CAPACITY = 8;
  private static final @Nullable Entry[] NOTHING = {};

  private Branch branch;
  private long top;
  private long bytes;
  private @Nullable Entry[] ring = NOTHING;
  private int head;
  private int size;
  private @Nullable Map<String, Long> keys;
  private @Nullable LinkedHashMap<Long, Answer> answers;

  /** The offset up to which the copy is known to have everything; see {@link #firstForCopy}. */
  private long copied;

  /**
   * The offset up to which every publication was certainly replicated when it was appended. Later
   * ones may be known to no other node, which may then give their offsets to others.
   */
  private long acknowledged;

  /** The last offset when this log forked; see {@link #confirm}. 0 if that is not known. */
  private long forkedAt;

  /** The side of a split cluster that this log belongs to; 0 for the one that uses it next. */
  private long side;

  /** The newest version among the publications; null if none had one. */
  private @Nullable LastVersion lastVersion;

  private long usedMillis;
  private int keepSeconds;

  /**
   * Creates an empty log.
   *
   * @param epoch from 1, below {@link Position#EPOCH_LIMIT}; must never have been used for another
   *     log of the room
   */
  RoomLog(long epoch) {
    this.branch = new Branch(epoch);
  }

  /** Creates a log with existing content, from its serialised form or from a merge. */
  RoomLog(Branch branch, long top, List<Entry> entries, Map<Long, Answer> answers) {
    this.branch = branch;
    this.top = top - entries.size();
    entries.forEach(this::add);
    answers.forEach(this::remember);
    copied = top;
    acknowledged = top;
  }

  /** Returns the same log as another branch. */
  RoomLog with(Branch other) {
    RoomLog log = new RoomLog(other, top, entries(), answers());
    log.use(usedMillis, keepSeconds);
    log.belongs(side, acknowledged);
    log.lastVersion = lastVersion;
    return log;
  }

  Branch branch() {
    return branch;
  }

  long epoch() {
    return branch.epoch();
  }

  long side() {
    return side;
  }

  long acknowledged() {
    return acknowledged;
  }

  /** Returns the newest version among the publications; null if none had one. */
  @Nullable LastVersion lastVersion() {
    return lastVersion;
  }

  /** Restores what {@link #lastVersion()} returned on another node. */
  void lastVersion(@Nullable LastVersion there) {
    lastVersion = there;
  }

  /** Restores what {@link #side} and {@link #acknowledged} returned on another node. */
  void belongs(long toSide, long acknowledgedThere) {
    side = toSide;
    acknowledged = Math.min(acknowledgedThere, top);
  }

  /**
   * Makes the log part of a side of the cluster. If it was part of another one, the nodes of that
   * side may continue it, so it forks here: what certainly was in the log of both sides stays where
   * it is, in the past of the new branch.
   *
   * @param newEpoch the epoch of the new branch; never used before
   * @param writable whether this side appends to its logs. If not, publications that were not
   *     acknowledged are removed, so that the log is a part of the other side's log
   */
  void enter(long ofSide, long newEpoch, boolean writable) {
    if (side != 0 && side != ofSide) {
      fork(newEpoch, writable);
    }
    side = ofSide;
  }

  private void fork(long newEpoch, boolean writable) {
    long last = acknowledged;
    branch = branch.fork(newEpoch, last);
    if (!writable) {
      removeAfter(last);
    }
    Map<Long, Answer> before = answers();
    answers = null;
    before.forEach(
        (appender, answer) -> {
          boolean shared = answer.end() <= last;
          if (shared || writable) {
            remember(appender, shared ? answer : answer.in(newEpoch));
          }
        });
    copied = Math.min(copied, last);
    acknowledged = top;
    forkedAt = top;
  }

  long top() {
    return top;
  }

  /** Returns the offset of the oldest publication; {@code top + 1} if there is none. */
  long oldest() {
    return top - size + 1;
  }

  long bytes() {
    return bytes;
  }

  int size() {
    return size;
  }

  Entry entry(long offset) {
    return Objects.requireNonNull(ring[(head + (int) (offset - oldest())) & (ring.length - 1)]);
  }

  /** Returns the numbers of the log, without its publications. */
  LogSummary summary() {
    return new LogSummary(new Position(epoch(), top), oldest(), bytes);
  }

  /** Returns all entries, oldest first. */
  List<Entry> entries() {
    return entriesFrom(oldest());
  }

  /**
   * Returns the entries from an offset on. The offset must not be lower than that of the oldest
   * entry.
   */
  List<Entry> entriesFrom(long first) {
    List<Entry> some = new ArrayList<>((int) (top - first + 1));
    for (long offset = first; offset <= top; offset++) {
      some.add(entry(offset));
    }
    return some;
  }

  Map<Long, Answer> answers() {
    return answers == null ? Map.of() : answers;
  }

  /** Returns when the log was last used. */
  long usedMillis() {
    return usedMillis;
  }

  /** Returns how long the log is kept after its last use, in seconds. */
  int keepSeconds() {
    return keepSeconds;
  }

  /** Marks the log as used now. It is kept for this many seconds from now. */
  void use(long nowMillis, int seconds) {
    usedMillis = nowMillis;
    keepSeconds = seconds;
  }

  /** Returns whether the log has been unused for so long that it can be removed. */
  boolean isUnused(long nowMillis) {
    return nowMillis - usedMillis > 1000L * keepSeconds;
  }

  /**
   * Appends a batch, or returns the previous result if this is the appender's last batch. A
   * publication that exceeds the log's size limit in bytes is not appended, nor is one whose
   * version is not newer than that of the log.
   */
  Appended append(Batch batch, long nowMillis, RoomOptions.History limits) {
    Answer last = answers().get(batch.appender());
    if (last != null && last.number() == batch.number()) {
      use(nowMillis, limits);
      return last.appended();
    }
    trim(nowMillis, limits);
    final long first = top + 1;
    int count = batch.publications().size();
    Map<Integer, Long> known = new HashMap<>(0);
    Set<Integer> conflicting = new HashSet<>(0);
    Set<Integer> outdated = new HashSet<>(0);
    Set<Integer> tooLarge = new HashSet<>(0);
    for (int i = 0; i < count; i++) {
      Publication publication = batch.publications().get(i);
      Attributes attributes = publication.attributes();
      Long offset = offsetOf(publication.idempotencyKey());
      if (offset == null && publication.weight() > limits.bytes()) {
        tooLarge.add(i);
      } else if (offset == null && lastVersion != null && lastVersion.isNewerOrSame(attributes)) {
        known.put(i, top);
        outdated.add(i);
      } else if (offset == null) {
        lastVersion = LastVersion.after(lastVersion, attributes);
        add(new Entry(batch.appender(), batch.number() + i, nowMillis, publication));
      } else {
        known.put(i, offset);
        if (!entry(offset).publication().saysTheSame(publication)) {
          conflicting.add(i);
        }
      }
    }
    Appended appended = new Appended(epoch(), first, known, conflicting, outdated, tooLarge);
    remember(batch.appender(), new Answer(batch.number(), count, appended));
    trim(nowMillis, limits);
    return appended;
  }

  /**
   * Records that everything up to a position was replicated. If the log has forked in the meantime,
   * that moves the fork: more of the former branch is certainly the past of both. Ignores positions
   * of other branches.
   */
  void confirm(Position replicated) {
    if (replicated.offset() > branch.sharedWith(replicated.epoch())) {
      branch = branch.forkedLater(replicated.epoch(), Math.min(replicated.offset(), forkedAt));
    }
    if (replicated.epoch() == epoch()) {
      copied = Math.max(copied, Math.min(top, replicated.offset()));
      acknowledged = Math.max(acknowledged, Math.min(top, replicated.offset()));
    }
  }

  /**
   * Corrects the assumption about what the copy has.
   *
   * @param copy the position at which the copy ends
   */
  void copyEndsAt(Position copy) {
    copied = Math.max(0, Math.min(copied, sharedWith(copy)));
  }

  /** Returns the offset up to which another log, which ends at a position, can be like this one. */
  private long sharedWith(Position end) {
    return Math.min(end.offset(), end.epoch() == epoch() ? top : branch.sharedWith(end.epoch()));
  }

  /**
   * Returns the offset from which entries are sent to the copy, because it may lack them. Steps to
   * a copy can be lost, so this includes everything that was appended since the last step that is
   * known to have arrived.
   */
  long firstForCopy(long nowMillis) {
    if (size == 0 || nowMillis - entry(top).atMillis() > IN_DOUBT_MILLIS) {
      copied = top;
    }
    return Math.max(copied + 1, oldest());
  }

  /**
   * Returns the results that the copy may lack.
   *
   * @param appender an appender whose result is always included; null for none
   */
  Map<Long, Answer> answersForCopy(@Nullable Long appender) {
    Map<Long, Answer> some = new LinkedHashMap<>(2);
    for (Map.Entry<Long, Answer> one : answers().entrySet()) {
      Answer answer = one.getValue();
      boolean inDoubt =
          answer.appended().epoch() == epoch()
              && Math.max(answer.appended().first(), answer.end()) > copied;
      if (inDoubt || one.getKey().equals(appender)) {
        some.put(one.getKey(), answer);
      }
    }
    return some;
  }

  /**
   * Updates this copy to start and end like the log that it is a copy of. If the entries do not
   * directly continue it, it keeps its content, unless they are everything that the log has.
   *
   * @param oldest offset of the log's oldest entry
   * @param first offset of the first of {@code entries}, which extend to the end of the log
   * @return false if the copy lacks entries before {@code first}; nothing has changed then
   */
  boolean replicate(Branch of, long oldest, long first, List<Entry> entries) {
    long shared = of.epoch() == epoch() ? top : Math.min(top, of.sharedWith(epoch()));
    boolean follows = shared >= first - 1;
    if (!follows && first > oldest) {
      return false;
    }
    if (follows) {
      removeAfter(shared);
    } else {
      clear();
      top = first - 1;
    }
    branch = of;
    for (int i = (int) (top - first + 1); i < entries.size(); i++) {
      add(entries.get(i));
    }
    while (size > 0 && oldest() < oldest) {
      removeOldest();
    }
    if (size == 0) {
      clear();
    }
    copied = top;
    acknowledged = top;
    return true;
  }

  /**
   * Reads the publications after the position, or from the oldest publication if that is not
   * possible.
   */
  Page read(
      Position after, int maxMessages, int maxBytes, long nowMillis, RoomOptions.History limits) {
    trim(nowMillis, limits);
    boolean continues =
        branch.includes(after) && after.offset() + 1 >= oldest() && after.offset() <= top;
    long first = continues ? after.offset() + 1 : oldest();
    List<Publication> publications = new ArrayList<>();
    long sum = 0;
    for (long offset = first; offset <= top && publications.size() < maxMessages; offset++) {
      Publication publication = entry(offset).publication();
      sum += publication.weight();
      if (sum > maxBytes && !publications.isEmpty()) {
        break;
      }
      publications.add(publication);
    }
    return new Page(branch, oldest(), top, first, publications);
  }

  /** Removes all publications. Their offsets are not reused. Returns the state of the log. */
  Page removeAll(long nowMillis, RoomOptions.History limits) {
    use(nowMillis, limits);
    clear();
    return new Page(branch, oldest(), top, oldest(), List.of());
  }

  private void use(long nowMillis, RoomOptions.History limits) {
    use(nowMillis, (top == 0 ? 0 : limits.ageSeconds()) + IDLE_MARGIN_SECONDS);
  }

  /** Removes publications over the limits. Counts as a use of the log. */
  void trim(long nowMillis, RoomOptions.History limits) {
    use(nowMillis, limits);
    long tooOld = nowMillis - 1000L * limits.ageSeconds();
    while (size > 0
        && (size > limits.messages()
            || bytes > limits.bytes()
            || entry(oldest()).atMillis() < tooOld)) {
      removeOldest();
    }
    if (size == 0) {
      clear();
    }
    branch = branch.without(oldest());
  }

  private @Nullable Long offsetOf(@Nullable String key) {
    return key == null || keys == null ? null : keys.get(key);
  }

  private void add(Entry entry) {
    if (size == ring.length) {
      grow();
    }
    ring[(head + size) & (ring.length - 1)] = entry;
    size++;
    top++;
    bytes += entry.publication().weight();
    String key = entry.publication().idempotencyKey();
    if (key != null) {
      keys = keys == null ? new HashMap<>() : keys;
      keys.put(key, top);
    }
  }

  private void removeOldest() {
    Entry oldest = entry(oldest());
    String key = oldest.publication().idempotencyKey();
    if (key != null && keys != null) {
      keys.remove(key, oldest());
    }
    ring[head] = null;
    head = (head + 1) & (ring.length - 1);
    size--;
    bytes -= oldest.publication().weight();
  }

  /** Removes the publications after an offset, and what is known only from them. */
  private void removeAfter(long last) {
    boolean hadVersions = false;
    while (top > last && size > 0) {
      Entry newest = entry(top);
      String key = newest.publication().idempotencyKey();
      if (key != null && keys != null) {
        keys.remove(key, top);
      }
      hadVersions |= newest.publication().attributes().version() != 0;
      ring[(head + size - 1) & (ring.length - 1)] = null;
      size--;
      top--;
      bytes -= newest.publication().weight();
    }
    top = Math.min(top, last);
    if (hadVersions) {
      // Otherwise a publication that was removed could not be published again.
      lastVersion = null;
      for (Entry entry : entries()) {
        lastVersion = LastVersion.after(lastVersion, entry.publication().attributes());
      }
    }
  }

  private void grow() {
    ring = entries().toArray(new Entry[Math.max(FIRST_CAPACITY, 2 * ring.length)]);
    head = 0;
  }

  /** Remembers the result unless the appender already has a later one. */
  void remember(long appender, Answer answer) {
    Answer present = answers().get(appender);
    if (present != null && present.number() > answer.number()) {
      return;
    }
    answers = answers == null ? new LinkedHashMap<>(4) : answers;
    answers.remove(appender);
    answers.put(appender, answer);
    if (answers.size() > MAX_APPENDERS) {
      answers.remove(answers.keySet().iterator().next());
    }
  }

  private void clear() {
    ring = NOTHING;
    head = 0;
    size = 0;
    bytes = 0;
    keys = null;
  }

  /**
   * A publication in a log and its permanent ID: the appender, and the number among all of that
   * appender's publications. Entries of two logs with the same ID are the same publication.
   *
   * @param atMillis when it was appended, by the clock of the node that holds this log
   */
  record Entry(long appender, long number, long atMillis, Publication publication) {
    boolean isSame(Entry other) {
      return appender == other.appender && number == other.number;
    }

    /** Returns this entry for a node whose clock is ahead by this many milliseconds. */
    Entry shifted(long millis) {
      return millis == 0 ? this : new Entry(appender, number, atMillis + millis, publication);
    }
  }

  /**
   * The result of an append, remembered in case the appender retries.
   *
   * @param number the batch number
   * @param count number of publications in the batch
   */
  record Answer(long number, int count, Appended appended) {

    /** Returns the same result for a branch with another epoch, which has the same offsets. */
    Answer in(long epoch) {
      return new Answer(
          number,
          count,
          new Appended(
              epoch,
              appended.first(),
              appended.known(),
              appended.conflicting(),
              appended.outdated(),
              appended.tooLarge()));
    }

    /**
     * Returns the offset of the last publication in the log directly after the batch was appended.
     */
    long end() {
      return appended.last(count);
    }
  }
}
