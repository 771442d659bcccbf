package io.stentor.history;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.stentor.cluster.WireType;
import io.stentor.config.RoomOptions;
import io.stentor.history.RoomLog.Answer;
import io.stentor.history.RoomLog.Entry;
import io.stentor.message.Attributes;
import io.stentor.message.Member;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import java.io.IOException;
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
 * Serialises logs, batches and results for other nodes. Each write method has a matching read
 * method.
 */
final class LogWire {
  /** The version from which on the forms tell the versions of publications. */
  private static final int WITH_VERSIONS = 2;

  private LogWire() {}

  static void write(Publication publication, ObjectDataOutput out) throws IOException {
    out.writeByte(publication.kind().code());
    out.writeLong(publication.timeMillis());
    out.writeString(publication.idempotencyKey());
    out.writeByteArray(publication.data());
    Member from = publication.from();
    out.writeBoolean(from != null);
    if (from != null) {
      WireType.write(from, out);
    }
    out.writeByteArray(publication.attributes().encoded());
  }

  static Publication readPublication(ObjectDataInput in) throws IOException {
    Publication.Kind kind = Publication.Kind.of(in.readByte());
    long timeMillis = in.readLong();
    String key = in.readString();
    byte[] data = Objects.requireNonNull(in.readByteArray());
    Member from = in.readBoolean() ? WireType.readMember(in) : null;
    Attributes attributes = Attributes.decoded(Objects.requireNonNull(in.readByteArray()));
    return Publication.stored(kind, data, timeMillis, key, from, attributes);
  }

  static void write(List<Publication> publications, ObjectDataOutput out) throws IOException {
    WireType.write(publications, LogWire::write, out);
  }

  static List<Publication> readPublications(ObjectDataInput in) throws IOException {
    return WireType.readList(LogWire::readPublication, in);
  }

  /** Writes entries with their ages instead of times, because each node has its own clock. */
  static void writeEntries(List<Entry> entries, long nowMillis, ObjectDataOutput out)
      throws IOException {
    out.writeInt(entries.size());
    for (Entry entry : entries) {
      out.writeLong(entry.appender());
      out.writeLong(entry.number());
      out.writeLong(nowMillis - entry.atMillis());
      write(entry.publication(), out);
    }
  }

  static List<Entry> readEntries(ObjectDataInput in, long nowMillis) throws IOException {
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

  static void write(Appended appended, ObjectDataOutput out, int version) throws IOException {
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

  private static void writeIndices(Set<Integer> indices, ObjectDataOutput out) throws IOException {
    out.writeInt(indices.size());
    for (int index : indices) {
      out.writeInt(index);
    }
  }

  private static Set<Integer> readIndices(ObjectDataInput in) throws IOException {
    int count = in.readInt();
    Set<Integer> indices = new HashSet<>();
    for (int i = 0; i < count; i++) {
      indices.add(in.readInt());
    }
    return indices;
  }

  static Appended readAppended(ObjectDataInput in, int version) throws IOException {
    long epoch = in.readLong();
    long first = in.readLong();
    int count = in.readInt();
    Map<Integer, Long> known = new HashMap<>();
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

  static void writeAnswers(Map<Long, Answer> answers, ObjectDataOutput out, int version)
      throws IOException {
    out.writeInt(answers.size());
    for (Map.Entry<Long, Answer> answer : answers.entrySet()) {
      out.writeLong(answer.getKey());
      out.writeLong(answer.getValue().number());
      out.writeInt(answer.getValue().count());
      write(answer.getValue().appended(), out, version);
    }
  }

  static Map<Long, Answer> readAnswers(ObjectDataInput in, int version) throws IOException {
    int count = in.readInt();
    Map<Long, Answer> answers = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      long appender = in.readLong();
      answers.put(appender, new Answer(in.readLong(), in.readInt(), readAppended(in, version)));
    }
    return answers;
  }

  static void write(@Nullable LastVersion last, ObjectDataOutput out, int version)
      throws IOException {
    if (version >= WITH_VERSIONS) {
      out.writeLong(last == null ? 0 : last.number());
      out.writeString(last == null ? null : last.epoch());
    }
  }

  static @Nullable LastVersion readLastVersion(ObjectDataInput in, int version) throws IOException {
    if (version < WITH_VERSIONS) {
      return null;
    }
    long number = in.readLong();
    String epoch = in.readString();
    return epoch == null ? null : new LastVersion(number, epoch);
  }

  static void write(RoomLog log, long nowMillis, ObjectDataOutput out, int version)
      throws IOException {
    write(log.branch(), out);
    out.writeLong(log.top());
    out.writeLong(log.side());
    out.writeLong(log.acknowledged());
    writeEntries(log.entries(), nowMillis, out);
    writeAnswers(log.answers(), out, version);
    out.writeLong(nowMillis - log.usedMillis());
    out.writeInt(log.keepSeconds());
    write(log.lastVersion(), out, version);
  }

  static RoomLog readLog(ObjectDataInput in, long nowMillis, int version) throws IOException {
    Branch branch = readBranch(in);
    long top = in.readLong();
    long side = in.readLong();
    long acknowledged = in.readLong();
    RoomLog log = new RoomLog(branch, top, readEntries(in, nowMillis), readAnswers(in, version));
    log.belongs(side, acknowledged);
    log.use(nowMillis - in.readLong(), in.readInt());
    log.lastVersion(readLastVersion(in, version));
    return log;
  }

  static void write(Branch branch, ObjectDataOutput out) throws IOException {
    out.writeLong(branch.epoch());
    out.writeByte(branch.forks().size());
    for (Position fork : branch.forks()) {
      write(fork, out);
    }
  }

  static Branch readBranch(ObjectDataInput in) throws IOException {
    long epoch = in.readLong();
    int count = in.readByte();
    List<Position> forks = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      forks.add(readPosition(in));
    }
    return new Branch(epoch, forks);
  }

  static void write(Position position, ObjectDataOutput out) throws IOException {
    out.writeLong(position.epoch());
    out.writeLong(position.offset());
  }

  static Position readPosition(ObjectDataInput in) throws IOException {
    return new Position(in.readLong(), in.readLong());
  }

  static void write(Page page, ObjectDataOutput out) throws IOException {
    write(page.branch(), out);
    out.writeLong(page.oldest());
    out.writeLong(page.top());
    out.writeLong(page.first());
    write(page.publications(), out);
  }

  static Page readPage(ObjectDataInput in) throws IOException {
    return new Page(
        readBranch(in), in.readLong(), in.readLong(), in.readLong(), readPublications(in));
  }

  static void write(RoomOptions.History limits, ObjectDataOutput out) throws IOException {
    out.writeInt(limits.messages());
    out.writeInt(limits.bytes());
    out.writeInt(limits.ageSeconds());
  }

  static RoomOptions.History readLimits(ObjectDataInput in) throws IOException {
    return new RoomOptions.History(in.readInt(), in.readInt(), in.readInt());
  }
}
