package io.stentor.history;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import com.hazelcast.spi.exception.SilentException;
import io.stentor.message.Position;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Updates the copy of a log to end like the log itself. Runs on the node that holds the copy. */
final class ReplicateProcessor
    implements EntryProcessor<String, RoomLog, @Nullable Void>,
        HazelcastInstanceAware,
        IdentifiedDataSerializable {

  /*
   * A copy that lacks the entries before these keeps its content and does not confirm this step,
   * so nothing is acknowledged that the copy does not hold. It asks the log to send the missing
   * entries.
   */

  private static final Logger LOG = LoggerFactory.getLogger(ReplicateProcessor.class);

  private transient @Nullable HazelcastInstance hazelcast;
  private long epoch;
  private long oldest;
  private long first;
  private List<Entry> entries = List.of();
  private Map<Long, Answer> answers = Map.of();
  private long logsMillis;
  private int keepSeconds;

  ReplicateProcessor() {}

  /**
   * Creates a replication step.
   *
   * @param oldest offset of the log's oldest entry
   * @param first offset of the first of {@code entries}, which extend to the end of the log
   * @param answers results that the copy has to remember
   * @param logsMillis the current time on the node that owns the log, in milliseconds
   * @param keepSeconds how long the copy is kept after its last use
   */
  ReplicateProcessor(
      long epoch,
      long oldest,
      long first,
      List<Entry> entries,
      Map<Long, Answer> answers,
      long logsMillis,
      int keepSeconds) {
    this.epoch = epoch;
    this.oldest = oldest;
    this.first = first;
    this.entries = entries;
    this.answers = answers;
    this.logsMillis = logsMillis;
    this.keepSeconds = keepSeconds;
  }

  @Override
  public @Nullable Void process(Map.Entry<String, RoomLog> entry) {
    long now = hazelcast == null ? logsMillis : NodeContext.of(hazelcast).clock().getAsLong();
    RoomLog present = entry.getValue();
    RoomLog copy = present != null ? present : new RoomLog(epoch);
    List<Entry> here = entries.stream().map(one -> one.shifted(now - logsMillis)).toList();
    if (!copy.replicate(epoch, oldest, first, here)) {
      refuse(entry.getKey(), present);
      return null;
    }
    answers.forEach(copy::remember);
    copy.use(now, keepSeconds);
    entry.setValue(copy);
    return null;
  }

  private void refuse(String room, @Nullable RoomLog copy) {
    HazelcastInstance node = hazelcast;
    if (node == null) {
      return;
    }
    Position end = copy == null ? Position.NONE : new Position(copy.epoch(), copy.top());
    LOG.info("room {}: the copy ends at {} and lacks what follows; asking for it", room, end);
    IMap<String, RoomLog> logs = node.getMap(ClusterHistory.MAP);
    logs.submitToKey(room, new CompleteProcessor(end));
    throw new IncompleteCopyException();
  }

  @Override
  public void setHazelcastInstance(HazelcastInstance instance) {
    hazelcast = instance;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeLong(epoch);
    out.writeLong(oldest);
    out.writeLong(first);
    LogWire.writeEntries(entries, logsMillis, out);
    LogWire.writeAnswers(answers, out);
    out.writeInt(keepSeconds);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    epoch = in.readLong();
    oldest = in.readLong();
    first = in.readLong();
    entries = LogWire.readEntries(in, 0);
    answers = LogWire.readAnswers(in);
    keepSeconds = in.readInt();
  }

  @Override
  public int getFactoryId() {
    return WireTypes.FACTORY;
  }

  @Override
  public int getClassId() {
    return WireTypes.REPLICATE;
  }

  /**
   * Prevents Hazelcast from confirming a step. This is not a fault, so Hazelcast does not log it.
   */
  static final class IncompleteCopyException extends RuntimeException implements SilentException {
    private static final long serialVersionUID = 1;

    IncompleteCopyException() {
      super("the copy lacks earlier entries", null, false, false);
    }
  }
}
