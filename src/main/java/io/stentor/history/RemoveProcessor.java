package io.stentor.history;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.stentor.config.RoomOptions;
import java.io.IOException;

/** Removes all publications of a log; see {@link History#removeAll}. */
final class RemoveProcessor extends LogProcessor<Page> {

  RemoveProcessor() {}

  RemoveProcessor(RoomOptions.History limits) {
    this.limits = limits;
  }

  @Override
  Page apply(RoomLog log, long now) {
    return log.removeAll(now, limits);
  }

  @Override
  boolean createsLog() {
    return false;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    LogWire.write(limits, out);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    limits = LogWire.readLimits(in);
  }

  @Override
  public int getClassId() {
    return WireTypes.REMOVE;
  }
}
