package io.stentor.history;

import com.hazelcast.config.Config;
import io.stentor.cluster.WireType;
import io.stentor.config.RoomOptions;
import io.stentor.config.RoomOptions.Durability;
import io.stentor.history.Appended.Answer;
import io.stentor.history.LogEntries.Entry;
import io.stentor.message.Attributes;
import io.stentor.message.Member;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Serialises logs, batches and results for other nodes and for the journal. Each write method has a
 * matching read method.
 */
public final class LogWire {
  /** The version from which on the forms tell the versions of publications. */
  private static final int WITH_VERSIONS = 2;

  /** The version from which on the forms tell how safe a log is. */
  private static final int WITH_DURABILITY = 3;

  private LogWire() {}

  /**
   * Registers the types of which logs and results consist, with their numbers, which are shared
   * with nodes of other versions.
   *
   * @param clock clock of this node, because logs are sent with ages
   */
  public static void register(Config config, LongSupplier clock) {
    WireType.add(
        config,
        RoomLog.class,
        9898_1,
        (log, out, version) -> write(log, clock.getAsLong(), out, version),
        (in, version) -> readLog(in, clock.getAsLong(), version));
    WireType.add(config, Appended.class, 9898_2, LogWire::write, LogWire::readAppended);
    WireType.add(config, Page.class, 9898_3, LogWire::write, LogWire::readPage);
  }

  static void write(Publication publication, DataOutput out) throws IOException {
    out.writeByte(publication.kind().code());
    out.writeLong(publication.timeMillis());
    WireType.write(publication.idempotencyKey(), out);
    WireType.write(publication.data(), out);
    Member from = publication.from();
    out.writeBoolean(from != null);
    if (from != null) {
      WireType.write(from, out);
    }
    WireType.write(publication.attributes().encoded(), out);
  }

  static Publication readPublication(DataInput in) throws IOException {
    Publication.Kind kind = Publication.Kind.of(in.readByte());
    long timeMillis = in.readLong();
    String key = WireType.readNullable(in);
    byte[] data = WireType.readBytes(in);
    Member from = in.readBoolean() ? WireType.readMember(in) : null;
    Attributes attributes = Attributes.decoded(WireType.readBytes(in));
    return Publication.stored(kind, data, timeMillis, key, from, attributes);
  }

  public static void write(List<Publication> publications, DataOutput out) throws IOException {
    out.writeInt(publications.size());
    for (Publication publication : publications) {
      write(publication, out);
    }
  }

  public static List<Publication> readPublications(DataInput in) throws IOException {
    int count = in.readInt();
    List<Publication> publications = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      publications.add(readPublication(in));
    }
    return publications;
  }

  /** Writes entries with their ages instead of times, because each node has its own clock. */
  static void writeEntries(List<Entry> entries, long nowMillis, DataOutput out) throws IOException {
    out.writeInt(entries.size());
    for (Entry entry : entries) {
      out.writeLong(entry.appender());
      out.writeLong(entry.number());
      out.writeLong(nowMillis - entry.atMillis());
      write(entry.publication(), out);
    }
  }

  static List<Entry> readEntries(DataInput in, long nowMillis) throws IOException {
    int count = in.readInt();
    List<Entry> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long appender = in.readLong();
      long number = in.readLong();
      long atMillis = nowMillis - in.readLong();
      entries.add(new Entry(appender, number, atMillis, readPublication(in)));
    }
    return entries;
  }

  static void write(Appended appended, DataOutput out, int version) throws IOException {
    out.writeLong(appended.epoch());
    out.writeLong(appended.first());
    out.writeInt(appended.known().size());
    for (Map.Entry<Integer, Long> known : appended.known().entrySet()) {
      out.writeInt(known.getKey());
      out.writeLong(known.getValue());
    }
    writeIndices(appended.conflicting(), out);
    if (version >= WITH_VERSIONS) {
      writeIndices(appended.outdated(), out);
    }
    writeIndices(appended.tooLarge(), out);
  }

  private static void writeIndices(Set<Integer> indices, DataOutput out) throws IOException {
    out.writeInt(indices.size());
    for (int index : indices) {
      out.writeInt(index);
    }
  }

  private static Set<Integer> readIndices(DataInput in) throws IOException {
    int count = in.readInt();
    if (count == 0) {
      return Set.of();
    }
    Set<Integer> indices = new HashSet<>();
    for (int i = 0; i < count; i++) {
      indices.add(in.readInt());
    }
    return indices;
  }

  static Appended readAppended(DataInput in, int version) throws IOException {
    long epoch = in.readLong();
    long first = in.readLong();
    int count = in.readInt();
    Map<Integer, Long> known = new HashMap<>(0);
    for (int i = 0; i < count; i++) {
      known.put(in.readInt(), in.readLong());
    }
    return new Appended(
        epoch,
        first,
        known,
        readIndices(in),
        version >= WITH_VERSIONS ? readIndices(in) : Set.of(),
        readIndices(in));
  }

  static void writeAnswers(Map<Long, Answer> answers, DataOutput out, int version)
      throws IOException {
    out.writeInt(answers.size());
    for (Map.Entry<Long, Answer> answer : answers.entrySet()) {
      out.writeLong(answer.getKey());
      out.writeLong(answer.getValue().number());
      out.writeInt(answer.getValue().count());
      write(answer.getValue().appended(), out, version);
    }
  }

  static Map<Long, Answer> readAnswers(DataInput in, int version) throws IOException {
    int count = in.readInt();
    Map<Long, Answer> answers = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      long appender = in.readLong();
      answers.put(appender, new Answer(in.readLong(), in.readInt(), readAppended(in, version)));
    }
    return answers;
  }

  static void write(@Nullable LastVersion last, DataOutput out, int version) throws IOException {
    if (version >= WITH_VERSIONS) {
      out.writeLong(last == null ? 0 : last.number());
      WireType.write(last == null ? null : last.epoch(), out);
    }
  }

  static @Nullable LastVersion readLastVersion(DataInput in, int version) throws IOException {
    if (version < WITH_VERSIONS) {
      return null;
    }
    long number = in.readLong();
    String epoch = WireType.readNullable(in);
    return epoch == null ? null : new LastVersion(number, epoch);
  }

  static void write(RoomLog log, long nowMillis, DataOutput out, int version) throws IOException {
    write(log.branch(), out);
    out.writeLong(log.top());
    out.writeLong(log.side());
    out.writeLong(log.acknowledged());
    writeEntries(log.entries(), nowMillis, out);
    writeAnswers(log.answers(), out, version);
    out.writeLong(nowMillis - log.usedMillis());
    out.writeInt(log.keepSeconds());
    write(log.lastVersion(), out, version);
    if (version >= WITH_DURABILITY) {
      out.writeLong(log.generation());
      write(log.durability(), out);
    }
  }

  static RoomLog readLog(DataInput in, long nowMillis, int version) throws IOException {
    Branch branch = readBranch(in);
    long top = in.readLong();
    long side = in.readLong();
    long acknowledged = in.readLong();
    RoomLog log = new RoomLog(branch, top, readEntries(in, nowMillis), readAnswers(in, version));
    log.belongs(side, acknowledged);
    log.use(nowMillis - in.readLong(), in.readInt());
    log.lastVersion(readLastVersion(in, version));
    if (version >= WITH_DURABILITY) {
      log.keep(in.readLong(), readDurability(in));
    }
    return log;
  }

  /** Writes a step, whose times become ages. */
  public static void write(LogStep step, DataOutput out, int version) throws IOException {
    write(step.branch(), out);
    out.writeLong(step.side());
    out.writeLong(step.oldest());
    out.writeLong(step.first());
    writeEntries(step.entries(), step.millis(), out);
    writeAnswers(step.answers(), out, version);
    out.writeInt(step.keepSeconds());
    write(step.lastVersion(), out, version);
    if (version >= WITH_DURABILITY) {
      out.writeLong(step.generation());
      out.writeLong(step.acknowledged());
      write(step.durability(), out);
    }
  }

  /**
   * Reads a step.
   *
   * @param millis the time of the step by the reader's clock
   */
  public static LogStep readStep(DataInput in, long millis, int version) throws IOException {
    Branch branch = readBranch(in);
    long side = in.readLong();
    long oldest = in.readLong();
    long first = in.readLong();
    List<Entry> entries = readEntries(in, millis);
    Map<Long, Answer> answers = readAnswers(in, version);
    int keepSeconds = in.readInt();
    LastVersion lastVersion = readLastVersion(in, version);
    boolean complete = version >= WITH_DURABILITY;
    return new LogStep(
        branch,
        side,
        complete ? in.readLong() : 0,
        complete ? in.readLong() : 0,
        complete ? readDurability(in) : Durability.MEMORY,
        oldest,
        first,
        entries,
        answers,
        lastVersion,
        millis,
        keepSeconds);
  }

  private static void write(Durability durability, DataOutput out) throws IOException {
    out.writeByte(
        switch (durability) {
          case MEMORY -> 0;
          case BUFFERED -> 1;
          case SYNCED -> 2;
        });
  }

  private static Durability readDurability(DataInput in) throws IOException {
    int code = in.readByte();
    return switch (code) {
      case 0 -> Durability.MEMORY;
      case 1 -> Durability.BUFFERED;
      case 2 -> Durability.SYNCED;
      default -> throw new IOException("durability " + code);
    };
  }

  static void write(Branch branch, DataOutput out) throws IOException {
    out.writeLong(branch.epoch());
    out.writeByte(branch.forks().size());
    for (Position fork : branch.forks()) {
      write(fork, out);
    }
  }

  static Branch readBranch(DataInput in) throws IOException {
    long epoch = in.readLong();
    int count = in.readByte();
    List<Position> forks = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      forks.add(readPosition(in));
    }
    return new Branch(epoch, forks);
  }

  public static void write(Position position, DataOutput out) throws IOException {
    out.writeLong(position.epoch());
    out.writeLong(position.offset());
  }

  public static Position readPosition(DataInput in) throws IOException {
    return new Position(in.readLong(), in.readLong());
  }

  static void write(Page page, DataOutput out) throws IOException {
    write(page.branch(), out);
    out.writeLong(page.oldest());
    out.writeLong(page.top());
    out.writeLong(page.first());
    write(page.publications(), out);
  }

  static Page readPage(DataInput in) throws IOException {
    return new Page(
        readBranch(in), in.readLong(), in.readLong(), in.readLong(), readPublications(in));
  }

  public static void write(RoomOptions.History limits, DataOutput out, int version)
      throws IOException {
    out.writeInt(limits.messages());
    out.writeInt(limits.bytes());
    out.writeInt(limits.ageSeconds());
    if (version >= WITH_DURABILITY) {
      write(limits.durability(), out);
    }
  }

  public static RoomOptions.History readLimits(DataInput in, int version) throws IOException {
    return new RoomOptions.History(
        in.readInt(),
        in.readInt(),
        in.readInt(),
        version >= WITH_DURABILITY ? readDurability(in) : Durability.MEMORY,
        RoomOptions.First.NONE);
  }
}
