package io.stentor.centrifuge.api;

import io.stentor.centrifuge.CommandError;
import io.stentor.centrifuge.ErrorCode;
import io.stentor.cluster.ClusterCall.NodeTimeout;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonWriter;
import io.vertx.core.Future;
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
