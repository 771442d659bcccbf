package io.stentor.history;

import io.stentor.config.RoomOptions;
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
 * One room's log: the newest publications in their order, bounded by number, bytes and age, and
 * what is needed to recognise a batch or a publication that comes again. Plain data: no I/O, no
 * clock, no locks; whoever holds it sees to it that one thread at a time uses it.
 *
 * <p>All times are milliseconds of the clock of the node that holds the log: they count elapsed
 * time from an arbitrary moment. A log or entry that moves to another node moves as ages.
 */
final class RoomLog {

  /*
   * The entries are a ring: entry i of `size` is at ring[(head + i) & mask], its offset is
   * top - size + 1 + i. An empty log has no ring, no maps: an idle room costs this object only.
   */

  /** How many appenders' last batches are remembered; the one silent for longest is forgotten. */
  static final int MAX_APPENDERS = 64;

  /**
   * How much longer than its publications an unused log is kept. Whoever waits in a room reads its
   * log more often than this.
   */
  static final int IDLE_MARGIN_SECONDS = 60;

  /**
   * An append that was not acknowledged after this time was given up by its appender. Its entries
   * then no longer travel with each step towards the copy.
   */
  private static final long IN_DOUBT_MILLIS = 60_000;

  private static final int FIRST_CAPACITY = 8;
  private static final @Nullable Entry[] NOTHING = {};

  private long epoch;
  private long top;
  private long bytes;
  private @Nullable Entry[] ring = NOTHING;
  private int head;
  private int size;
  private @Nullable Map<String, Long> keys;
  private @Nullable LinkedHashMap<Long, Answer> answers;

  /** Up to here the copy has everything, as far as is known; see {@link #firstForCopy}. */
  private long confirmed;

  private long usedMillis;
  private int keepSeconds;

  /**
   * Creates an empty log.
   *
   * @param epoch from 1 up to {@link Position#EPOCH_LIMIT}; the room had no other log with it
   */
  RoomLog(long epoch) {
    this.epoch = epoch;
  }

  /** Creates a log with this content, as it was written down or put together elsewhere. */
  RoomLog(long epoch, long top, List<Entry> entries, Map<Long, Answer> answers) {
    this.epoch = epoch;
    this.top = top - entries.size();
    entries.forEach(this::add);
    answers.forEach(this::remember);
    confirmed = top;
  }

  long epoch() {
    return epoch;
  }

  long top() {
    return top;
  }

  /** Offset of the oldest publication; {@code top + 1} if there is none. */
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

  /** All entries, oldest first. */
  List<Entry> entries() {
    return entriesFrom(oldest());
  }

  /** The entries from the offset on, which is at least that of the oldest. */
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

  /** When the log was used last. */
  long usedMillis() {
    return usedMillis;
  }

  /** How long the log is kept after its last use. */
  int keepSeconds() {
    return keepSeconds;
  }

  /** The log is used now. It is kept from now on for {@code keepSeconds}. */
  void use(long nowMillis, int seconds) {
    usedMillis = nowMillis;
    keepSeconds = seconds;
  }

  /** Whether nobody has used the log for so long that it can go as a whole. */
  boolean isUnused(long nowMillis) {
    return nowMillis - usedMillis > 1000L * keepSeconds;
  }

  /**
   * Appends, or answers as before if this batch is the appender's last one. A publication that the
   * log could not keep because of its bytes is not appended.
   */
  Appended append(Batch batch, long nowMillis, RoomOptions.History limits) {
    Answer last = answers().get(batch.appender());
    if (last != null && last.number() == batch.number()) {
      use(nowMillis, limits);
      return last.appended();
    }
    if (last != null) {
      // An appender appends more only after it was answered.
      confirm(last);
    }
    trim(nowMillis, limits);
    final long first = top + 1;
    int count = batch.publications().size();
    Map<Integer, Long> known = new HashMap<>(0);
    Set<Integer> conflicting = new HashSet<>(0);
    Set<Integer> tooLarge = new HashSet<>(0);
    for (int i = 0; i < count; i++) {
      Publication publication = batch.publications().get(i);
      Long offset = offsetOf(publication.idempotencyKey());
      if (offset == null && publication.weight() > limits.bytes()) {
        tooLarge.add(i);
      } else if (offset == null) {
        add(new Entry(batch.appender(), batch.number() + i, nowMillis, publication));
      } else {
        known.put(i, offset);
        if (!entry(offset).publication().saysTheSame(publication)) {
          conflicting.add(i);
        }
      }
    }
    Appended appended = new Appended(epoch, first, known, conflicting, tooLarge);
    remember(batch.appender(), new Answer(batch.number(), count, appended));
    trim(nowMillis, limits);
    return appended;
  }

  /** The batch was acknowledged, so the copy had everything up to its end. */
  private void confirm(Answer answer) {
    if (answer.appended().epoch() == epoch) {
      confirmed = Math.max(confirmed, Math.min(top, answer.end()));
    }
  }

  /**
   * Takes back what was believed of the copy.
   *
   * @param copy where the copy ends
   */
  void copyEndsAt(Position copy) {
    confirmed = copy.epoch() == epoch ? Math.min(confirmed, copy.offset()) : 0;
  }

  /**
   * Offset from which on the copy is sent entries: what it may lack. Steps towards a copy can be
   * lost, so this includes all that was appended since the last step that is known to have arrived.
   */
  long firstForCopy(long nowMillis) {
    if (size == 0 || nowMillis - entry(top).atMillis() > IN_DOUBT_MILLIS) {
      confirmed = top;
    }
    return Math.max(confirmed + 1, oldest());
  }

  /**
   * The answers that the copy may lack.
   *
   * @param appender whose answer is included in any case; null for nobody
   */
  Map<Long, Answer> answersForCopy(@Nullable Long appender) {
    Map<Long, Answer> some = new LinkedHashMap<>(2);
    for (Map.Entry<Long, Answer> one : answers().entrySet()) {
      Answer answer = one.getValue();
      boolean inDoubt =
          answer.appended().epoch() == epoch
              && Math.max(answer.appended().first(), answer.end()) > confirmed;
      if (inDoubt || one.getKey().equals(appender)) {
        some.put(one.getKey(), answer);
      }
    }
    return some;
  }

  /**
   * Makes this copy end like the log that it is a copy of, and begin where that begins. It keeps
   * what it has where the entries do not follow it, unless they are all that the log has.
   *
   * @param oldest offset of the oldest entry that the log has
   * @param first offset of the first of {@code entries}, which reach to the end of the log
   * @return false where the copy lacks entries before {@code first}; nothing has changed then
   */
  boolean replicate(long ofEpoch, long oldest, long first, List<Entry> entries) {
    boolean follows = epoch == ofEpoch && top >= first - 1;
    if (!follows && first > oldest) {
      return false;
    }
    if (!follows) {
      clear();
      epoch = ofEpoch;
      top = first - 1;
    }
    for (int i = (int) (top - first + 1); i < entries.size(); i++) {
      add(entries.get(i));
    }
    while (size > 0 && oldest() < oldest) {
      removeOldest();
    }
    if (size == 0) {
      clear();
    }
    confirmed = top;
    return true;
  }

  /** Reads what follows the position, or from the oldest publication if that is not possible. */
  Page read(
      Position after, int maxMessages, int maxBytes, long nowMillis, RoomOptions.History limits) {
    trim(nowMillis, limits);
    boolean continues =
        after.epoch() == epoch && after.offset() + 1 >= oldest() && after.offset() <= top;
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
    return new Page(epoch, oldest(), top, first, publications);
  }

  /** Lets go of all publications, never of their offsets. Says where the log is. */
  Page removeAll(long nowMillis, RoomOptions.History limits) {
    use(nowMillis, limits);
    clear();
    return new Page(epoch, oldest(), top, oldest(), List.of());
  }

  private void use(long nowMillis, RoomOptions.History limits) {
    use(nowMillis, (top == 0 ? 0 : limits.ageSeconds()) + IDLE_MARGIN_SECONDS);
  }

  /** Lets go of what is over the limits. The log is used by this. */
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

  private void grow() {
    ring = entries().toArray(new Entry[Math.max(FIRST_CAPACITY, 2 * ring.length)]);
    head = 0;
  }

  /** Keeps the answer unless the appender was given a later one. */
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
}
