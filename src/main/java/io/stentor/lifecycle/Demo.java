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
 * The demo of one node: the key that publishes its prices, and the choice of the node that does so.
 * If the demo is off, no method has any effect.
 */
final class Demo {

  /** A name that no configured key can have. */
  private static final String KEY_NAME = "(demo)";

  private static final String TASK = "stentor.demo";

  private final DemoOptions options;
  private final String key = ApiKeys.generate();
  private volatile String deployment = "";

  Demo(Config config) {
    this.options = config.demo();
  }

  /** Announces to the other nodes that this one can run the demo. */
  void offer(com.hazelcast.config.Config joining) {
    if (options.enabled()) {
      OldestNode.offer(joining, TASK);
    }
  }

  /** Adds the demo's key, which is generated at each start and never published. */
  Config withKey(Config config) {
    return options.enabled()
        ? config.withKey(new ApiKey(KEY_NAME, ApiKeys.hash(key), false))
        : config;
  }

  /**
   * Starts the demo. The node must be serving.
   *
   * @param hazelcast null if the node is standalone
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
   * Stops the demo; must be called before the node refuses requests. The future completes outside
   * the event loops, which end before the node does.
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
