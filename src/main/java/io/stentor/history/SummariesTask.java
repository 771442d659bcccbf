package io.stentor.history;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.instance.impl.HazelcastInstanceImpl;
import com.hazelcast.internal.serialization.Data;
import com.hazelcast.map.impl.MapService;
import com.hazelcast.map.impl.record.Record;
import com.hazelcast.map.impl.recordstore.RecordStore;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import com.hazelcast.spi.impl.NodeEngineImpl;
import com.hazelcast.spi.impl.PartitionSpecificRunnable;
import io.stentor.message.Position;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Summarises those of the requested logs that one node owns. Runs on a dedicated thread of that
 * node.
 */
final class SummariesTask
    implements Callable<long[]>, HazelcastInstanceAware, IdentifiedDataSerializable {

  /*
   * Each record is looked up by a task on its partition's thread: one request covers many logs,
   * and none of them counts as used.
   */

  /**
   * Numbers per log: epoch, offset, oldest, bytes. An epoch of 0 means that the log is not here.
   */
  static final int NUMBERS = 4;

  private static final int TIMEOUT_SECONDS = 10;

  private transient @Nullable HazelcastInstance hazelcast;
  private String[] names = {};

  SummariesTask() {}

  SummariesTask(String[] names) {
    this.names = names;
  }

  /**
   * Returns the summary of log {@code index} in a response; null if the response does not contain
   * it.
   */
  static @Nullable LogSummary summary(long[] answer, int index) {
    int at = NUMBERS * index;
    return answer[at] == 0
        ? null
        : new LogSummary(new Position(answer[at], answer[at + 1]), answer[at + 2], answer[at + 3]);
  }

  @Override
  public long[] call() throws Exception {
    long[] answer = new long[NUMBERS * names.length];
    if (!(hazelcast instanceof HazelcastInstanceImpl instance)) {
      return answer;
    }
    NodeEngineImpl engine = instance.node.getNodeEngine();
    List<CompletableFuture<?>> lookups = new ArrayList<>();
    for (int i = 0; i < names.length; i++) {
      Lookup lookup = new Lookup(engine, engine.toData(names[i]), answer, NUMBERS * i);
      if (engine.getPartitionService().isPartitionOwner(lookup.getPartitionId())) {
        lookups.add(lookup.done);
        engine.getOperationService().execute(lookup);
      }
    }
    CompletableFuture.allOf(lookups.toArray(CompletableFuture[]::new))
        .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    return answer;
  }

  /** Writes the numbers of one log into the response. */
  private static final class Lookup implements PartitionSpecificRunnable {
    final CompletableFuture<Boolean> done = new CompletableFuture<>();
    private final NodeEngineImpl engine;
    private final Data name;
    private final long[] answer;
    private final int at;

    Lookup(NodeEngineImpl engine, Data name, long[] answer, int at) {
      this.engine = engine;
      this.name = name;
      this.answer = answer;
      this.at = at;
    }

    @Override
    public int getPartitionId() {
      return engine.getPartitionService().getPartitionId(name);
    }

    @Override
    public void run() {
      try {
        MapService maps = engine.getService(MapService.SERVICE_NAME);
        RecordStore<?> logs =
            maps.getMapServiceContext()
                .getExistingRecordStore(getPartitionId(), ClusterHistory.MAP);
        Record<?> record = logs == null ? null : logs.getRecord(name);
        if (record != null && record.getValue() instanceof RoomLog log) {
          LogSummary summary = LogSummary.of(log);
          answer[at] = summary.position().epoch();
          answer[at + 1] = summary.position().offset();
          answer[at + 2] = summary.oldest();
          answer[at + 3] = summary.bytes();
        }
        done.complete(true);
      } catch (RuntimeException e) { // The node may be shutting down.
        done.completeExceptionally(e);
      }
    }
  }

  @Override
  public void setHazelcastInstance(HazelcastInstance instance) {
    hazelcast = instance;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeStringArray(names);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    names =
        Arrays.stream(Objects.requireNonNull(in.readStringArray()))
            .map(Objects::requireNonNull)
            .toArray(String[]::new);
  }

  @Override
  public int getFactoryId() {
    return WireTypes.FACTORY;
  }

  @Override
  public int getClassId() {
    return WireTypes.SUMMARIES;
  }
}
