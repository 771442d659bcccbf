package io.stentor.history;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.stentor.message.Position;
import java.io.IOException;

/** Sends the copy of a log everything after the end of the copy. Requested by the copy's node. */
final class CompleteProcessor extends LogProcessor<Boolean> {

  private Position copyEnd = Position.NONE;

  CompleteProcessor() {}

  CompleteProcessor(Position copyEnd) {
    this.copyEnd = copyEnd;
  }

  @Override
  Boolean apply(RoomLog log, long now) {
    log.copyEndsAt(copyEnd);
    return true;
  }

  @Override
  boolean createsLog() {
    return false;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeLong(copyEnd.epoch());
    out.writeLong(copyEnd.offset());
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    copyEnd = new Position(in.readLong(), in.readLong());
  }

  @Override
  public int getClassId() {
    return WireTypes.COMPLETE;
  }
}
