package io.stentor.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The format of a segment file and of its records.
 *
 * <p>A record: length of what follows the check (4 bytes), check (4), kind (1), sequence (8),
 * length of the key (2), key, payload. The check is the CRC32C of what follows it, combined with
 * the length, the place of the record, and the salt of the journal. So neither the content of a
 * message nor what was left of another file can be taken for a record. Not thread-safe.
 */
final class RecordFormat {
  static final byte MARK = 0;
  static final byte BASE = 1;
  static final byte STEP = 2;
  static final byte END = 3;

  /** Size of a record without key and payload. */
  static final int OVERHEAD = 19;

  /** Size of the header of a file. */
  static final int HEADER_BYTES = 72;

  private static final int PREFIX = 8;
  private static final long MAGIC = 0x5354454e544f524aL; // STENTORJ
  private static final int VERSION = 1;

  private final CRC32C crc = new CRC32C();
  private long seed;

  /**
   * The start of a file.
   *
   * @param salt a secret of this journal
   * @param previous number of the file before; 0 for none
   * @param previousEnd where that file ends; what follows there was never safe
   * @param previousSequence sequence of the last record there
   * @param first sequence from which the records of this file are numbered
   */
  record Header(
      long number, long salt, long previous, long previousEnd, long previousSequence, long first) {}

  /**
   * What begins each group of records.
   *
   * @param millis journal time
   * @param wallMillis in milliseconds since 1970
   * @param flushed sequence up to which everything was flushed before
   */
  record Mark(long millis, long wallMillis, long flushed) {}

  void putHeader(ByteBuffer to, Header header) {
    int start = to.position();
    to.putLong(MAGIC).putInt(VERSION).putLong(header.number).putLong(header.salt);
    to.putLong(header.previous).putLong(header.previousEnd).putLong(header.previousSequence);
    to.putLong(header.first).putLong(0);
    to.putInt(crc(to, start, to.position()));
  }

  /**
   * Returns the header of a file.
   *
   * @return null if it is damaged
   * @throws DataException if a newer version wrote it
   */
  @Nullable Header header(ByteBuffer file, String name) throws DataException {
    if (file.limit() < HEADER_BYTES
        || file.getLong(0) != MAGIC
        || file.getInt(HEADER_BYTES - 4) != crc(file, 0, HEADER_BYTES - 4)) {
      return null;
    }
    if (file.getInt(8) != VERSION) {
      throw new DataException(
          name
              + " was written by a newer version of this program, in form "
              + file.getInt(8)
              + ": use that version, or an empty data directory");
    }
    return new Header(
        file.getLong(12),
        file.getLong(20),
        file.getLong(28),
        file.getLong(36),
        file.getLong(44),
        file.getLong(52));
  }

  /** Puts a record at the position of a buffer, which will be written at this place of a file. */
  void put(ByteBuffer to, long place, byte kind, long sequence, byte[] key, byte[] payload) {
    int start = to.position();
    int length = OVERHEAD - PREFIX + key.length + payload.length;
    to.putInt(length).putInt(0).put(kind).putLong(sequence);
    to.putShort((short) key.length).put(key).put(payload);
    to.putInt(start + 4, crc(to, start + PREFIX, to.position()) ^ seal(place, length));
  }

  void putMark(ByteBuffer to, long place, long sequence, Mark mark) {
    byte[] payload = new byte[3 * Long.BYTES];
    ByteBuffer.wrap(payload).putLong(mark.millis).putLong(mark.wallMillis).putLong(mark.flushed);
    put(to, place, MARK, sequence, new byte[0], payload);
  }

  /**
   * Returns the size of the record at a place of a file.
   *
   * @return 0 if there is no intact record
   */
  int size(ByteBuffer file, int place, int end) {
    if (end - place < OVERHEAD) {
      return 0;
    }
    int length = file.getInt(place);
    if (length < OVERHEAD - PREFIX
        || length > end - place - PREFIX
        || file.get(place + 8) > END
        || file.get(place + 8) < MARK
        || length < OVERHEAD - PREFIX + keyLength(file, place)) {
      return 0;
    }
    int check = crc(file, place + PREFIX, place + PREFIX + length) ^ seal(place, length);
    return check == file.getInt(place + 4) ? PREFIX + length : 0;
  }

  /** Returns where a record ends according to its length, which may be wrong. */
  static long end(ByteBuffer file, int place) {
    return (long) place + PREFIX + file.getInt(place);
  }

  static byte kind(ByteBuffer file, int place) {
    return file.get(place + 8);
  }

  static long sequence(ByteBuffer file, int place) {
    return file.getLong(place + 9);
  }

  private static int keyLength(ByteBuffer file, int place) {
    return Short.toUnsignedInt(file.getShort(place + 17));
  }

  static String key(ByteBuffer file, byte[] content, int place) {
    return new String(content, place + OVERHEAD, keyLength(file, place), StandardCharsets.UTF_8);
  }

  /** Returns where the payload of a record begins. */
  static int payload(ByteBuffer file, int place) {
    return place + OVERHEAD + keyLength(file, place);
  }

  static Mark mark(ByteBuffer file, int place) {
    return new Mark(
        file.getLong(place + OVERHEAD),
        file.getLong(place + OVERHEAD + 8),
        file.getLong(place + OVERHEAD + 16));
  }

  /** Sets the file whose records are read or written next. */
  void use(long salt, long number) {
    seed = mix(salt + number * 0x9e3779b97f4a7c15L);
  }

  private int seal(long place, int length) {
    return (int) mix(seed ^ (place << 32 ^ length));
  }

  /** The finalizer of SplitMix64. */
  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  private int crc(ByteBuffer bytes, int from, int to) {
    int position = bytes.position();
    int limit = bytes.limit();
    crc.reset();
    bytes.limit(to).position(from);
    crc.update(bytes);
    bytes.limit(limit).position(position);
    return (int) crc.getValue();
  }
}
