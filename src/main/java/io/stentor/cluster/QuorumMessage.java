package io.stentor.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.config.ExecutorConfig;
import com.hazelcast.core.ExecutionCallback;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.stentor.cluster.Agreement.State;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A message of a {@link Agreement round} to one node, which handles it on a thread of its own. */
final class QuorumMessage extends RemoteTask implements Callable<@Nullable Object> {

  private static final int STATE_TYPE = 9900_1;
  private static final int MESSAGE_TYPE = 9900_101;
  static final int ASK = 1;
  static final int ACCEPT = 2;
  static final int COMMIT = 3;
  static final int LEAVING = 4;

  /** The version from which on the forms tell of nodes that have restarted. */
  private static final int WITH_RESTARTS = 3;

  private static final String EXECUTOR = "stentor.quorum";

  /** Maximum number of messages that wait on one node; further ones are rejected. */
  private static final int QUEUE = 256;

  private static final String HANDLER = "stentor.quorum.handler";
  private static final UUID NO_ROUND = new UUID(0, 0);

  private int kind;
  private UUID round = NO_ROUND;
  private List<UUID> members = List.of();
  private @Nullable Agreement proposal;

  QuorumMessage() {}

  private QuorumMessage(int kind, UUID round, List<UUID> members, @Nullable Agreement proposal) {
    this();
    this.kind = kind;
    this.round = round;
    this.members = members;
    this.proposal = proposal;
  }

  static QuorumMessage ask(UUID round, List<UUID> view) {
    return new QuorumMessage(ASK, round, view, null);
  }

  static QuorumMessage accept(UUID round, Agreement proposal) {
    return new QuorumMessage(ACCEPT, round, List.of(), proposal);
  }

  static QuorumMessage commit(UUID round) {
    return new QuorumMessage(COMMIT, round, List.of(), null);
  }

  static QuorumMessage leaving() {
    return new QuorumMessage(LEAVING, NO_ROUND, List.of(), null);
  }

  /** Prepares the configuration of a node that has not joined. */
  static void register(Config joining) {
    WireType.addTask(joining, QuorumMessage.class, MESSAGE_TYPE, QuorumMessage::new);
    WireType.add(joining, State.class, STATE_TYPE, QuorumMessage::write, QuorumMessage::readState);
    joining.addExecutorConfig(
        new ExecutorConfig(EXECUTOR)
            .setPoolSize(1)
            .setQueueCapacity(QUEUE)
            .setStatisticsEnabled(false));
  }

  /** Sets the handler for the messages to an instance. It returns null to decline. */
  static void handle(
      HazelcastInstance instance, Function<QuorumMessage, @Nullable Object> handler) {
    instance.getUserContext().put(HANDLER, handler);
  }

  /**
   * Sends the message from an instance to another node.
   *
   * @param <T> the type of the answer, which the kind of the message determines
   * @return fails if the node declines or cannot be asked
   */
  <T> CompletableFuture<T> sendTo(Member member, HazelcastInstance from) {
    CompletableFuture<T> answered = new CompletableFuture<>();
    try {
      from.getExecutorService(EXECUTOR)
          .submitToMember(
              this,
              member,
              new ExecutionCallback<@Nullable Object>() {
                @Override
                public void onResponse(@Nullable Object answer) {
                  complete(answered, member, answer);
                }

                @Override
                public void onFailure(Throwable failure) {
                  answered.completeExceptionally(failure);
                }
              });
    } catch (RuntimeException e) { // Hazelcast throws while it is shutting down.
      answered.completeExceptionally(e);
    }
    return answered;
  }

  /** Returns the answer of a node; a failure if it declines. */
  static <T> CompletableFuture<T> answered(Member member, @Nullable Object answer) {
    CompletableFuture<T> answered = new CompletableFuture<>();
    complete(answered, member, answer);
    return answered;
  }

  @SuppressWarnings("unchecked") // The kind of a message determines the type of its answer.
  private static <T> void complete(
      CompletableFuture<T> answered, Member member, @Nullable Object answer) {
    if (answer == null) {
      answered.completeExceptionally(new IllegalStateException(member + " declines"));
    } else {
      answered.complete((T) answer);
    }
  }

  int kind() {
    return kind;
  }

  UUID round() {
    return round;
  }

  List<UUID> members() {
    return members;
  }

  Agreement proposal() {
    return Objects.requireNonNull(proposal);
  }

  /** Declines until the node has started. */
  @Override
  @SuppressWarnings("unchecked")
  public @Nullable Object call() {
    Object handler = Objects.requireNonNull(hazelcast()).getUserContext().get(HANDLER);
    return handler == null ? null : ((Function<QuorumMessage, Object>) handler).apply(this);
  }

  @Override
  protected void write(ObjectDataOutput out, int version) throws IOException {
    out.writeByte(kind);
    WireType.write(round, out);
    WireType.write(members, WireType::write, out);
    out.writeBoolean(proposal != null);
    if (proposal != null) {
      write(proposal, out, version);
    }
  }

  @Override
  protected void read(ObjectDataInput in, int version) throws IOException {
    kind = in.readByte();
    round = WireType.readUuid(in);
    members = WireType.readList(WireType::readUuid, in);
    proposal = in.readBoolean() ? readAgreement(in, version) : null;
  }

  static void write(State state, DataOutput out, int version) throws IOException {
    Agreement agreed = state.agreed();
    out.writeBoolean(agreed != null);
    if (agreed != null) {
      write(agreed, out, version);
    }
    out.writeInt(state.accepted().size());
    for (Agreement accepted : state.accepted()) {
      write(accepted, out, version);
    }
    out.writeLong(state.highest());
    out.writeBoolean(state.leaving());
    if (version >= WITH_RESTARTS) {
      out.writeBoolean(state.former() != null);
      if (state.former() != null) {
        WireType.write(state.former(), out);
      }
    }
  }

  static State readState(DataInput in, int version) throws IOException {
    Agreement agreed = in.readBoolean() ? readAgreement(in, version) : null;
    List<Agreement> accepted = new ArrayList<>();
    for (int i = in.readInt(); i > 0; i--) {
      accepted.add(readAgreement(in, version));
    }
    long highest = in.readLong();
    boolean leaving = in.readBoolean();
    boolean restarted = version >= WITH_RESTARTS && in.readBoolean();
    return new State(agreed, accepted, highest, leaving, restarted ? WireType.readUuid(in) : null);
  }

  private static void write(Agreement agreement, DataOutput out, int version) throws IOException {
    out.writeLong(agreement.generation());
    WireType.write(agreement.members(), WireType::write, out);
    out.writeLong(agreement.id());
    out.writeBoolean(agreement.majority());
    out.writeInt(agreement.fullSize());
    if (version >= WITH_RESTARTS) {
      out.writeLong(agreement.base());
    }
  }

  private static Agreement readAgreement(DataInput in, int version) throws IOException {
    return new Agreement(
        in.readLong(),
        WireType.readList(WireType::readUuid, in),
        in.readLong(),
        in.readBoolean(),
        in.readInt(),
        version >= WITH_RESTARTS ? in.readLong() : 0);
  }
}
