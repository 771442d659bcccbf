package io.stentor.history;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.stentor.config.RoomOptions;
import io.stentor.message.Position;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads what follows a position and keeps the log from expiring; see {@link History#read}. */
final class ReadProcessor extends LogProcessor<Page> {

  private Position after = Position.NONE;
  private int maxMessages;
  private int maxBytes;

  ReadProcessor() {}

  ReadProcessor(
      Position after,
      int maxMessages,
      int maxBytes,
      long newEpoch,
      long nowMillis,
      RoomOptions.History limits) {
    this.after = after;
    this.maxMessages = maxMessages;
    this.maxBytes = maxBytes;
    this.newEpoch = newEpoch;
    this.nowMillis = nowMillis;
    this.limits = limits;
  }

  @Override
  Page apply(RoomLog log) {
    return log.read(after, maxMessages, maxBytes, nowMillis, limits);
  }

  @Override
  long firstForCopy(RoomLog log) {
    return log.top() + 1;
  }

  @Override
  @Nullable Long appender() {
    return null;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeLong(after.epoch());
    out.writeLong(after.offset());
    out.writeInt(maxMessages);
    out.writeInt(maxBytes);
    out.writeLong(newEpoch);
    out.writeLong(nowMillis);
    LogWire.write(limits, out);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    after = new Position(in.readLong(), in.readLong());
    maxMessages = in.readInt();
    maxBytes = in.readInt();
    newEpoch = in.readLong();
    nowMillis = in.readLong();
    limits = LogWire.readLimits(in);
  }

  @Override
  public int getClassId() {
    return WireTypes.READ;
  }
}
