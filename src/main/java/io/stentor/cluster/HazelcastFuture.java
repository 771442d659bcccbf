package io.stentor.cluster;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Turns asynchronous results of Hazelcast into futures of Vert.x. */
public final class HazelcastFuture {

  private HazelcastFuture() {}

  /**
   * Makes a call. The future completes on a thread of Hazelcast.
   *
   * @param call may also throw, as Hazelcast does while it is shutting down
   * @param noResult returns the failure if the result is null
   */
  public static <T> Future<T> of(
      Supplier<CompletionStage<@Nullable T>> call, Supplier<? extends Throwable> noResult) {
    Promise<T> promise = Promise.promise();
    try {
      call.get()
          .whenCompleteAsync(
              (result, failure) -> {
                if (failure != null) {
                  promise.fail(failure);
                } else if (result == null) {
                  promise.fail(noResult.get());
                } else {
                  promise.complete(result);
                }
              },
              Runnable::run);
    } catch (RuntimeException e) {
      promise.fail(e);
    }
    return promise.future();
  }
}
