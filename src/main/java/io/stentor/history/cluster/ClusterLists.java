package io.stentor.history.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.config.ExecutorConfig;
import com.hazelcast.core.ExecutionCallback;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IExecutorService;
import com.hazelcast.core.MemberLeftException;
import com.hazelcast.instance.impl.HazelcastInstanceImpl;
import com.hazelcast.internal.serialization.Data;
import com.hazelcast.map.IMap;
import com.hazelcast.map.impl.MapService;
import com.hazelcast.map.impl.record.Record;
import com.hazelcast.map.impl.recordstore.RecordStore;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.query.Predicate;
import com.hazelcast.spi.impl.NodeEngineImpl;
import com.hazelcast.spi.impl.PartitionSpecificRunnable;
import io.stentor.cluster.RemoteTask;
import io.stentor.history.FirstNames;
import io.stentor.history.LogSummary;
import io.stentor.history.RoomLog;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lists the logs of a cluster. Asks every node for its own logs, on a dedicated thread of that
 * node.
 */
final class ClusterLists {

  private static final String EXECUTOR = "stentor.history.lists";

  /** Maximum number of requests that wait on one node; further ones are rejected. */
  private static final int QUEUE = 64;

  private final HazelcastInstance hazelcast;
  private final IExecutorService executor;

  ClusterLists(HazelcastInstance hazelcast) {
    this.hazelcast = hazelcast;
    this.executor = hazelcast.getExecutorService(EXECUTOR);
  }

  static void configure(Config config) {
    config.addExecutorConfig(
        new ExecutorConfig(EXECUTOR)
            .setPoolSize(1)
            .setQueueCapacity(QUEUE)
            .setStatisticsEnabled(false));
  }

  Future<List<String>> names(String prefix, @Nullable String after, int limit) {
    return askAll(() -> new NamesTask(prefix, after, limit))
        .map(
            answers -> {
              FirstNames first = new FirstNames(prefix, after, limit);
              answers.forEach(names -> List.of(names).forEach(first::add));
              return first.found();
            });
  }

  Future<Map<RoomName, LogSummary>> summaries(List<RoomName> rooms) {
    String[] names = rooms.stream().map(RoomName::value).toArray(String[]::new);
    return askAll(() -> new SummariesTask(names))
        .map(
            answers -> {
              Map<RoomName, LogSummary> all = new HashMap<>();
              for (long[] answer : answers) {
                for (int i = 0; i < names.length; i++) {
                  LogSummary summary = SummariesTask.summary(answer, i);
                  if (summary != null) {
                    all.put(rooms.get(i), summary);
                  }
                }
              }
              return all;
            });
  }

  /** Returns the responses of all nodes. A node that leaves in the meantime is omitted. */
  private <T> Future<List<T>> askAll(Supplier<Callable<T>> task) {
    List<Future<@Nullable T>> asked = new ArrayList<>();
    try {
      for (Member member : hazelcast.getCluster().getMembers()) {
        asked.add(ask(task.get(), member));
      }
    } catch (RuntimeException e) { // Hazelcast throws while it is shutting down.
      return Future.failedFuture(e);
    }
    return Future.all(asked)
        .map(
            all -> {
              List<T> answers = new ArrayList<>();
              for (Future<@Nullable T> one : asked) {
                T answer = one.result();
                if (answer != null) {
                  answers.add(answer);
                }
              }
              return answers;
            });
  }

  private <T> Future<@Nullable T> ask(Callable<T> task, Member member) {
    Promise<@Nullable T> answer = Promise.promise();
    executor.submitToMember(
        task,
        member,
        new ExecutionCallback<T>() {
          @Override
          public void onResponse(T response) {
            answer.complete(response);
          }

          @Override
          public void onFailure(Throwable failure) {
            if (failure instanceof MemberLeftException) {
              answer.complete(null);
            } else {
              answer.fail(failure);
            }
          }
        });
    return answer.future();
  }

  /**
   * Finds the first names among the logs that one node owns. Runs on a dedicated thread of that
   * node.
   */
  static final class NamesTask extends RemoteTask implements Callable<String[]> {

    /*
     * The predicate of a local query is called for every entry and matches none. So only the names
     * in FirstNames are collected, no value is copied, and no log counts as used.
     */

    private String prefix = "";
    private @Nullable String after;
    private int limit;

    NamesTask() {}

    NamesTask(String prefix, @Nullable String after, int limit) {
      this();
      this.prefix = prefix;
      this.after = after;
      this.limit = limit;
    }

    @Override
    public String[] call() {
      FirstNames names = new FirstNames(prefix, after, limit);
      IMap<String, RoomLog> logs = Objects.requireNonNull(hazelcast()).getMap(HistoryContext.LOGS);
      logs.localKeySet(new EachName(names));
      return names.found().toArray(String[]::new);
    }

    /** A predicate that is used only locally and never serialised. */
    private static final class EachName implements Predicate<String, RoomLog> {
      private static final long serialVersionUID = 1;
      private final transient FirstNames names;

      EachName(FirstNames names) {
        this.names = names;
      }

      @Override
      public boolean apply(Map.Entry<String, RoomLog> entry) {
        names.add(entry.getKey());
        return false;
      }
    }

    @Override
    protected void write(ObjectDataOutput out, int version) throws IOException {
      out.writeString(prefix);
      out.writeString(after);
      out.writeInt(limit);
    }

    @Override
    protected void read(ObjectDataInput in, int version) throws IOException {
      prefix = Objects.requireNonNull(in.readString());
      after = in.readString();
      limit = in.readInt();
    }
  }

  /**
   * Summarises those of the requested logs that one node owns. Runs on a dedicated thread of that
   * node.
   */
  static final class SummariesTask extends RemoteTask implements Callable<long[]> {

    /*
     * Each record is looked up by a task on its partition's thread: one request covers many logs,
     * and none of them counts as used.
     */

    /**
     * Numbers per log: epoch, offset, oldest, bytes. An epoch of 0 means that the log is not here.
     */
    static final int NUMBERS = 4;

    private static final int TIMEOUT_SECONDS = 10;

    private String[] names = {};

    SummariesTask() {}

    SummariesTask(String[] names) {
      this();
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
          : new LogSummary(
              new Position(answer[at], answer[at + 1]), answer[at + 2], answer[at + 3]);
    }

    @Override
    public long[] call() throws Exception {
      long[] answer = new long[NUMBERS * names.length];
      if (!(hazelcast() instanceof HazelcastInstanceImpl instance)) {
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
                  .getExistingRecordStore(getPartitionId(), HistoryContext.LOGS);
          Record<?> record = logs == null ? null : logs.getRecord(name);
          if (record != null && record.getValue() instanceof RoomLog log) {
            LogSummary summary = log.summary();
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
    protected void write(ObjectDataOutput out, int version) throws IOException {
      out.writeStringArray(names);
    }

    @Override
    protected void read(ObjectDataInput in, int version) throws IOException {
      names =
          Arrays.stream(Objects.requireNonNull(in.readStringArray()))
              .map(Objects::requireNonNull)
              .toArray(String[]::new);
    }
  }
}
