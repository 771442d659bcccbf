package io.stentor.lifecycle;

import com.hazelcast.core.HazelcastInstance;
import io.stentor.cluster.OldestNode;
import io.stentor.config.Config;
import io.stentor.config.Config.DemoOptions;
import io.stentor.config.HttpOptions;
import io.stentor.config.IdentityOptions.ApiKey;
import io.stentor.demo.Ticker;
import io.stentor.identity.ApiKeys;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/**
 * The demo of one node: who may publish its prices, and whose turn it is. Where it is off, nothing
 * of this does anything.
 */
final class Demo {

  /** No key of a configuration has such a name. */
  private static final String KEY_NAME = "(demo)";

  private static final String TASK = "stentor.demo";

  private final DemoOptions options;
  private final String key = ApiKeys.generate();
  private volatile String deployment = "";

  Demo(Config config) {
    this.options = config.demo();
  }

  /** Offers the other nodes to keep the market. */
  void offer(com.hazelcast.config.Config joining) {
    if (options.enabled()) {
      OldestNode.offer(joining, TASK);
    }
  }

  /** The configuration with the key of the market, which is made at each start and told nobody. */
  Config withKey(Config config) {
    return options.enabled()
        ? config.withKey(new ApiKey(KEY_NAME, ApiKeys.hash(key), false))
        : config;
  }

  /**
   * Starts the market of a node that serves.
   *
   * @param hazelcast null where the node is alone
   */
  Future<?> start(Vertx vertx, HttpOptions http, int port, @Nullable HazelcastInstance hazelcast) {
    if (!options.enabled()) {
      return Future.succeededFuture();
    }
    String host =
        switch (http.host()) {
          case "0.0.0.0" -> "127.0.0.1";
          case "::" -> "::1";
          default -> http.host();
        };
    OldestNode oldest = hazelcast == null ? null : new OldestNode(hazelcast, TASK);
    return vertx
        .deployVerticle(
            new Ticker(options, host, port, key, () -> oldest == null || oldest.isThisNode()))
        .onSuccess(id -> deployment = id);
  }

  /**
   * Ends the market, before the node takes no requests any more. The answer belongs to no event
   * loop, since those are gone before the node is.
   */
  Future<Void> stop(Vertx vertx) {
    if (deployment.isEmpty()) {
      return Future.succeededFuture();
    }
    Promise<Void> ended = Promise.promise();
    vertx.undeploy(deployment).onComplete(done -> ended.complete());
    return ended.future();
  }
}
