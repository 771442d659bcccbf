package io.stentor.history;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import io.stentor.config.RoomOptions;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the copy of a log end like the log itself. Runs where the copy lives. */
final class ReplicateProcessor
    implements EntryProcessor<String, RoomLog, @Nullable Void>, IdentifiedDataSerializable {

  private long epoch;
  private boolean removes;
  private long first;
  private List<Entry> entries = List.of();
  private @Nullable Long appender;
  private @Nullable Answer answer;
  private long nowMillis;
  private RoomOptions.History limits = new RoomOptions.History(0, 0, 0);

  ReplicateProcessor() {}

  ReplicateProcessor(
      long epoch,
      boolean removes,
      long first,
      List<Entry> entries,
      @Nullable Long appender,
      @Nullable Answer answer,
      long nowMillis,
      RoomOptions.History limits) {
    this.epoch = epoch;
    this.removes = removes;
    this.first = first;
    this.entries = entries;
    this.appender = appender;
    this.answer = answer;
    this.nowMillis = nowMillis;
    this.limits = limits;
  }

  @Override
  public @Nullable Void process(Map.Entry<String, RoomLog> entry) {
    RoomLog present = entry.getValue();
    RoomLog log = present != null ? present : new RoomLog(epoch);
    log.replicate(epoch, first, entries);
    if (removes) {
      log.removeAll();
    }
    if (appender != null && answer != null) {
      log.remember(appender, answer);
    }
    log.trim(nowMillis, limits);
    entry.setValue(log);
    return null;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeLong(epoch);
    out.writeBoolean(removes);
    out.writeLong(first);
    LogWire.writeEntries(entries, out);
    boolean answered = appender != null && answer != null;
    LogWire.writeAnswers(answered ? Map.of(appender, answer) : Map.of(), out);
    out.writeLong(nowMillis);
    LogWire.write(limits, out);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    epoch = in.readLong();
    removes = in.readBoolean();
    first = in.readLong();
    entries = LogWire.readEntries(in);
    for (Map.Entry<Long, Answer> one : LogWire.readAnswers(in).entrySet()) {
      appender = one.getKey();
      answer = one.getValue();
    }
    nowMillis = in.readLong();
    limits = LogWire.readLimits(in);
  }

  @Override
  public int getFactoryId() {
    return WireTypes.FACTORY;
  }

  @Override
  public int getClassId() {
    return WireTypes.REPLICATE;
  }
}
