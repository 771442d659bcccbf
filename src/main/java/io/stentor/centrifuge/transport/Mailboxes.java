package io.stentor.centrifuge.transport;

import io.stentor.admission.Limit;
import io.stentor.centrifuge.Mailbox;
import io.stentor.http.ProblemType;
import io.stentor.http.RequestRefused;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.tracing.TracingPolicy;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The mailboxes of a node, and the way to those of others. Whoever is to be reached has one
 * consumer on the event bus for each node, never one for each client. Any thread.
 */
public final class Mailboxes {

  /** Who has a mailbox. */
  interface Owner {
    /**
     * Commands have come for it. Any thread, in the order in which they came.
     *
     * @return null where they were taken
     */
    @Nullable TooFast posted(byte[] commands);
  }

  /**
   * More commands have come than may, and these were not taken.
   *
   * @param allowed how many may come in a second
   * @param retrySeconds when the next may
   */
  record TooFast(int allowed, int retrySeconds) {
    /** Said to another node; {@link #of} reads it. */
    void tell(Message<Buffer> message) {
      message.fail(retrySeconds, String.valueOf(allowed));
    }

    static TooFast of(ReplyException reply) {
      return new TooFast(Integer.parseInt(reply.getMessage()), reply.failureCode());
    }

    RequestRefused refusal() {
      Limit limit = Limit.MESSAGES_PER_SECOND_PER_CONNECTION;
      String detail =
          "A connection may send "
              + allowed
              + " commands a second here (limits."
              + limit.label()
              + "); none of these was begun.";
      return RequestRefused.of(ProblemType.TOO_MANY_REQUESTS, detail, retrySeconds)
          .of(limit, allowed);
    }
  }

  /** More than this is not on its way to other nodes at once. */
  private static final long MAX_FORWARDED_BYTES = 16L * 1024 * 1024;

  /** So that small ones count, too. */
  private static final int OVERHEAD_BYTES = 512;

  /** After this long the other node is taken for gone. */
  private static final int TIMEOUT_MILLIS = 3000;

  private static final int RETRY_SECONDS = 1;
  private static final int SESSION_BYTES = 18;
  private static final String ADDRESS = "stentor.mailboxes.";
  private static final String SESSION = "session";
  private static final String NODE_PATTERN = "\\w{1,20}-[0-9a-f]{16}";
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private final SecureRandom random = new SecureRandom();
  private final String node;
  private final Map<String, Owner> owners = new ConcurrentHashMap<>();
  private final AtomicLong forwardedBytes = new AtomicLong();
  private final EventBus bus;

  private Mailboxes(EventBus bus, String nodeName) {
    this.bus = bus;
    this.node = nodeName + String.format("-%016x", random.nextLong());
  }

  /**
   * The mailboxes of this node; completes when the others can reach them.
   *
   * @param nodeName letters and digits
   */
  public static Future<Mailboxes> open(Vertx vertx, String nodeName) {
    Mailboxes mailboxes = new Mailboxes(vertx.eventBus(), nodeName);
    MessageConsumer<Buffer> consumer =
        mailboxes.bus.consumer(ADDRESS + mailboxes.node, mailboxes::arrived);
    return consumer.completion().map(registered -> mailboxes);
  }

  /** A new mailbox, whose name nobody can guess. */
  Mailbox open(Owner owner) {
    byte[] secret = new byte[SESSION_BYTES];
    random.nextBytes(secret);
    Mailbox mailbox = new Mailbox(ENCODER.encodeToString(secret), node);
    owners.put(mailbox.session(), owner);
    return mailbox;
  }

  /** Nothing more is taken for it. Once more does no harm. */
  void close(Mailbox mailbox) {
    owners.remove(mailbox.session());
  }

  /**
   * Takes commands to the node of their mailbox. What comes for a mailbox that is closed is thrown
   * away: its client is told by the end of its stream.
   *
   * @return false where there is no such node; fails with a {@link RequestRefused} where the node
   *     does not answer, where too much is on its way, and where the client posts too fast
   */
  Future<Boolean> deliver(PostedCommands post) {
    Mailbox to = post.to();
    if (to.node().equals(node)) {
      TooFast tooFast = put(to.session(), post.commands());
      return tooFast == null
          ? Future.succeededFuture(true)
          : Future.failedFuture(tooFast.refusal());
    }
    return to.node().matches(NODE_PATTERN)
        ? forward(to, post.commands())
        : Future.succeededFuture(false);
  }

  private @Nullable TooFast put(String session, byte[] commands) {
    Owner owner = owners.get(session);
    return owner == null ? null : owner.posted(commands);
  }

  private Future<Boolean> forward(Mailbox to, byte[] commands) {
    long bytes = (long) commands.length + OVERHEAD_BYTES;
    if (forwardedBytes.addAndGet(bytes) > MAX_FORWARDED_BYTES) {
      forwardedBytes.addAndGet(-bytes);
      String detail = "Too much is on its way to other nodes; try again.";
      return Future.failedFuture(
          RequestRefused.of(ProblemType.TOO_MANY_REQUESTS, detail, RETRY_SECONDS));
    }
    DeliveryOptions options =
        new DeliveryOptions()
            .addHeader(SESSION, to.session())
            .setSendTimeout(TIMEOUT_MILLIS)
            .setTracingPolicy(TracingPolicy.IGNORE);
    return bus.request(ADDRESS + to.node(), Buffer.buffer(commands), options)
        .onComplete(done -> forwardedBytes.addAndGet(-bytes))
        .map(taken -> true)
        .recover(Mailboxes::unreached);
  }

  private static Future<Boolean> unreached(Throwable failure) {
    if (failure instanceof ReplyException reply) {
      if (reply.failureType() == ReplyFailure.NO_HANDLERS) {
        return Future.succeededFuture(false);
      }
      if (reply.failureType() == ReplyFailure.RECIPIENT_FAILURE) {
        return Future.failedFuture(TooFast.of(reply).refusal());
      }
    }
    String detail = "The node of this session does not answer: connect again.";
    return Future.failedFuture(RequestRefused.of(ProblemType.UNAVAILABLE, detail, RETRY_SECONDS));
  }

  private void arrived(Message<Buffer> message) {
    String session = message.headers().get(SESSION);
    TooFast tooFast = session == null ? null : put(session, message.body().getBytes());
    if (tooFast == null) {
      message.reply(null);
    } else {
      tooFast.tell(message);
    }
  }
}
