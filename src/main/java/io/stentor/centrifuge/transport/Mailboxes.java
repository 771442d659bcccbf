package io.stentor.centrifuge.transport;

import io.stentor.admission.Limit;
import io.stentor.centrifuge.ClientTransport.Mailbox;
import io.stentor.centrifuge.codec.CommandError.Disconnect;
import io.stentor.centrifuge.codec.JsonFormat;
import io.stentor.centrifuge.codec.ProtobufFormat;
import io.stentor.cluster.BusConsumer;
import io.stentor.cluster.WireVersion;
import io.stentor.http.ProblemType;
import io.stentor.http.RequestRefused;
import io.stentor.json.Fields;
import io.stentor.json.InvalidJson;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonSource;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.tracing.TracingPolicy;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The mailboxes of a node, which receive posted commands, and the forwarding to those of other
 * nodes. Each node registers a single consumer on the event bus, never one for each client.
 * Thread-safe.
 */
public final class Mailboxes {

  /** The owner of a mailbox. */
  interface Owner {
    /**
     * Receives commands. Called on any thread, in the order of arrival.
     *
     * @return null if the commands were accepted
     */
    @Nullable TooFast posted(byte[] commands);
  }

  /**
   * The rejection of commands that exceed the rate limit. None of them is executed.
   *
   * @param allowed the number of commands allowed per second
   * @param retrySeconds when the client may retry, in seconds
   */
  record TooFast(int allowed, int retrySeconds) {
    /** Replies to another node, which decodes the failure with {@link #of}. */
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

  /** The maximum total size of commands being forwarded to other nodes. */
  private static final long MAX_FORWARDED_BYTES = 16L * 1024 * 1024;

  /** Added to the size of each forwarded post, so that small ones count as well. */
  private static final int OVERHEAD_BYTES = 512;

  /** The time after which a node that does not reply is considered dead. */
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
  private final WireVersion wire;

  private Mailboxes(Vertx vertx, String nodeName) {
    this.bus = vertx.eventBus();
    this.wire = WireVersion.of(vertx);
    this.node = nodeName + String.format("-%016x", random.nextLong());
  }

  /**
   * Opens the mailboxes of this node. Completes when other nodes can reach them.
   *
   * @param nodeName letters and digits
   */
  public static Future<Mailboxes> open(Vertx vertx, String nodeName) {
    Mailboxes mailboxes = new Mailboxes(vertx, nodeName);
    return BusConsumer.register(
            vertx,
            () -> mailboxes.bus.<Buffer>consumer(ADDRESS + mailboxes.node, mailboxes::arrived))
        .map(registered -> mailboxes);
  }

  /** Creates a mailbox with an unguessable name. */
  Mailbox open(Owner owner) {
    byte[] secret = new byte[SESSION_BYTES];
    random.nextBytes(secret);
    Mailbox mailbox = new Mailbox(ENCODER.encodeToString(secret), node);
    owners.put(mailbox.session(), owner);
    return mailbox;
  }

  /** Closes a mailbox; later commands for it are dropped. Idempotent. */
  void close(Mailbox mailbox) {
    owners.remove(mailbox.session());
  }

  /**
   * Delivers commands to the node of their mailbox. Commands for a closed mailbox are dropped;
   * their client sees its stream end.
   *
   * @return false if there is no such node. Fails with a {@link RequestRefused} if the node does
   *     not respond, if too much data is being forwarded, or if the client exceeds the rate limit
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
        wire.mark(new DeliveryOptions())
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
    String session = WireVersion.isKnown(message) ? message.headers().get(SESSION) : null;
    TooFast tooFast = session == null ? null : put(session, message.body().getBytes());
    if (tooFast == null) {
      message.reply(null);
    } else {
      tooFast.tell(message);
    }
  }

  /**
   * Posted commands.
   *
   * @param to the mailbox that they are addressed to
   * @param commands as the format of the stream encodes them; must not be modified
   * @param count the number of commands
   */
  @SuppressWarnings("ArrayRecordComponent")
  record PostedCommands(Mailbox to, byte[] commands, int count) {

    /**
     * Parses a post: {@code {"session":"…","node":"…","data":"…"}}.
     *
     * @throws IllegalArgumentException if it is invalid; the message is the end of a sentence
     */
    static PostedCommands ofJson(byte[] source) {
      try {
        JsonFields fields = JsonFields.of(source);
        Mailbox to = mailbox(fields);
        byte[] commands = required(fields, "data").getBytes(StandardCharsets.UTF_8);
        // A post has no later response, so this must be rejected now.
        if (JsonSource.hasLoneSurrogate(commands)) {
          throw new IllegalArgumentException("bad request: data has half of a surrogate pair");
        }
        return new PostedCommands(to, commands, JsonFormat.countLines(commands));
      } catch (InvalidJson e) {
        throw new IllegalArgumentException("bad request: " + e.getMessage());
      }
    }

    /**
     * Parses a post that is a message {@code EmulationRequest} in Protobuf.
     *
     * @throws IllegalArgumentException if it is invalid; the message is the end of a sentence
     */
    static PostedCommands ofProtobuf(byte[] source) {
      try {
        Fields fields = ProtobufFormat.post(source);
        Mailbox to = mailbox(fields);
        byte[] commands = fields.slice("data");
        if (commands == null || commands.length == 0) {
          throw missing("data");
        }
        return new PostedCommands(to, commands, ProtobufFormat.countCommands(commands));
      } catch (Disconnect e) {
        throw new IllegalArgumentException(e.reason().reason());
      }
    }

    private static Mailbox mailbox(Fields fields) {
      return new Mailbox(required(fields, "session"), required(fields, "node"));
    }

    private static String required(Fields fields, String name) {
      String text = fields.text(name);
      if (text.isEmpty()) {
        throw missing(name);
      }
      return text;
    }

    private static IllegalArgumentException missing(String name) {
      return new IllegalArgumentException("bad request: " + name + " is missing");
    }
  }
}
