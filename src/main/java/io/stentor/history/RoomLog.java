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
 */
final class RoomLog {

  /*
   * The entries are a ring: entry i of `size` is at ring[(head + i) & mask], its offset is
   * top - size + 1 + i. An empty log has no ring, no maps: an idle room costs this object only.
   */

  /** How many appenders' last batches are remembered; the one silent for longest is forgotten. */
  static final int MAX_APPENDERS = 64;

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

  /**
   * A log that begins.
   *
   * @param epoch from 1 up to {@link Position#EPOCH_LIMIT}, drawn at random by the caller
   */
  RoomLog(long epoch) {
    this.epoch = epoch;
  }

  /** A log with this content, as it was written down or put together elsewhere. */
  RoomLog(long epoch, long top, List<Entry> entries, Map<Long, Answer> answers) {
    this.epoch = epoch;
    this.top = top - entries.size();
    entries.forEach(this::add);
    answers.forEach(this::remember);
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

  /**
   * Appends, or answers as before if this batch is the appender's last one. A publication that the
   * log could not keep because of its bytes is not appended.
   */
  Appended append(Batch batch, long nowMillis, RoomOptions.History limits) {
    Answer last = answers().get(batch.appender());
    if (last != null && last.number() == batch.number()) {
      return last.appended();
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
        add(new Entry(batch.appender(), batch.number() + i, publication));
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

  /**
   * Makes this copy of a log end like another one.
   *
   * <p>A copy that ends before {@code first} has missed something; it then begins anew there, which
   * shortens what it can recover but never makes it differ. One that begins behind {@code first}
   * did so, and is given back what it missed.
   *
   * @param first offset of the first of {@code entries}; the log's top + 1 if there are none
   */
  void replicate(long ofEpoch, long first, List<Entry> entries) {
    boolean missed = top < first - 1 || (oldest() > first && !entries.isEmpty());
    if (epoch != ofEpoch || missed) {
      clear();
      epoch = ofEpoch;
      top = first - 1;
    }
    for (int i = (int) (top - first + 1); i < entries.size(); i++) {
      add(entries.get(i));
    }
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
  Page removeAll() {
    clear();
    return new Page(epoch, oldest(), top, oldest(), List.of());
  }

  /** Lets go of what is over the limits. */
  void trim(long nowMillis, RoomOptions.History limits) {
    long tooOld = nowMillis - 1000L * limits.ageSeconds();
    while (size > 0
        && (size > limits.messages()
            || bytes > limits.bytes()
            || entry(oldest()).publication().timeMillis() < tooOld)) {
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

  void remember(long appender, Answer answer) {
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
