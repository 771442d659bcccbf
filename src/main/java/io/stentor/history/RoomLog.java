package io.stentor.history;

import io.stentor.config.RoomOptions;
import io.stentor.config.RoomOptions.Durability;
import io.stentor.history.Appended.Answer;
import io.stentor.history.LogEntries.Entry;
import io.stentor.message.Attributes;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
public final class RoomLog {

  /*
   * A log has up to three copies: one on another node, and one in the journal of each of the two
   * nodes. All are kept by steps (LogStep). The log remembers how far the other node's copy
   * certainly is (`copied`), and what its own node's journal has (`journaled`, `changed`).
   */

  /**
   * How much longer than its publications an unused log is kept, in seconds. The feed of a room in
   * use reads the log more often than this.
   */
  public static final int IDLE_MARGIN_SECONDS = 60;

  /**
   * Time after which an appender has given up an unacknowledged append, in milliseconds. Its
   * entries are then no longer included in each step to the copy.
   */
  private static final long IN_DOUBT_MILLIS = 60_000;

  private Branch branch;
  private final LogEntries entries = new LogEntries();
  private final LastAnswers answers = new LastAnswers();

  /** The offset up to which the copy is known to have everything; see {@link #stepForCopy}. */
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

  /** The agreement of the nodes under which the log was last used; 0 for none. */
  private long generation;

  /** The newest version among the publications; null if none had one. */
  private @Nullable LastVersion lastVersion;

  private long usedMillis;
  private int keepSeconds;
  private Durability durability = Durability.MEMORY;

  /** The offset up to which everything is as safe as the room asks for, on both nodes. */
  private long safe;

  /** The offset up to which this node's journal has the log. */
  private long journaled;

  /**
   * The sequence of the log's last record in this node's journal; 0 if it does not have the log.
   */
  private long record;

  /** Whether the journal lacks something other than the publications after {@code journaled}. */
  private boolean changed = true;

  /**
   * Creates an empty log.
   *
   * @param epoch from 1, below {@link Position#EPOCH_LIMIT}; must never have been used for another
   *     log of the room
   */
  public RoomLog(long epoch) {
    this.branch = new Branch(epoch);
  }

  /** Creates a log with existing content, from its serialised form or from a merge. */
  RoomLog(Branch branch, long top, List<Entry> entries, Map<Long, Answer> answers) {
    this.branch = branch;
    this.entries.restartAfter(top - entries.size());
    entries.forEach(this.entries::add);
    answers.forEach(this.answers::remember);
    copied = top;
    acknowledged = top;
  }

  /** Returns the same log as another branch. */
  RoomLog with(Branch other) {
    RoomLog log = new RoomLog(other, top(), entries(), answers());
    log.use(usedMillis, keepSeconds);
    log.belongs(side, acknowledged);
    log.lastVersion = lastVersion;
    log.generation = generation;
    log.durability = durability;
    return log;
  }

  public Branch branch() {
    return branch;
  }

  public long epoch() {
    return branch.epoch();
  }

  long side() {
    return side;
  }

  long acknowledged() {
    return acknowledged;
  }

  /** Returns the agreement of the nodes under which the log was last used; 0 for none. */
  public long generation() {
    return generation;
  }

  public Durability durability() {
    return durability;
  }

  /** Returns the newest version among the publications; null if none had one. */
  public @Nullable LastVersion lastVersion() {
    return lastVersion;
  }

  /** Restores what {@link #lastVersion()} returned on another node. */
  void lastVersion(@Nullable LastVersion there) {
    lastVersion = there;
  }

  /** Restores what {@link #side} and {@link #acknowledged} returned on another node. */
  void belongs(long toSide, long acknowledgedThere) {
    side = toSide;
    acknowledged = Math.min(acknowledgedThere, top());
  }

  /** Restores what {@link #generation} and {@link #durability} returned on another node. */
  void keep(long generationThere, Durability durabilityThere) {
    generation = generationThere;
    durability = durabilityThere;
  }

  /**
   * Makes the log part of a side of the cluster. If it was part of another one, the nodes of that
   * side may continue it, so it forks here: what certainly was in the log of both sides stays where
   * it is, in the past of the new branch.
   *
   * @param inGeneration of the agreement of the side's nodes
   * @param newEpoch the epoch of the new branch; never used before
   * @param writable whether this side appends to its logs. If not, publications that were not
   *     acknowledged are removed, so that the log is a part of the other side's log
   */
  public void enter(long ofSide, long inGeneration, long newEpoch, boolean writable) {
    if (side != 0 && side != ofSide) {
      fork(newEpoch, acknowledged, writable);
    }
    side = ofSide;
    generation = inGeneration;
  }

  /**
   * Makes the log part of no cluster.
   *
   * @param newEpoch of a new branch, if other nodes may have continued the log; null if not
   */
  void leaveCluster(@Nullable Long newEpoch) {
    if (newEpoch != null) {
      fork(newEpoch, acknowledged, true);
    }
    changed |= side != 0;
    belongs(0, top());
    generation = 0;
  }

  /** Continues the log as another branch, whose past is everything that the log has. */
  void forkAtEnd(long newEpoch) {
    fork(newEpoch, top(), true);
  }

  private void fork(long newEpoch, long last, boolean writable) {
    branch = branch.fork(newEpoch, last);
    if (!writable) {
      removeAfter(last);
    }
    answers.fork(newEpoch, last, writable);
    copied = Math.min(copied, last);
    journaled = Math.min(journaled, last);
    changed = true;
    acknowledged = top();
    forkedAt = top();
  }

  public long top() {
    return entries.top();
  }

  /** Returns the offset of the oldest publication; {@code top + 1} if there is none. */
  long oldest() {
    return entries.oldest();
  }

  long bytes() {
    return entries.bytes();
  }

  int size() {
    return entries.size();
  }

  Entry entry(long offset) {
    return entries.at(offset);
  }

  /** Returns the numbers of the log, without its publications. */
  public LogSummary summary() {
    return new LogSummary(new Position(epoch(), top()), oldest(), bytes());
  }

  /** Returns all entries, oldest first. */
  public List<Entry> entries() {
    return entriesFrom(oldest());
  }

  /**
   * Returns the entries from an offset on. The offset must not be lower than that of the oldest
   * entry.
   */
  List<Entry> entriesFrom(long first) {
    return entries.from(first);
  }

  Map<Long, Answer> answers() {
    return answers.all();
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
  public boolean isUnused(long nowMillis) {
    return nowMillis - usedMillis > 1000L * keepSeconds;
  }

  /**
   * Appends a batch, or returns the previous result if this is the appender's last batch. A
   * publication that exceeds the log's size limit in bytes is not appended, nor is one whose
   * version is not newer than that of the log.
   */
  public Appended append(Batch batch, long nowMillis, RoomOptions.History limits) {
    Answer last = answers().get(batch.appender());
    if (last != null && last.number() == batch.number()) {
      use(nowMillis, limits);
      return last.appended();
    }
    trim(nowMillis, limits);
    final long first = top() + 1;
    int count = batch.publications().size();
    Map<Integer, Long> known = new HashMap<>(0);
    Set<Integer> conflicting = new HashSet<>(0);
    Set<Integer> outdated = new HashSet<>(0);
    Set<Integer> tooLarge = new HashSet<>(0);
    for (int i = 0; i < count; i++) {
      Publication publication = batch.publications().get(i);
      Attributes attributes = publication.attributes();
      Long offset = entries.offsetOf(publication.idempotencyKey());
      if (offset == null && publication.weight() > limits.bytes()) {
        tooLarge.add(i);
      } else if (offset == null && lastVersion != null && lastVersion.isNewerOrSame(attributes)) {
        known.put(i, top());
        outdated.add(i);
      } else if (offset == null) {
        lastVersion = LastVersion.after(lastVersion, attributes);
        entries.add(new Entry(batch.appender(), batch.number() + i, nowMillis, publication));
      } else {
        known.put(i, offset);
        if (!entry(offset).publication().saysTheSame(publication)) {
          conflicting.add(i);
        }
      }
    }
    Appended appended = new Appended(epoch(), first, known, conflicting, outdated, tooLarge);
    answers.remember(batch.appender(), new Answer(batch.number(), count, appended));
    trim(nowMillis, limits);
    changed = true;
    return appended;
  }

  /**
   * Records that everything up to a position was replicated, and is as safe as the room asks for.
   * If the log has forked in the meantime, that moves the fork: more of the former branch is
   * certainly the past of both. Ignores positions of other branches.
   */
  public void confirm(Position replicated) {
    if (replicated.offset() > branch.sharedWith(replicated.epoch())) {
      Branch before = branch;
      branch = branch.forkedLater(replicated.epoch(), Math.min(replicated.offset(), forkedAt));
      changed |= !before.equals(branch);
    }
    if (replicated.epoch() == epoch()) {
      long known = Math.min(top(), replicated.offset());
      copied = Math.max(copied, known);
      changed |= durability != Durability.MEMORY && known > acknowledged;
      acknowledged = Math.max(acknowledged, known);
      safe = Math.max(safe, known);
    }
  }

  /** Records that everything up to a position is as safe as the room asks for. */
  void safeUpTo(Position end) {
    if (end.epoch() == epoch()) {
      safe = Math.max(safe, Math.min(top(), end.offset()));
    }
  }

  /** Returns the offset up to which everything is as safe as the room asks for. */
  long safe() {
    return safe;
  }

  /** Returns whether some publications are not yet as safe as the room asks for. */
  public boolean hasUnsafeEntries() {
    return durability != Durability.MEMORY && safe < top();
  }

  /**
   * Corrects the assumption about what the copy has.
   *
   * @param copy the position at which the copy ends
   */
  public void copyEndsAt(Position copy) {
    copied = Math.max(0, Math.min(copied, sharedWith(copy)));
  }

  /** Returns the offset up to which another log, which ends at a position, can be like this one. */
  private long sharedWith(Position end) {
    return Math.min(end.offset(), end.epoch() == epoch() ? top() : branch.sharedWith(end.epoch()));
  }

  /**
   * Returns what the copy on another node may lack. Steps to a copy can be lost, so this includes
   * everything that was appended since the last step that is known to have arrived.
   *
   * @param appender an appender whose result is always included; null for none
   */
  public LogStep stepForCopy(@Nullable Long appender, long nowMillis) {
    if (size() == 0 || nowMillis - entry(top()).atMillis() > IN_DOUBT_MILLIS) {
      copied = top();
    }
    return step(
        copied,
        answers.after(copied, epoch(), appender == null ? Set.of() : Set.of(appender)),
        nowMillis);
  }

  /** Returns whether this node's journal has the log. */
  boolean isJournaled() {
    return record != 0;
  }

  /** Returns whether this node's journal lacks something of the log. */
  boolean isAheadOfJournal() {
    return record == 0 || changed || journaled < top();
  }

  /** Returns the sequence of the log's last record in this node's journal; 0 for none. */
  public long record() {
    return record;
  }

  /** Records that this node's journal has everything; 0 if it has nothing of the log. */
  void journaled(long lastRecord) {
    record = lastRecord;
    journaled = top();
    changed = false;
  }

  /**
   * Returns what this node's journal lacks.
   *
   * @param appenders appenders whose results are always included
   */
  LogStep stepForJournal(Set<Long> appenders, long nowMillis) {
    return isJournaled()
        ? step(journaled, answers.after(journaled, epoch(), appenders), nowMillis)
        : whole(nowMillis);
  }

  /** Returns the step that brings an empty copy up to date. */
  public LogStep whole(long nowMillis) {
    return step(0, answers(), nowMillis);
  }

  private LogStep step(long after, Map<Long, Answer> results, long nowMillis) {
    long first = Math.max(after + 1, oldest());
    return new LogStep(
        branch,
        side,
        generation,
        acknowledged,
        durability,
        oldest(),
        first,
        entriesFrom(first),
        results,
        lastVersion,
        nowMillis,
        keepSeconds);
  }

  /**
   * Updates this copy to start and end like the log that it is a copy of. If the entries do not
   * directly continue it, it keeps its content, unless they are everything that the log has.
   *
   * @param nowMillis the time, by this node's clock
   * @return false if the copy lacks entries before the first one; nothing has changed then
   */
  public boolean replicate(LogStep step, long nowMillis) {
    Branch of = step.branch();
    long shared = of.epoch() == epoch() ? top() : Math.min(top(), of.sharedWith(epoch()));
    boolean follows = shared >= step.first() - 1;
    if (!follows && step.first() > step.oldest()) {
      return false;
    }
    final boolean hadEntries = size() > 0;
    if (follows) {
      removeAfter(shared);
    } else {
      entries.restartAfter(step.first() - 1);
      record = 0;
    }
    changed |= !branch.equals(of);
    branch = of;
    for (int i = (int) (top() - step.first() + 1); i < step.entries().size(); i++) {
      entries.add(step.entries().get(i).shifted(nowMillis - step.millis()));
    }
    while (size() > 0 && oldest() < step.oldest()) {
      entries.removeOldest();
    }
    changed |= hadEntries && size() == 0;
    copied = top();
    step.answers().forEach(answers::remember);
    lastVersion = step.lastVersion();
    belongs(step.side(), top());
    keep(step.generation(), step.durability());
    use(nowMillis, step.keepSeconds());
    return true;
  }

  /**
   * Reads the publications after the position, or from the oldest publication if that is not
   * possible.
   */
  public Page read(
      Position after, int maxMessages, int maxBytes, long nowMillis, RoomOptions.History limits) {
    trim(nowMillis, limits);
    boolean continues =
        branch.includes(after) && after.offset() + 1 >= oldest() && after.offset() <= top();
    long first = continues ? after.offset() + 1 : oldest();
    List<Publication> publications = new ArrayList<>();
    long sum = 0;
    for (long offset = first; offset <= top() && publications.size() < maxMessages; offset++) {
      Publication publication = entry(offset).publication();
      sum += publication.weight();
      if (sum > maxBytes && !publications.isEmpty()) {
        break;
      }
      publications.add(publication);
    }
    return new Page(branch, oldest(), top(), first, publications);
  }

  /** Removes all publications. Their offsets are not reused. Returns the state of the log. */
  public Page removeAll(long nowMillis, RoomOptions.History limits) {
    use(nowMillis, limits);
    changed |= size() > 0;
    entries.clear();
    return new Page(branch, oldest(), top(), oldest(), List.of());
  }

  private void use(long nowMillis, RoomOptions.History limits) {
    use(nowMillis, (top() == 0 ? 0 : limits.ageSeconds()) + IDLE_MARGIN_SECONDS);
    if (durability == Durability.MEMORY) {
      safe = top();
    }
    changed |= durability != limits.durability();
    durability = limits.durability();
  }

  /** Removes publications over the limits. Counts as a use of the log. */
  void trim(long nowMillis, RoomOptions.History limits) {
    use(nowMillis, limits);
    long tooOld = nowMillis - 1000L * limits.ageSeconds();
    while (size() > 0
        && (size() > limits.messages()
            || bytes() > limits.bytes()
            || entry(oldest()).atMillis() < tooOld)) {
      entries.removeOldest();
    }
    branch = branch.without(oldest());
  }

  /** Removes the publications after an offset, and what is known only from them. */
  private void removeAfter(long last) {
    boolean hadVersions = false;
    changed |= top() > last;
    journaled = Math.min(journaled, last);
    while (top() > last && size() > 0) {
      hadVersions |= entry(top()).publication().attributes().version() != 0;
      entries.removeNewest();
    }
    if (top() > last) {
      entries.restartAfter(last);
    }
    if (hadVersions) {
      // Otherwise a publication that was removed could not be published again.
      lastVersion = null;
      for (Entry entry : entries()) {
        lastVersion = LastVersion.after(lastVersion, entry.publication().attributes());
      }
    }
  }
}
