package io.stentor.presence;

import com.hazelcast.config.Config;
import io.stentor.cluster.WireType;
import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.presence.PresenceStore.Announcement;
import io.stentor.presence.PresenceStore.MemberChange;
import io.stentor.presence.PresenceStore.MemberSnapshot;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The wire format of members, changes and answers in Hazelcast. The numbers of the types are shared
 * with nodes of other versions. Nothing is serialized by Java's own mechanism.
 */
final class PresenceWire {

  private static final int ROOM = 9899_1;
  private static final int CHANGE = 9899_2;
  private static final int SNAPSHOT = 9899_3;
  private static final int PAGE = 9899_4;
  private static final int STATS = 9899_5;

  private PresenceWire() {}

  /** Registers the types at a Hazelcast instance that has not started. */
  static void register(Config config) {
    WireType.add(config, RoomMembers.class, ROOM, PresenceWire::write, PresenceWire::readRoom);
    WireType.add(config, MemberChange.class, CHANGE, PresenceWire::write, PresenceWire::readChange);
    WireType.add(
        config, MemberSnapshot.class, SNAPSHOT, PresenceWire::write, PresenceWire::readSnapshot);
    WireType.add(config, MembersPage.class, PAGE, PresenceWire::write, PresenceWire::readPage);
    WireType.add(config, RoomStats.class, STATS, PresenceWire::write, PresenceWire::readStats);
  }

  private static void write(Collection<Member> members, DataOutput out) throws IOException {
    WireType.write(members, WireType::write, out);
  }

  private static List<Member> readMembers(DataInput in) throws IOException {
    return WireType.readList(WireType::readMember, in);
  }

  private static void writeTexts(List<String> texts, DataOutput out) throws IOException {
    WireType.<String>write(texts, WireType::write, out);
  }

  private static List<String> readTexts(DataInput in) throws IOException {
    return WireType.readList(WireType::readText, in);
  }

  static void write(Announcement announcement, DataOutput out) throws IOException {
    WireType.write(announcement.node(), out);
    out.writeInt(announcement.parts());
    out.writeInt(announcement.part());
    write(announcement.present(), out);
    writeTexts(announcement.absent(), out);
  }

  static Announcement readAnnouncement(DataInput in) throws IOException {
    return new Announcement(
        WireType.readUuid(in), in.readInt(), in.readInt(), readMembers(in), readTexts(in));
  }

  private static void write(MemberChange change, DataOutput out) throws IOException {
    out.writeLong(change.epoch());
    out.writeLong(change.version());
    out.writeLong(change.digest());
    write(change.joined(), out);
    writeTexts(change.left(), out);
  }

  private static MemberChange readChange(DataInput in) throws IOException {
    return new MemberChange(
        in.readLong(), in.readLong(), in.readLong(), readMembers(in), readTexts(in));
  }

  private static void write(MemberSnapshot snapshot, DataOutput out) throws IOException {
    out.writeLong(snapshot.epoch());
    out.writeLong(snapshot.version());
    out.writeLong(snapshot.digest());
    out.writeBoolean(snapshot.members() != null);
    if (snapshot.members() != null) {
      write(snapshot.members(), out);
    }
  }

  private static MemberSnapshot readSnapshot(DataInput in) throws IOException {
    return new MemberSnapshot(
        in.readLong(), in.readLong(), in.readLong(), in.readBoolean() ? readMembers(in) : null);
  }

  private static void write(MembersPage page, DataOutput out) throws IOException {
    write(page.members(), out);
    out.writeBoolean(page.more());
  }

  private static MembersPage readPage(DataInput in) throws IOException {
    return new MembersPage(readMembers(in), in.readBoolean());
  }

  private static void write(RoomStats stats, DataOutput out) throws IOException {
    WireType.write(stats.room().value(), out);
    out.writeInt(stats.connections());
    out.writeInt(stats.users());
  }

  private static RoomStats readStats(DataInput in) throws IOException {
    return new RoomStats(new RoomName(WireType.readText(in)), in.readInt(), in.readInt());
  }

  private static void write(RoomMembers room, DataOutput out) throws IOException {
    out.writeLong(room.epoch());
    out.writeLong(room.version());
    Map<UUID, Collection<Member>> nodes = room.byNode();
    out.writeInt(nodes.size());
    for (Map.Entry<UUID, Collection<Member>> node : nodes.entrySet()) {
      WireType.write(node.getKey(), out);
      write(node.getValue(), out);
    }
  }

  private static RoomMembers readRoom(DataInput in) throws IOException {
    RoomMembers room = new RoomMembers(in.readLong(), in.readLong());
    for (int count = in.readInt(); count > 0; count--) {
      room.restore(WireType.readUuid(in), readMembers(in));
    }
    return room;
  }
}
