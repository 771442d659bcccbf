package io.stentor.history.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.stentor.cluster.RemoteTask;
import io.stentor.config.RoomOptions;
import io.stentor.history.Appended;
import io.stentor.history.Batch;
import io.stentor.history.History;
import io.stentor.history.LogWire;
import io.stentor.history.Page;
import io.stentor.history.RoomLog;
import io.stentor.message.Position;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The operations of {@link History} on one log, as they travel to the node that owns it. */
final class LogOperations {
  private LogOperations() {}

  /** Appends a batch; see {@link History#append}. */
  static final class Append extends LogProcessor<Appended> {

    private Batch batch = new Batch(0, 0, List.of());

    Append() {}

    Append(Batch batch, RoomOptions.History limits) {
      this();
      this.batch = batch;
      this.limits = limits;
    }

    /**
     * Creates a processor that runs without a node, with the given time and the epoch for a new
     * log.
     */
    Append(Batch batch, long newEpoch, long nowMillis, RoomOptions.History limits) {
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
    boolean changesLog() {
      return true;
    }

    @Override
    @Nullable Long appender() {
      return batch.appender();
    }

    @Override
    protected void write(ObjectDataOutput out, int version) throws IOException {
      out.writeLong(batch.appender());
      out.writeLong(batch.number());
      LogWire.write(batch.publications(), out);
      writeCall(out, version);
    }

    @Override
    protected void read(ObjectDataInput in, int version) throws IOException {
      batch = new Batch(in.readLong(), in.readLong(), LogWire.readPublications(in));
      readCall(in, version);
    }
  }

  /**
   * Reads the publications after a position and keeps the log from expiring; see {@link
   * History#read}.
   */
  static final class Read extends LogProcessor<Page> {

    private Position after = Position.NONE;
    private Position delivered = Position.NONE;
    private boolean createsLog;
    private int maxMessages;
    private int maxBytes;

    Read() {}

    /**
     * Creates a read.
     *
     * @param delivered position up to which a node has delivered everything
     * @param createsLog whether a log that does not exist is created
     */
    Read(
        Position after,
        Position delivered,
        boolean createsLog,
        int maxMessages,
        int maxBytes,
        RoomOptions.History limits) {
      this();
      this.after = after;
      this.delivered = delivered;
      this.createsLog = createsLog;
      this.maxMessages = maxMessages;
      this.maxBytes = maxBytes;
      this.limits = limits;
    }

    /** Creates a read that runs without a node, with the given time and the epoch for a new log. */
    Read(
        Position after,
        int maxMessages,
        int maxBytes,
        long newEpoch,
        long nowMillis,
        RoomOptions.History limits) {
      this(after, Position.NONE, false, maxMessages, maxBytes, limits);
      this.newEpoch = newEpoch;
      this.nowMillis = nowMillis;
    }

    @Override
    Page apply(RoomLog log, long now) {
      return log.read(after, maxMessages, maxBytes, now, limits);
    }

    @Override
    Position replicated() {
      return delivered;
    }

    @Override
    boolean createsLog() {
      return createsLog;
    }

    @Override
    protected void write(ObjectDataOutput out, int version) throws IOException {
      LogWire.write(after, out);
      LogWire.write(delivered, out);
      out.writeBoolean(createsLog);
      out.writeInt(maxMessages);
      out.writeInt(maxBytes);
      writeCall(out, version);
    }

    @Override
    protected void read(ObjectDataInput in, int version) throws IOException {
      after = LogWire.readPosition(in);
      delivered = LogWire.readPosition(in);
      createsLog = in.readBoolean();
      maxMessages = in.readInt();
      maxBytes = in.readInt();
      readCall(in, version);
    }
  }

  /** Removes all publications of a log; see {@link History#removeAll}. */
  static final class RemoveAll extends LogProcessor<Page> {

    RemoveAll() {}

    RemoveAll(RoomOptions.History limits) {
      this();
      this.limits = limits;
    }

    @Override
    Page apply(RoomLog log, long now) {
      return log.removeAll(now, limits);
    }

    @Override
    boolean changesLog() {
      return true;
    }

    @Override
    protected void write(ObjectDataOutput out, int version) throws IOException {
      writeCall(out, version);
    }

    @Override
    protected void read(ObjectDataInput in, int version) throws IOException {
      readCall(in, version);
    }
  }

  /**
   * Tells the owner of a log that everything up to a position was replicated, which it does not
   * notice itself. Changes nothing else, so the copy is not involved.
   */
  static final class Confirm extends RemoteTask
      implements EntryProcessor<String, RoomLog, Boolean> {

    private Position replicated = Position.NONE;

    Confirm() {}

    Confirm(Position replicated) {
      this();
      this.replicated = replicated;
    }

    @Override
    public Boolean process(Map.Entry<String, RoomLog> entry) {
      RoomLog log = entry.getValue();
      HazelcastInstance here = hazelcast();
      if (log != null) {
        log.confirm(replicated);
      }
      if (log != null && here != null) {
        HistoryContext.of(here).record(entry.getKey(), log, Set.of());
      }
      return true;
    }

    @Override
    public @Nullable EntryProcessor<String, RoomLog, Boolean> getBackupProcessor() {
      return null;
    }

    @Override
    protected void write(ObjectDataOutput out, int version) throws IOException {
      LogWire.write(replicated, out);
    }

    @Override
    protected void read(ObjectDataInput in, int version) throws IOException {
      replicated = LogWire.readPosition(in);
    }
  }
}
