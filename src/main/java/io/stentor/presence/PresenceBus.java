package io.stentor.presence;

import io.stentor.cluster.BroadcastBus;
import io.stentor.cluster.WireVersion;
import io.stentor.message.Member;
import io.stentor.presence.PresenceStore.MemberChange;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Carries changes of members to all nodes that watch the room. */
class PresenceBus extends BroadcastBus<PresenceBus.PresenceMessage> {

  PresenceBus(Vertx vertx) {
    super(vertx, "stentor.presence.", new ChangeFormat(WireVersion.of(vertx)));
  }

  /**
   * A change as it is sent to other nodes.
   *
   * @param sender the node whose call made the change. In a split cluster, or while a node that was
   *     frozen has not noticed it, there are two states of a room; each node accepts changes only
   *     of nodes that it sees
   */
  record PresenceMessage(UUID sender, MemberChange change) {}

  /** The format of a {@link PresenceMessage}. */
  static final class ChangeFormat extends WireFormat<PresenceMessage> {

    /*
     * sender 16 | epoch 8 | version 8 | digest 8
     * | joined 4 | per member: a member | left 4 | per connection: its id
     */

    static final String NAME = "stentor.presence.change";

    ChangeFormat(WireVersion wire) {
      super(NAME, wire);
    }

    @Override
    protected void write(PresenceMessage message, Buffer out, int wireVersion) {
      MemberChange change = message.change();
      out.appendLong(message.sender().getMostSignificantBits());
      out.appendLong(message.sender().getLeastSignificantBits());
      out.appendLong(change.epoch()).appendLong(change.version()).appendLong(change.digest());
      out.appendInt(change.joined().size());
      change.joined().forEach(member -> append(out, member));
      out.appendInt(change.left().size());
      change.left().forEach(connection -> append(out, connection));
    }

    @Override
    protected PresenceMessage read(WireReader in, int wireVersion) {
      UUID sender = new UUID(in.number(), in.number());
      final long epoch = in.number();
      final long version = in.number();
      final long digest = in.number();
      int count = in.count();
      List<Member> joined = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        joined.add(in.member());
      }
      count = in.count();
      List<String> left = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        left.add(in.text());
      }
      return new PresenceMessage(sender, new MemberChange(epoch, version, digest, joined, left));
    }
  }
}
