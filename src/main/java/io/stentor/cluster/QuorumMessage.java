package io.stentor.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.stentor.cluster.Agreement.State;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
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
  }

  /** Sets what handles the messages to an instance; it answers null to decline. */
  static void handle(
      HazelcastInstance instance, Function<QuorumMessage, @Nullable Object> handler) {
    instance.getUserContext().put(HANDLER, handler);
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
      write(proposal, out);
    }
  }

  @Override
  protected void read(ObjectDataInput in, int version) throws IOException {
    kind = in.readByte();
    round = WireType.readUuid(in);
    members = WireType.readList(WireType::readUuid, in);
    proposal = in.readBoolean() ? readAgreement(in) : null;
  }

  static void write(State state, ObjectDataOutput out) throws IOException {
    Agreement agreed = state.agreed();
    out.writeBoolean(agreed != null);
    if (agreed != null) {
      write(agreed, out);
    }
    WireType.write(state.accepted(), QuorumMessage::write, out);
    out.writeLong(state.highest());
    out.writeBoolean(state.leaving());
  }

  static State readState(ObjectDataInput in) throws IOException {
    Agreement agreed = in.readBoolean() ? readAgreement(in) : null;
    List<Agreement> accepted = WireType.readList(QuorumMessage::readAgreement, in);
    return new State(agreed, accepted, in.readLong(), in.readBoolean());
  }

  private static void write(Agreement agreement, ObjectDataOutput out) throws IOException {
    out.writeLong(agreement.generation());
    WireType.write(agreement.members(), WireType::write, out);
    out.writeLong(agreement.id());
    out.writeBoolean(agreement.majority());
    out.writeInt(agreement.fullSize());
  }

  private static Agreement readAgreement(ObjectDataInput in) throws IOException {
    return new Agreement(
        in.readLong(),
        WireType.readList(WireType::readUuid, in),
        in.readLong(),
        in.readBoolean(),
        in.readInt());
  }
}
