package io.stentor.journal;

import static io.stentor.journal.SegmentWriter.nameOf;

import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.Unpooled;
import io.stentor.journal.RecordFormat.Header;
import io.stentor.journal.RecordFormat.Mark;
import io.stentor.journal.SegmentWriter.Segment;
import io.stentor.journal.SegmentWriter.State;
import java.io.DataInput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all segments when a journal opens, hands their records over, and tells torn writes from
 * damage.
 *
 * <p>A segment's header says where the segment before it ends. The newest segment has no such end.
 * There, after a stop of the machine, anything may be missing that was not flushed: at the first
 * bad record beyond all that is known to be flushed, the segment is cut. After a stop of the
 * process alone only the last record may be incomplete. Everything else is damage: reading goes on
 * at the next intact record. Nothing is changed before {@link #flush}.
 */
final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  private static final Replay.Kind[] KINDS = {
    Replay.Kind.BASE, Replay.Kind.BASE, Replay.Kind.STEP, Replay.Kind.END
  };

  /** How far the sequence of the next record after a damaged place may be ahead. */
  private static final long FURTHEST = 1L << 30;

  private final DataDirectory directory;
  private final Disk disk;
  private final Replay replay;
  private final RecordFormat format = new RecordFormat();

  private final KeyTable keys = new KeyTable();
  private final Deque<Segment> segments = new ArrayDeque<>();
  private final @Nullable State state;
  private final boolean sameBoot;

  /** The intact headers, by the numbers of their segments, and by those of the segments before. */
  private final NavigableMap<Long, Header> headers = new TreeMap<>();

  private final Map<Long, Header> successors = new HashMap<>();
  private long salt;

  /** The last sequence that was read, or that is known to be missing. */
  private long sequence;

  /** The highest sequence that was ever used. */
  private long highest;

  /** The highest sequence that is known to have been flushed. */
  private long flushed;

  /** Whether this includes what the newest segment says. */
  private boolean marksAreRead;

  private @Nullable Mark lastMark;

  /** The last segment with records, and where it ends. */
  private long last;

  private long lastEnd;

  /** Whether something was cut there. */
  private boolean torn;

  private long records;
  private long bytes;
  private int damaged;
  private long cutBytes;

  Recovery(DataDirectory directory, Replay replay) throws IOException {
    this.directory = directory;
    this.disk = directory.disk();
    this.replay = replay;
    state = State.read(directory);
    String boot = disk.bootId();
    sameBoot = state != null && !boot.isEmpty() && state.boot().equals(boot);
    if (state != null) {
      salt = state.salt();
      lastMark = state.mark();
      flushed = lastMark.flushed();
      highest = flushed;
    }
  }

  /** Reads everything. */
  void run() throws IOException {
    NavigableSet<Long> numbers = numbers();
    for (long number : numbers) {
      readHeader(number);
    }
    if (salt == 0) {
      salt = new SecureRandom().nextLong();
    }
    long oldest = state == null ? 0 : state.oldest();
    if (oldest > 0 && !numbers.contains(oldest)) {
      damaged(nameOf(oldest) + " is missing");
    }
    for (long number : numbers) {
      segment(number, headers.isEmpty() || number >= headers.lastKey());
    }
    if (state == null && !numbers.isEmpty()) {
      damaged("the file that says which segments there are is missing or damaged");
    } else if (state != null
        && state.newest() > 0
        && (numbers.isEmpty() || numbers.last() < state.newest())) {
      damaged(nameOf(state.newest()) + " is missing");
    }
    if (state != null && state.doubtful()) {
      damaged("what followed from earlier damage may not have been written");
    }
    highest = Math.max(highest, sequence);
  }

  /** Returns the numbers of the segments that were not deleted. */
  private NavigableSet<Long> numbers() throws IOException {
    NavigableSet<Long> numbers = new TreeSet<>();
    for (String name : disk.list()) {
      long number = SegmentWriter.numberOf(name);
      if (number > 0 && (state == null || number >= state.oldest())) {
        numbers.add(number);
      }
    }
    return numbers;
  }

  private void readHeader(long number) throws IOException {
    ByteBuffer content = ByteBuffer.wrap(disk.read(nameOf(number), RecordFormat.HEADER_BYTES));
    Header header = format.header(content, nameOf(number));
    if (header == null || header.number() != number) {
      return;
    }
    if (salt == 0) {
      salt = header.salt();
    }
    if (header.salt() == salt) {
      headers.put(number, header);
      successors.put(header.previous(), header);
    }
  }

  private void segment(long number, boolean newest) throws IOException {
    byte[] array = disk.read(nameOf(number), Integer.MAX_VALUE);
    ByteBuffer content = ByteBuffer.wrap(array);
    bytes += array.length;
    segments.add(new Segment(number, array.length));
    format.use(salt, number);
    Header header = headers.get(number);
    Header successor = successors.get(number);
    int start = RecordFormat.HEADER_BYTES;
    if (header != null) {
      follow(header);
    } else {
      start = find(content, 0, array.length);
      if (start < 0) {
        boolean used = successor != null || (newest && state != null && state.newest() == number);
        if (used) {
          damaged(nameOf(number) + " has neither a header nor records");
        } else {
          cut(nameOf(number), 0, array.length);
        }
        return;
      }
      damaged(nameOf(number) + " has a damaged header");
      if (last == 0) {
        sequence = RecordFormat.sequence(content, start) - 1;
      }
    }
    long sealed = successor != null ? successor.previousEnd() : array.length;
    int end = (int) Math.min(sealed, array.length);
    last = number;
    lastEnd = records(number, array, start, end, newest);
    if (successor != null && sequence != successor.previousSequence()) {
      if (lastEnd == end) {
        damaged("records are missing at the end of " + nameOf(number));
      }
      sequence = successor.previousSequence();
    }
  }

  /** Checks that a segment follows the one before. */
  private void follow(Header header) {
    if (last != 0 && header.previous() != last && header.previousSequence() != sequence) {
      damaged(nameOf(header.previous()) + " is missing");
    }
    sequence = header.first() - 1;
  }

  /** Reads the records of a segment. Returns where the last one ends. */
  private int records(long number, byte[] array, int start, int end, boolean newest)
      throws IOException {
    ByteBuffer content = ByteBuffer.wrap(array);
    int place = start;
    while (place < end) {
      int size = format.size(content, place, end);
      if (size == 0) {
        int next = find(content, place + 1, end);
        if (newest && isTorn(content, place, next, end)) {
          cut(nameOf(number), place, used(array, place, end));
          torn = true;
          return place;
        }
        String what = nameOf(number) + " is damaged at byte " + place;
        damaged(next < 0 ? what + ", up to its end" : what + ", for " + (next - place) + " bytes");
        if (next < 0) {
          return place;
        }
        // What is missing has been reported.
        sequence =
            RecordFormat.sequence(content, next)
                - (RecordFormat.kind(content, next) == RecordFormat.MARK ? 0 : 1);
        place = next;
        continue;
      }
      record(number, array, content, place, size);
      place += size;
    }
    return place;
  }

  private void record(long number, byte[] array, ByteBuffer content, int place, int size)
      throws IOException {
    long sequenceFound = RecordFormat.sequence(content, place);
    byte kind = RecordFormat.kind(content, place);
    boolean mark = kind == RecordFormat.MARK;
    if (sequenceFound > sequence + (mark ? 0 : 1)) {
      damaged("records are missing in " + nameOf(number) + " before byte " + place);
    } else if (sequenceFound <= sequence && !mark) {
      return; // It was written twice.
    }
    sequence = Math.max(sequence, sequenceFound);
    if (mark) {
      Mark found = RecordFormat.mark(content, place);
      flushed = Math.max(flushed, found.flushed());
      if (lastMark == null || found.millis() >= lastMark.millis()) {
        lastMark = found;
      }
      return;
    }
    String key = RecordFormat.key(content, array, place);
    int from = RecordFormat.payload(content, place);
    // Twice as fast as a DataInputStream, which reads each byte of a number on its own.
    DataInput payload =
        new ByteBufInputStream(Unpooled.wrappedBuffer(array, from, place + size - from));
    records++;
    keys.apply(kind, key, number, size);
    replay.record(KINDS[kind], key, payload);
  }

  /** Returns the place of the next intact record; -1 if there is none. */
  private int find(ByteBuffer content, int from, int end) {
    for (int place = from; place <= end - RecordFormat.OVERHEAD; place++) {
      // Few places pass this, so a check is rarely computed in vain.
      long ahead = RecordFormat.sequence(content, place) - sequence;
      if (((ahead >= 0 && ahead < FURTHEST) || sequence == 0)
          && format.size(content, place, end) > 0) {
        return place;
      }
    }
    return -1;
  }

  /**
   * Returns whether a bad record was never safe, so that the segment is cut there.
   *
   * @param bad its place
   * @param next the place of the next intact record; -1 if there is none
   */
  private boolean isTorn(ByteBuffer content, int bad, int next, int end) {
    int place = marksAreRead ? -1 : next;
    marksAreRead = true;
    while (place >= 0) {
      highest = Math.max(highest, RecordFormat.sequence(content, place));
      if (RecordFormat.kind(content, place) == RecordFormat.MARK) {
        flushed = Math.max(flushed, RecordFormat.mark(content, place).flushed());
      }
      place = find(content, place + format.size(content, place, end), end);
    }
    return sequence >= flushed && (!sameBoot || (next < 0 && !hasEnd(content, bad, end)));
  }

  /**
   * Returns whether the last byte of a bad record was written. A killed process leaves the
   * beginning of what it wrote, followed by zeros or nothing.
   */
  private static boolean hasEnd(ByteBuffer content, int bad, int end) {
    if (end - bad <= RecordFormat.OVERHEAD) {
      return false;
    }
    long last = RecordFormat.end(content, bad) - 1;
    return last >= bad + RecordFormat.OVERHEAD && last < end && content.get((int) last) != 0;
  }

  /** Returns where the zeros begin with which the file was filled ahead of the next records. */
  private static int used(byte[] array, int from, int end) {
    int used = end;
    while (used > from && array[used - 1] == 0) {
      used--;
    }
    return used;
  }

  private void cut(String name, int from, int to) {
    if (to > from) {
      LOG.debug("{}: {} bytes that were not written completely are cut off", name, to - from);
    }
    cutBytes += to - from;
  }

  private void damaged(String what) {
    damaged++;
    replay.damaged("The journal in " + disk.path() + " is damaged: " + what);
  }

  KeyTable keys() {
    return keys;
  }

  /** Returns whether everything that was appended before is certainly there, damage excepted. */
  boolean isContinuous() {
    boolean fresh = state == null && segments.isEmpty();
    return !directory.isCopy() && (fresh || sameBoot || (state != null && state.stopped()));
  }

  /** Returns the last mark; null if there is none. */
  @Nullable Mark lastMark() {
    return lastMark;
  }

  /**
   * Cuts off what was never safe, and flushes what another process wrote before it was killed. What
   * was replayed is then as safe as what will be flushed.
   */
  void flush() throws IOException {
    boolean stopped = state != null && state.stopped() && state.newest() == last;
    try {
      if (last > 0 && !stopped) {
        disk.rewrite(nameOf(last), torn ? lastEnd : Long.MAX_VALUE);
      }
      disk.sync();
    } catch (IOException e) {
      throw new DataException(
          "the journal in " + disk.path() + " cannot be flushed: " + e.getMessage(), e);
    }
  }

  /** Returns a writer that continues what was read. */
  SegmentWriter writer(JournalOptions options) {
    long newest = segments.isEmpty() ? 0 : segments.getLast().number;
    if (state != null) {
      newest = Math.max(newest, state.newest());
    }
    boolean settled = isContinuous() && damaged == 0;
    State now =
        new State(
            salt,
            segments.isEmpty() ? 0 : segments.getFirst().number,
            newest,
            settled ? disk.bootId() : "",
            settled && state != null && state.stopped(),
            damaged > 0,
            lastMark == null ? new Mark(0, 0, 0) : lastMark);
    Header next = new Header(newest + 1, salt, last, lastEnd, sequence, highest + 1);
    return new SegmentWriter(directory, options.segmentBytes(), segments, now, next, settled);
  }

  Replay.Report report(long millis) {
    Mark end = lastMark == null ? new Mark(0, 0, 0) : lastMark;
    return new Replay.Report(
        records, keys.size(), bytes, damaged, cutBytes, millis, end.millis(), end.wallMillis());
  }
}
