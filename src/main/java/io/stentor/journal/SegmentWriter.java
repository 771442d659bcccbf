package io.stentor.journal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The segment files of a journal, the newest of which is written. A group is written whole or not
 * at all: after a failed write the next group is written to the same place. One thread at a time.
 */
final class SegmentWriter {
  private static final String STATE = "journal";
  private static final int BUFFER_BYTES = 1 << 20;

  /** How far a file is filled ahead of what is written, in bytes. */
  private static final int FILL_BYTES = 1 << 20;

  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(64 * 1024).asReadOnlyBuffer();

  /** A flush failed: what was written may be lost, even if a later flush succeeds. */
  static final class FlushException extends IOException {
    private static final long serialVersionUID = 1L;

    FlushException(IOException cause) {
      super("a flush failed: " + cause.getMessage(), cause);
    }
  }

  /** Something else removed a segment. */
  static final class RemovedException extends IOException {
    private static final long serialVersionUID = 1L;

    RemovedException(long number) {
      super(nameOf(number) + " was removed");
    }
  }

  /** A segment file. */
  static final class Segment {
    final long number;
    long bytes;

    Segment(long number, long bytes) {
      this.number = number;
      this.bytes = bytes;
    }
  }

  /**
   * What is kept beside the segments, replaced with each new segment.
   *
   * @param salt see {@link RecordFormat.Header}
   * @param oldest number of the oldest segment; those before it are deleted
   * @param newest number of the newest segment
   * @param boot the boot of the machine since which all is continuous; empty if it is not known
   * @param stopped whether the journal was closed, and has nothing beyond the mark
   * @param doubtful whether damage was found whose consequences are not yet written
   */
  record State(
      long salt,
      long oldest,
      long newest,
      String boot,
      boolean stopped,
      boolean doubtful,
      RecordFormat.Mark mark) {

    private static final int VERSION = 1;

    /** Returns the state of a data directory; null if there is none or it is damaged. */
    static @Nullable State read(DataDirectory directory) throws IOException {
      byte[] content = directory.read(STATE);
      if (content == null) {
        return null;
      }
      try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content))) {
        int version = in.readInt();
        if (version != VERSION) {
          throw new DataException(
              "the journal in "
                  + directory.disk().path()
                  + " was written by a newer version of this program: use that version, or an"
                  + " empty data directory");
        }
        return new State(
            in.readLong(),
            in.readLong(),
            in.readLong(),
            in.readUTF(),
            in.readBoolean(),
            in.readBoolean(),
            new RecordFormat.Mark(in.readLong(), in.readLong(), in.readLong()));
      }
    }

    void write(DataDirectory directory) throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (DataOutputStream out = new DataOutputStream(bytes)) {
        out.writeInt(VERSION);
        out.writeLong(salt);
        out.writeLong(oldest);
        out.writeLong(newest);
        out.writeUTF(boot);
        out.writeBoolean(stopped);
        out.writeBoolean(doubtful);
        out.writeLong(mark.millis());
        out.writeLong(mark.wallMillis());
        out.writeLong(mark.flushed());
      }
      directory.replace(STATE, bytes.toByteArray());
    }
  }

  private final DataDirectory directory;
  private final Disk disk;
  private final int segmentBytes;
  private final RecordFormat format = new RecordFormat();
  private final Deque<Segment> segments;
  private ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private State state;

  /** The header of the segment that is started when there is none to write to. */
  private RecordFormat.Header next;

  /** Whether the state says since which boot all is continuous. */
  private boolean settled;

  /** Guards the use of the output for a flush. */
  private final Object flushLock = new Object();

  private Disk.@Nullable Output output;

  private @Nullable FlushException flushFailure;

  /** Whether something was written after the last flush began. */
  private volatile boolean dirty;

  /** The first segment that must exist; those before it were given up. */
  private long expected;

  private long position;

  /** Where the current file ends: after what was written, or after zeros that follow it. */
  private long filled;

  private long totalBytes;
  private long sequence;

  /**
   * Creates a writer that starts a new segment with its first group.
   *
   * @param segments those that exist
   * @param next the header of the new segment
   * @param settled whether nothing has to be done before all is continuous
   */
  SegmentWriter(
      DataDirectory directory,
      int segmentBytes,
      Deque<Segment> segments,
      State state,
      RecordFormat.Header next,
      boolean settled) {
    this.directory = directory;
    this.disk = directory.disk();
    this.segmentBytes = segmentBytes;
    this.segments = new ArrayDeque<>(segments);
    this.state = state;
    this.next = next;
    this.settled = settled;
    segments.forEach(segment -> totalBytes += segment.bytes);
    sequence = next.first() - 1;
  }

  static String nameOf(long number) {
    return String.format("journal-%08d.log", number);
  }

  /** Returns the number in the name of a segment file; 0 for other files. */
  static long numberOf(String name) {
    if (!name.startsWith("journal-") || !name.endsWith(".log")) {
      return 0;
    }
    try {
      return Long.parseLong(name.substring(8, name.length() - 4));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** Starts a group. Starts a new segment first if the current one is full. */
  void begin(RecordFormat.Mark mark) throws IOException {
    if (output == null || position >= segmentBytes) {
      roll(mark);
    }
    buffer.clear();
    format.putMark(buffer, position, sequence, mark);
  }

  /**
   * Adds a record to the group.
   *
   * @return false if it does not fit: write the group first
   */
  boolean add(byte kind, long recordSequence, String key, byte[] payload, boolean twice) {
    byte[] name = key.getBytes(StandardCharsets.UTF_8);
    int size = (RecordFormat.OVERHEAD + name.length + payload.length) * (twice ? 2 : 1);
    if (size > buffer.remaining()) {
      if (buffer.position() > RecordFormat.OVERHEAD + 3 * Long.BYTES) {
        return false;
      }
      ByteBuffer larger = ByteBuffer.allocateDirect(buffer.position() + size);
      buffer = larger.put(buffer.flip());
    }
    for (int i = 0; i < (twice ? 2 : 1); i++) {
      format.put(buffer, position + buffer.position(), kind, recordSequence, name, payload);
    }
    return true;
  }

  /**
   * Writes the group.
   *
   * @param last sequence of the last record in it
   * @param flushedNext whether somebody waits for a flush of this group alone
   */
  void write(long last, boolean flushedNext) throws IOException {
    Disk.Output file = current();
    int size = buffer.flip().limit();
    try {
      file.write(buffer, position);
    } catch (IOException e) {
      cut(file);
      throw file.exists() ? e : new RemovedException(newestNumber());
    } finally {
      if (buffer.capacity() > BUFFER_BYTES) {
        buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
      }
    }
    if (!file.exists()) {
      throw new RemovedException(newestNumber());
    }
    dirty = true;
    position += size;
    segments.getLast().bytes = position;
    totalBytes += size;
    sequence = last;
    if (position > filled) {
      filled = position;
      if (flushedNext) {
        fill(file);
      }
    }
  }

  /**
   * Adds zeros to the file, so that the next groups find their blocks in place. The flush of a file
   * that grows also waits for the journal of the file system, which takes twice the time, and much
   * longer while others write. Has no effect if there is no space.
   */
  private void fill(Disk.Output file) {
    long end = Math.min(segmentBytes, position + FILL_BYTES);
    try {
      while (filled < end) {
        int size = (int) Math.min(end - filled, ZEROS.capacity());
        file.write(ZEROS.duplicate().limit(size), filled);
        filled += size;
      }
    } catch (IOException e) {
      cut(file);
    }
  }

  /** Cuts off what follows the last group. */
  private void cut(Disk.Output file) {
    filled = position;
    try {
      file.truncate(position);
    } catch (IOException e) {
      // The next group is written over it.
    }
  }

  private void cutZeros() {
    if (filled > position) {
      cut(current());
    }
  }

  /** Flushes what was written. After one failure, every later call fails, too. Any thread. */
  void flush() throws FlushException {
    synchronized (flushLock) {
      if (flushFailure != null) {
        throw flushFailure;
      }
      if (output != null && dirty) {
        dirty = false;
        try {
          output.force();
        } catch (IOException e) {
          flushFailure = new FlushException(e);
          throw flushFailure;
        }
      }
    }
  }

  /**
   * Checks that all segments exist.
   *
   * @throws RemovedException if one does not
   */
  void check() throws IOException {
    if (output == null) {
      return;
    }
    Set<String> names = new HashSet<>();
    try {
      names.addAll(disk.list());
    } catch (NoSuchFileException e) {
      // The directory was removed.
    }
    for (Segment segment : segments) {
      if (segment.number >= expected && !names.contains(nameOf(segment.number))) {
        throw new RemovedException(segment.number);
      }
    }
  }

  /** Gives up all segments. The next group starts a new one. */
  void abandon() {
    next = following();
    expected = next.number();
    filled = position;
    setOutput(null);
    settled = false;
  }

  private RecordFormat.Header following() {
    long number = newestNumber();
    return new RecordFormat.Header(
        number + 1, state.salt, number, position, sequence, sequence + 1);
  }

  private void setOutput(Disk.@Nullable Output file) {
    synchronized (flushLock) {
      close();
      output = file;
      dirty = false;
    }
  }

  private void roll(RecordFormat.Mark mark) throws IOException {
    RecordFormat.Header header = next;
    if (output == null) {
      directory.restore();
      if (state.newest == 0) {
        // From now on, segments without a state mean that the state was lost.
        replace(0, 0, false, mark);
      }
    } else {
      flush();
      cutZeros();
      header = following();
    }
    Disk.Output file = disk.create(nameOf(header.number()));
    try {
      buffer.clear();
      format.putHeader(buffer, header);
      file.write(buffer.flip(), 0);
      file.force();
      disk.sync();
      long oldest = segments.isEmpty() ? header.number() : segments.getFirst().number;
      replace(oldest, header.number(), false, mark);
    } catch (IOException e) {
      file.close();
      throw e;
    }
    setOutput(file);
    format.use(state.salt, header.number());
    position = RecordFormat.HEADER_BYTES;
    filled = position;
    sequence = header.first() - 1;
    totalBytes += position;
    segments.add(new Segment(header.number(), position));
  }

  private void replace(long oldest, long newest, boolean stopped, RecordFormat.Mark mark)
      throws IOException {
    String boot = settled ? disk.bootId() : "";
    boolean doubtful = !settled && state.doubtful;
    State replaced = new State(state.salt, oldest, newest, boot, stopped, doubtful, mark);
    replaced.write(directory);
    state = replaced;
  }

  /** Deletes the segments before this one, which must exist. */
  void deleteBefore(long number, RecordFormat.Mark mark) throws IOException {
    // Before the files are deleted: one that comes back after a power loss is not read.
    replace(number, state.newest, false, mark);
    while (segments.getFirst().number < number) {
      disk.delete(nameOf(segments.getFirst().number));
      totalBytes -= segments.removeFirst().bytes;
    }
  }

  /** Records that all is continuous since this boot of the machine. */
  void settle(RecordFormat.Mark mark) throws IOException {
    if (settled) {
      return;
    }
    if (output == null) {
      roll(mark);
    }
    settled = true;
    replace(state.oldest, state.newest, false, mark);
    if (directory.isCopy()) {
      directory.identify();
    }
  }

  /** Records that nothing was written after this, if all is continuous. */
  void stop(RecordFormat.Mark mark) throws IOException {
    if (output != null || !state.stopped) {
      if (output == null) {
        roll(mark);
      }
      flush(); // The last mark.
      cutZeros();
      replace(state.oldest, state.newest, settled, mark);
    }
  }

  boolean isSettled() {
    return settled;
  }

  private Disk.Output current() {
    if (output == null) {
      throw new IllegalStateException("no segment");
    }
    return output;
  }

  long newestNumber() {
    return segments.isEmpty() ? 0 : segments.getLast().number;
  }

  long oldestNumber() {
    return segments.isEmpty() ? 0 : segments.getFirst().number;
  }

  /** Returns the last sequence of this or an earlier process. */
  long sequence() {
    return sequence;
  }

  int count() {
    return segments.size();
  }

  /** Returns the size of all files. */
  long totalBytes() {
    return totalBytes + filled - position;
  }

  boolean isOpen() {
    return output != null;
  }

  void close() {
    if (output != null) {
      try {
        output.close();
      } catch (IOException e) {
        // What was written was flushed, or is written again.
      }
    }
  }
}
