package io.stentor.history;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.stentor.config.RoomOptions;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Appends a batch; see {@link History#append}. */
final class AppendProcessor extends LogProcessor<Appended> {

  private Batch batch = new Batch(0, 0, List.of());

  AppendProcessor() {}

  AppendProcessor(Batch batch, RoomOptions.History limits) {
    this.batch = batch;
    this.limits = limits;
  }

  /**
   * Creates a processor that runs without a node, with the given time and the epoch for a new log.
   */
  AppendProcessor(Batch batch, long newEpoch, long nowMillis, RoomOptions.History limits) {
    this(batch, limits);
    this.newEpoch = newEpoch;
    this.nowMillis = nowMillis;
  }

  @Override
  Appended apply(RoomLog log, long now) {
    return log.append(batch, now, limits);
  }

  @Override
  boolean createsLog() {
    return true;
  }

  @Override
  @Nullable Long appender() {
    return batch.appender();
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeLong(batch.appender());
    out.writeLong(batch.number());
    LogWire.write(batch.publications(), out);
    LogWire.write(limits, out);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    batch = new Batch(in.readLong(), in.readLong(), LogWire.readPublications(in));
    limits = LogWire.readLimits(in);
  }

  @Override
  public int getClassId() {
    return WireTypes.APPEND;
  }
}
