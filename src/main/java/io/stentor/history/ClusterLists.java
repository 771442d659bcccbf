package io.stentor.history;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.config.ExecutorConfig;
import com.hazelcast.core.ExecutionCallback;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IExecutorService;
import com.hazelcast.core.MemberLeftException;
import io.stentor.message.RoomName;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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
}
