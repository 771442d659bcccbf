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
  private transient long first;

  AppendProcessor() {}

  AppendProcessor(Batch batch, long newEpoch, long nowMillis, RoomOptions.History limits) {
    this.batch = batch;
    this.newEpoch = newEpoch;
    this.nowMillis = nowMillis;
    this.limits = limits;
  }

  @Override
  Appended apply(RoomLog log) {
    Appended appended = log.append(batch, nowMillis, limits);
    first = appended.known().values().stream().reduce(appended.first(), Math::min);
    return appended;
  }

  /**
   * Usually just the batch; when it or one of its keys came again, also what others have appended
   * since: the copy may have missed the first time.
   */
  @Override
  long firstForCopy(RoomLog log) {
    return first;
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
    out.writeLong(newEpoch);
    out.writeLong(nowMillis);
    LogWire.write(limits, out);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    batch = new Batch(in.readLong(), in.readLong(), LogWire.readPublications(in));
    newEpoch = in.readLong();
    nowMillis = in.readLong();
    limits = LogWire.readLimits(in);
  }

  @Override
  public int getClassId() {
    return WireTypes.APPEND;
  }
}
