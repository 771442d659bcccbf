package io.stentor.cluster;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.core.tracing.TracingPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks something of every node and waits for all answers. Any thread; futures complete on any
 * thread.
 */
public final class ClusterCall {

  /*
   * The event bus may lose a question or an answer, so a node that is silent is asked again; what is
   * asked does no harm when it is done twice. So is a node that is just starting or stopping. Any
   * other failure that a node replies with is its answer, and final. A node that has left the
   * cluster owes no answer: its connections have ended with it.
   *
   * How long a node has been silent is counted by attempt, and none counts for longer than it waits:
   * time in which this process stood still is nobody's silence.
   */

  /** A node replies that it cannot answer at this moment. Nodes of older versions always do. */
  private static final int NOT_NOW = 1;

  /** A node replies that what was asked has failed. */
  private static final int FAILED = 2;

  private static final String ADDRESS = "stentor.node.";
  private static final String KIND = "kind";
  private static final long ASK_MILLIS = 1500;
  private static final long AGAIN_MILLIS = 100;
  private static final long PATIENCE_MILLIS = 6000;

  private final Vertx vertx;
  private final @Nullable ClusterManager cluster;
  private final String self;
  private final Map<String, Function<String, Future<String>>> answers = new ConcurrentHashMap<>();

  private ClusterCall(Vertx vertx, @Nullable ClusterManager cluster, String self) {
    this.vertx = vertx;
    this.cluster = cluster;
    this.self = self;
  }

  /**
   * All nodes of the cluster that this Vert.x is in, or it alone.
   *
   * @return complete when the others can ask this node
   */
  public static Future<ClusterCall> of(Vertx vertx) {
    ClusterManager cluster = ((VertxInternal) vertx).clusterManager();
    if (cluster == null) {
      return Future.succeededFuture(new ClusterCall(vertx, null, "alone"));
    }
    ClusterCall nodes = new ClusterCall(vertx, cluster, cluster.getNodeId());
    return vertx
        .eventBus()
        .consumer(ADDRESS + nodes.self, nodes::asked)
        .completion()
        .map(registered -> nodes);
  }

  /** Names this node, and no other. */
  public String self() {
    return self;
  }

  /**
   * How this node answers.
   *
   * @param kind of questions; each has one who answers
   * @param answer is called on any thread; where it fails with a {@link Declined}, so does {@link
   *     #ask} on the node that has asked
   */
  public void answer(String kind, Function<String, Future<String>> answer) {
    answers.put(kind, answer);
  }

  /**
   * Asks all nodes, this one included.
   *
   * @return their answers in no order; fails at once with a {@link Declined} where a node declines,
   *     and with an {@link IllegalStateException} where it could not do it; fails with a {@link
   *     SilentNode} where a node that is there has not answered within six seconds. Other nodes may
   *     have done what was asked
   */
  public Future<List<String>> ask(String kind, String question) {
    List<Future<@Nullable String>> all = new ArrayList<>();
    all.add(here(kind, question).map(answer -> answer));
    if (cluster != null) {
      for (String node : cluster.getNodes()) {
        if (!node.equals(self)) {
          all.add(there(cluster, node, kind, question, PATIENCE_MILLIS));
        }
      }
    }
    return Future.all(all).map(ClusterCall::given);
  }

  private static List<String> given(io.vertx.core.CompositeFuture answers) {
    List<String> given = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      String answer = answers.resultAt(i);
      if (answer != null) {
        given.add(answer);
      }
    }
    return given;
  }

  private Future<String> here(String kind, String question) {
    Function<String, Future<String>> answer = answers.get(kind);
    if (answer == null) {
      return Future.failedFuture(new NoAnswererException(kind));
    }
    try {
      return answer.apply(question);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private void asked(Message<String> message) {
    here(String.valueOf(message.headers().get(KIND)), message.body())
        .onSuccess(message::reply)
        .onFailure(failure -> fail(message, failure));
  }

  private static void fail(Message<String> message, Throwable failure) {
    if (failure instanceof Declined declined) {
      message.fail(declined.code(), declined.reason());
    } else {
      boolean notNow =
          failure instanceof NoAnswererException || failure instanceof RejectedExecutionException;
      message.fail(notNow ? NOT_NOW : FAILED, failure.toString());
    }
  }

  /** The node has just started and does not answer yet, or is older than what is asked. */
  private static final class NoAnswererException extends RuntimeException {
    private static final long serialVersionUID = 1;

    NoAnswererException(String kind) {
      super("nobody answers questions of the kind " + kind, null, false, false);
    }
  }

  /** Null where the node has left. */
  private Future<@Nullable String> there(
      ClusterManager nodes, String node, String kind, String question, long leftMillis) {
    long begunNanos = System.nanoTime();
    long waitMillis = Math.min(ASK_MILLIS, leftMillis);
    DeliveryOptions options =
        new DeliveryOptions()
            .addHeader(KIND, kind)
            .setSendTimeout(waitMillis)
            .setTracingPolicy(TracingPolicy.IGNORE);
    return vertx
        .eventBus()
        .<String>request(ADDRESS + node, question, options)
        .<@Nullable String>map(Message::body)
        .recover(
            failure -> {
              if (!nodes.getNodes().contains(node)) {
                return Future.succeededFuture(null);
              }
              if (isFinal(failure)) {
                return Future.failedFuture(answered(node, (ReplyException) failure));
              }
              long tookMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos);
              long stillLeft = leftMillis - Math.min(tookMillis, waitMillis) - AGAIN_MILLIS;
              if (stillLeft <= 0) {
                return Future.failedFuture(new NodeTimeout(node, failure));
              }
              return later().compose(waited -> there(nodes, node, kind, question, stillLeft));
            });
  }

  /** Whether the node itself has replied, and would reply so again. */
  private static boolean isFinal(Throwable failure) {
    return failure instanceof ReplyException reply
        && reply.failureType() == ReplyFailure.RECIPIENT_FAILURE
        && reply.failureCode() != NOT_NOW;
  }

  private static RuntimeException answered(String node, ReplyException reply) {
    return reply.failureCode() >= Declined.LOWEST_CODE
        ? new Declined(reply.failureCode(), String.valueOf(reply.getMessage()))
        : new IllegalStateException("node " + node + " failed: " + reply.getMessage());
  }

  private Future<Void> later() {
    Promise<Void> promise = Promise.promise();
    vertx.setTimer(AGAIN_MILLIS, timer -> promise.complete());
    return promise.future();
  }
}
