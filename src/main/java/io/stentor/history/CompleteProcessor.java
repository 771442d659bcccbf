package io.stentor.history;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.stentor.message.Position;
import java.io.IOException;

/** Sends the copy of a log everything from where the copy ends. Asked for by the copy's node. */
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
  boolean begins() {
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
