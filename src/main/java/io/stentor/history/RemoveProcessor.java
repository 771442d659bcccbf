package io.stentor.history;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.stentor.config.RoomOptions;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Removes all publications; see {@link History#removeAll}. */
final class RemoveProcessor extends LogProcessor<Page> {

  RemoveProcessor() {}

  RemoveProcessor(long newEpoch, long nowMillis, RoomOptions.History limits) {
    this.newEpoch = newEpoch;
    this.nowMillis = nowMillis;
    this.limits = limits;
  }

  @Override
  Page apply(RoomLog log) {
    return log.removeAll();
  }

  @Override
  long firstForCopy(RoomLog log) {
    return log.top() + 1;
  }

  @Override
  boolean removes() {
    return true;
  }

  @Override
  @Nullable Long appender() {
    return null;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeLong(newEpoch);
    out.writeLong(nowMillis);
    LogWire.write(limits, out);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    newEpoch = in.readLong();
    nowMillis = in.readLong();
    limits = LogWire.readLimits(in);
  }

  @Override
  public int getClassId() {
    return WireTypes.REMOVE;
  }
}
