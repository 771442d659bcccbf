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
 * Sends a question to every node and collects all answers. Any thread; futures complete on any
 * thread.
 */
public final class ClusterCall {

  /*
   * The event bus may lose a question or an answer, so a node that does not answer is asked again;
   * questions must be idempotent. A node that is starting or stopping is asked again, too. Any other
   * failure that a node replies with is final. A node that has left the cluster is left out: its
   * connections have ended with it.
   *
   * The timeout is the sum over the attempts, each counted with at most the time that it waits: time
   * in which this process was suspended does not count.
   */

  /** Reply code: cannot answer at the moment. Nodes of older versions always use it. */
  private static final int UNAVAILABLE = 1;

  /** Reply code: the question has failed. */
  private static final int FAILED = 2;

  private static final String ADDRESS = "stentor.node.";
  private static final String KIND = "kind";
  private static final long ATTEMPT_MILLIS = 1500;
  private static final long PAUSE_MILLIS = 100;
  private static final long TIMEOUT_MILLIS = 6000;

  private final WireVersion wire;
  private final Vertx vertx;
  private final @Nullable ClusterManager cluster;
  private final String self;
  private final Map<String, Function<String, Future<String>>> answers = new ConcurrentHashMap<>();

  private ClusterCall(Vertx vertx, @Nullable ClusterManager cluster, String self) {
    this.wire = WireVersion.of(vertx);
    this.vertx = vertx;
    this.cluster = cluster;
    this.self = self;
  }

  /**
   * Creates calls to all nodes of the cluster that this Vert.x is in, or to this node alone.
   *
   * @return completes when other nodes can ask this one
   */
  public static Future<ClusterCall> of(Vertx vertx) {
    ClusterManager cluster = ((VertxInternal) vertx).clusterManager();
    if (cluster == null) {
      return Future.succeededFuture(new ClusterCall(vertx, null, "alone"));
    }
    ClusterCall nodes = new ClusterCall(vertx, cluster, cluster.getNodeId());
    return BusConsumer.register(
            vertx, () -> vertx.eventBus().consumer(ADDRESS + nodes.self, nodes::received))
        .map(registered -> nodes);
  }

  /** Returns this node's unique id. */
  public String self() {
    return self;
  }

  /**
   * Sets how this node answers one kind of questions.
   *
   * @param answer called on any thread; if it fails with {@link Declined}, so does {@link #ask} on
   *     the node that asked
   */
  public void answer(String kind, Function<String, Future<String>> answer) {
    answers.put(kind, answer);
  }

  /**
   * Asks all nodes, including this one.
   *
   * @return the answers in no order. Fails at once with {@link Declined} if a node declines and
   *     with {@link IllegalStateException} if one fails; fails with {@link NodeTimeout} if a node
   *     of the cluster does not answer within six seconds. Other nodes may have done what was asked
   */
  public Future<List<String>> ask(String kind, String question) {
    List<Future<@Nullable String>> all = new ArrayList<>();
    all.add(askHere(kind, question).map(answer -> answer));
    if (cluster != null) {
      for (String node : cluster.getNodes()) {
        if (!node.equals(self)) {
          all.add(askNode(cluster, node, kind, question, TIMEOUT_MILLIS));
        }
      }
    }
    return Future.all(all).map(ClusterCall::answers);
  }

  private static List<String> answers(io.vertx.core.CompositeFuture all) {
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      String answer = all.resultAt(i);
      if (answer != null) {
        answers.add(answer);
      }
    }
    return answers;
  }

  private Future<String> askHere(String kind, String question) {
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

  private void received(Message<String> message) {
    if (!WireVersion.isKnown(message)) {
      message.fail(FAILED, "the question has a version that this node does not know");
      return;
    }
    askHere(String.valueOf(message.headers().get(KIND)), message.body())
        .onSuccess(message::reply)
        .onFailure(failure -> fail(message, failure));
  }

  private static void fail(Message<String> message, Throwable failure) {
    if (failure instanceof Declined declined) {
      message.fail(declined.code(), declined.reason());
    } else {
      boolean unavailable =
          failure instanceof NoAnswererException || failure instanceof RejectedExecutionException;
      message.fail(unavailable ? UNAVAILABLE : FAILED, failure.toString());
    }
  }

  /** The node has just started, or its version does not know this kind of questions. */
  private static final class NoAnswererException extends RuntimeException {
    private static final long serialVersionUID = 1;

    NoAnswererException(String kind) {
      super("no handler for questions of kind " + kind, null, false, false);
    }
  }

  /** Answers null if the node has left the cluster. */
  private Future<@Nullable String> askNode(
      ClusterManager nodes, String node, String kind, String question, long leftMillis) {
    long startNanos = System.nanoTime();
    long waitMillis = Math.min(ATTEMPT_MILLIS, leftMillis);
    DeliveryOptions options =
        wire.mark(new DeliveryOptions())
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
                return Future.failedFuture(failure(node, (ReplyException) failure));
              }
              long tookMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
              long stillLeft = leftMillis - Math.min(tookMillis, waitMillis) - PAUSE_MILLIS;
              if (stillLeft <= 0) {
                return Future.failedFuture(new NodeTimeout(node, failure));
              }
              return pause().compose(waited -> askNode(nodes, node, kind, question, stillLeft));
            });
  }

  /** Returns whether the node itself has replied, and would reply the same again. */
  private static boolean isFinal(Throwable failure) {
    return failure instanceof ReplyException reply
        && reply.failureType() == ReplyFailure.RECIPIENT_FAILURE
        && reply.failureCode() != UNAVAILABLE;
  }

  private static RuntimeException failure(String node, ReplyException reply) {
    return reply.failureCode() >= Declined.LOWEST_CODE
        ? new Declined(reply.failureCode(), String.valueOf(reply.getMessage()))
        : new IllegalStateException("node " + node + " failed: " + reply.getMessage());
  }

  private Future<Void> pause() {
    Promise<Void> promise = Promise.promise();
    vertx.setTimer(PAUSE_MILLIS, timer -> promise.complete());
    return promise.future();
  }

  /** A node declines what was asked. Asking again would bring the same answer. */
  public static final class Declined extends RuntimeException {

    private static final int LOWEST_CODE = 100;
    private static final long serialVersionUID = 1;

    private final int code;

    /**
     * Creates a refusal.
     *
     * @param code a number that the caller understands; at least {@value #LOWEST_CODE}
     * @param reason a sentence
     */
    public Declined(int code, String reason) {
      super(reason, null, false, false);
      if (code < LOWEST_CODE) {
        throw new IllegalArgumentException("not a code of a reason: " + code);
      }
      this.code = code;
    }

    public int code() {
      return code;
    }

    public String reason() {
      return String.valueOf(getMessage());
    }
  }

  /**
   * A node of the cluster has not answered in time. It may have done what was asked, or may do it
   * later.
   */
  public static final class NodeTimeout extends RuntimeException {
    private static final long serialVersionUID = 1;

    private NodeTimeout(String node, Throwable lastFailure) {
      super("node " + node + " does not answer: " + lastFailure, null, false, false);
    }
  }
}
