package io.stentor.history;

import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import io.stentor.config.RoomOptions;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The logs of a cluster: each on the node that owns it, with a copy on another one. Futures
 * complete on threads of Hazelcast.
 */
public final class ClusterHistory implements History {

  static final String MAP = "stentor.history";

  /** How much longer than its publications an unused log is kept. */
  private static final int IDLE_MARGIN_SECONDS = 60;

  private static final int MERGE_BATCH = 100;

  private final IMap<String, RoomLog> logs;
  private final ClusterLists lists;
  private final LongSupplier clock;

  /**
   * The logs of the cluster that this instance is in.
   *
   * @param clock milliseconds since 1970; nodes whose clocks differ cut logs by age at different
   *     moments, nothing worse
   */
  public ClusterHistory(HazelcastInstance hazelcast, LongSupplier clock) {
    this.logs = hazelcast.getMap(MAP);
    this.lists = new ClusterLists(hazelcast);
    this.clock = clock;
  }

  /**
   * Adds what the logs need to the configuration of a Hazelcast instance.
   *
   * @param maxAgeSeconds the longest that any room keeps a message
   */
  public static void configure(Config config, int maxAgeSeconds) {
    WireTypes.register(config.getSerializationConfig());
    ClusterLists.configure(config);
    config.addMapConfig(
        new MapConfig(MAP)
            .setInMemoryFormat(InMemoryFormat.OBJECT)
            .setBackupCount(1)
            .setAsyncBackupCount(0)
            .setMaxIdleSeconds(maxAgeSeconds + IDLE_MARGIN_SECONDS)
            .setStatisticsEnabled(false)
            .setMergePolicyConfig(
                new MergePolicyConfig(KeepBothTails.class.getName(), MERGE_BATCH)));
  }

  @Override
  public Future<Appended> append(RoomName room, Batch batch, RoomOptions.History limits) {
    return submit(room, new AppendProcessor(batch, Epoch.next(), clock.getAsLong(), limits));
  }

  @Override
  public Future<Page> read(
      RoomName room, Position after, int maxMessages, int maxBytes, RoomOptions.History limits) {
    long now = clock.getAsLong();
    return submit(room, new ReadProcessor(after, maxMessages, maxBytes, Epoch.next(), now, limits));
  }

  @Override
  public Future<Page> removeAll(RoomName room, RoomOptions.History limits) {
    return submit(room, new RemoveProcessor(Epoch.next(), clock.getAsLong(), limits));
  }

  @Override
  public Future<List<String>> names(String prefix, @Nullable String after, int limit) {
    return lists.names(prefix, after, limit);
  }

  @Override
  public Future<Map<RoomName, LogSummary>> summaries(List<RoomName> rooms) {
    return lists.summaries(rooms);
  }

  private <T> Future<T> submit(
      RoomName room, EntryProcessor<String, RoomLog, @Nullable T> processor) {
    Promise<T> promise = Promise.promise();
    try {
      logs.submitToKey(room.value(), processor)
          .whenCompleteAsync(
              (result, failure) -> {
                if (failure != null) {
                  promise.fail(failure);
                } else if (result == null) {
                  promise.fail(new NotReplicatedException());
                } else {
                  promise.complete(result);
                }
              },
              Runnable::run);
    } catch (RuntimeException e) { // Hazelcast throws where it is shutting down.
      promise.fail(e);
    }
    return promise.future();
  }

  /** The log had no copy on a second node at that moment. Ask again. */
  static final class NotReplicatedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotReplicatedException() {
      super("the log has no copy on a second node at this moment", null, false, false);
    }
  }
}
