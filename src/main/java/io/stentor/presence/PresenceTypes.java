package io.stentor.presence;

import com.hazelcast.config.SerializationConfig;
import com.hazelcast.nio.serialization.DataSerializableFactory;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import io.stentor.cluster.WireType;

/**
 * Which types of presence travel between nodes, under which numbers, which nodes of different
 * versions have in common. Nothing is serialised by Java's own mechanism.
 */
final class PresenceTypes implements DataSerializableFactory {

  private static final int ROOM_TYPE = 9899_1;
  private static final int CHANGE_TYPE = 9899_2;
  private static final int STANDING_TYPE = 9899_3;
  private static final int PAGE_TYPE = 9899_4;
  private static final int STATS_TYPE = 9899_5;

  /** Makes the types known. */
  static void register(SerializationConfig config) {
    config.addDataSerializableFactory(PresenceWire.FACTORY, new PresenceTypes());
    WireType.add(config, RoomMembers.class, ROOM_TYPE, PresenceWire::write, PresenceWire::readRoom);
    WireType.add(
        config, MemberChange.class, CHANGE_TYPE, PresenceWire::write, PresenceWire::readChange);
    WireType.add(
        config,
        MemberSnapshot.class,
        STANDING_TYPE,
        PresenceWire::write,
        PresenceWire::readStanding);
    WireType.add(config, MembersPage.class, PAGE_TYPE, PresenceWire::write, PresenceWire::readPage);
    WireType.add(config, RoomStats.class, STATS_TYPE, PresenceWire::write, PresenceWire::readStats);
  }

  @Override
  public IdentifiedDataSerializable create(int type) {
    return switch (type) {
      case PresenceWire.ANNOUNCE -> new AnnounceProcessor();
      case PresenceWire.PRUNE -> new PruneProcessor();
      case PresenceWire.STANDING -> new StandingQuestion();
      case PresenceWire.PAGE -> new PageQuestion();
      case PresenceWire.STATS -> new StatsQuestion();
      case PresenceWire.VERIFY -> new VerifyQuestion();
      default -> throw new IllegalArgumentException("no type " + type);
    };
  }
}
