package io.stentor.history;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.stentor.config.RoomOptions;
import io.stentor.message.Position;
import java.io.IOException;

/** Reads what follows a position and keeps the log from expiring; see {@link History#read}. */
final class ReadProcessor extends LogProcessor<Page> {

  private Position after = Position.NONE;
  private int maxMessages;
  private int maxBytes;
  private boolean begins;

  ReadProcessor() {}

  /**
   * A read.
   *
   * @param begins whether a log that does not exist is begun
   */
  ReadProcessor(
      Position after, int maxMessages, int maxBytes, boolean begins, RoomOptions.History limits) {
    this.after = after;
    this.maxMessages = maxMessages;
    this.maxBytes = maxBytes;
    this.begins = begins;
    this.limits = limits;
  }

  /** One for where no node runs it, with the epoch of a new log and the time. */
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
  boolean begins() {
    return begins;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeLong(after.epoch());
    out.writeLong(after.offset());
    out.writeInt(maxMessages);
    out.writeInt(maxBytes);
    out.writeBoolean(begins);
    LogWire.write(limits, out);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    after = new Position(in.readLong(), in.readLong());
    maxMessages = in.readInt();
    maxBytes = in.readInt();
    begins = in.readBoolean();
    limits = LogWire.readLimits(in);
  }

  @Override
  public int getClassId() {
    return WireTypes.READ;
  }
}
