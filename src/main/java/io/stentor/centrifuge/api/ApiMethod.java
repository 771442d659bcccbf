package io.stentor.centrifuge.api;

import io.stentor.centrifuge.codec.CommandError;
import io.stentor.centrifuge.codec.CommandError.ErrorCode;
import io.stentor.cluster.ClusterCall.NodeTimeout;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonWriter;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One method of the server API. Any thread. */
interface ApiMethod {

  /**
   * Calls the method.
   *
   * @return the result, one object; fails with a {@link CommandError}
   * @throws CommandError if it is refused
   * @throws io.stentor.json.InvalidJson if a value has the wrong type
   */
  Future<JsonWriter> call(JsonFields request);

  /** Calls a method, and turns every failure into a {@link CommandError}. */
  static Future<JsonWriter> call(String name, ApiMethod method, JsonFields request) {
    try {
      return method.call(request).recover(failure -> failed(name, failure));
    } catch (CommandError e) {
      return Future.failedFuture(e);
    }
  }

  /**
   * Replies to calls one after the other.
   *
   * @param reply starts a call; called when the previous call has completed
   * @return the replies in the order of the calls
   */
  static <C> Future<List<JsonWriter>> inOrder(
      List<C> calls, Function<C, Future<JsonWriter>> reply) {
    return inOrder(calls, reply, new ArrayList<>());
  }

  private static <C> Future<List<JsonWriter>> inOrder(
      List<C> calls, Function<C, Future<JsonWriter>> reply, List<JsonWriter> replies) {
    while (replies.size() < calls.size()) { // Not recursive for calls that complete at once.
      Future<JsonWriter> next = reply.apply(calls.get(replies.size()));
      if (!next.isComplete()) {
        return next.compose(
            given -> {
              replies.add(given);
              return inOrder(calls, reply, replies);
            });
      }
      replies.add(next.result());
    }
    return Future.succeededFuture(replies);
  }

  private static Future<JsonWriter> failed(String name, Throwable failure) {
    CommandError error =
        failure instanceof NodeTimeout
            ? new CommandError(
                ErrorCode.INTERNAL, "a node does not answer; others may have done it: call again")
            : CommandError.of(failure);
    if (error.code() == ErrorCode.INTERNAL) {
      Logger log = LoggerFactory.getLogger(ApiMethod.class);
      log.warn("{} for a server failed: {}", name, failure.toString());
    }
    return Future.failedFuture(error);
  }
}
