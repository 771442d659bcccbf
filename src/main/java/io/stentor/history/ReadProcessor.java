package io.stentor.history;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.stentor.config.RoomOptions;
import io.stentor.message.Position;
import java.io.IOException;

/**
 * Reads the publications after a position and keeps the log from expiring; see {@link
 * History#read}.
 */
final class ReadProcessor extends LogProcessor<Page> {

  private Position after = Position.NONE;
  private int maxMessages;
  private int maxBytes;
  private boolean createsLog;

  ReadProcessor() {}

  /**
   * Creates a read.
   *
   * @param createsLog whether a log that does not exist is created
   */
  ReadProcessor(
      Position after,
      int maxMessages,
      int maxBytes,
      boolean createsLog,
      RoomOptions.History limits) {
    this.after = after;
    this.maxMessages = maxMessages;
    this.maxBytes = maxBytes;
    this.createsLog = createsLog;
    this.limits = limits;
  }

  /** Creates a read that runs without a node, with the given time and the epoch for a new log. */
  ReadProcessor(
      Position after,
      int maxMessages,
      int maxBytes,
      long newEpoch,
      long nowMillis,
      RoomOptions.History limits) {
    this(after, maxMessages, maxBytes, false, limits);
    this.newEpoch = newEpoch;
    this.nowMillis = nowMillis;
  }

  @Override
  Page apply(RoomLog log, long now) {
    return log.read(after, maxMessages, maxBytes, now, limits);
  }

  @Override
  boolean createsLog() {
    return createsLog;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeLong(after.epoch());
    out.writeLong(after.offset());
    out.writeInt(maxMessages);
    out.writeInt(maxBytes);
    out.writeBoolean(createsLog);
    LogWire.write(limits, out);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    after = new Position(in.readLong(), in.readLong());
    maxMessages = in.readInt();
    maxBytes = in.readInt();
    createsLog = in.readBoolean();
    limits = LogWire.readLimits(in);
  }

  @Override
  public int getClassId() {
    return WireTypes.READ;
  }
}
