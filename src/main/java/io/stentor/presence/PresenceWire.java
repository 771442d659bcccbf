package io.stentor.presence;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.stentor.message.Member;
import io.stentor.message.RoomName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * How members, changes and answers are written between nodes, and which numbers the types have
 * there. Each method has its reverse.
 */
final class PresenceWire {

  static final int FACTORY = 9899;
  static final int ANNOUNCE = 1;
  static final int PRUNE = 2;
  static final int STANDING = 3;
  static final int PAGE = 4;
  static final int STATS = 5;
  static final int VERIFY = 6;

  private PresenceWire() {}

  static void write(UUID node, ObjectDataOutput out) throws IOException {
    out.writeLong(node.getMostSignificantBits());
    out.writeLong(node.getLeastSignificantBits());
  }

  static UUID readUuid(ObjectDataInput in) throws IOException {
    return new UUID(in.readLong(), in.readLong());
  }

  static String readText(ObjectDataInput in) throws IOException {
    return Objects.requireNonNull(in.readString());
  }

  static void write(Member member, ObjectDataOutput out) throws IOException {
    out.writeString(member.connection());
    out.writeString(member.user());
    out.writeString(member.info());
    out.writeString(member.roomInfo());
  }

  static Member readMember(ObjectDataInput in) throws IOException {
    return new Member(readText(in), readText(in), in.readString(), in.readString());
  }

  static void write(Collection<Member> members, ObjectDataOutput out) throws IOException {
    out.writeInt(members.size());
    for (Member member : members) {
      write(member, out);
    }
  }

  static List<Member> readMembers(ObjectDataInput in) throws IOException {
    int count = in.readInt();
    List<Member> members = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      members.add(readMember(in));
    }
    return members;
  }

  private static void writeTexts(List<String> texts, ObjectDataOutput out) throws IOException {
    out.writeInt(texts.size());
    for (String text : texts) {
      out.writeString(text);
    }
  }

  private static List<String> readTexts(ObjectDataInput in) throws IOException {
    int count = in.readInt();
    List<String> texts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      texts.add(readText(in));
    }
    return texts;
  }

  static void write(Announcement said, ObjectDataOutput out) throws IOException {
    write(said.node(), out);
    out.writeInt(said.parts());
    out.writeInt(said.part());
    write(said.present(), out);
    writeTexts(said.absent(), out);
  }

  static Announcement readAnnouncement(ObjectDataInput in) throws IOException {
    return new Announcement(
        readUuid(in), in.readInt(), in.readInt(), readMembers(in), readTexts(in));
  }

  static void write(MemberChange change, ObjectDataOutput out) throws IOException {
    out.writeLong(change.epoch());
    out.writeLong(change.version());
    out.writeLong(change.digest());
    write(change.joined(), out);
    writeTexts(change.left(), out);
  }

  static MemberChange readChange(ObjectDataInput in) throws IOException {
    return new MemberChange(
        in.readLong(), in.readLong(), in.readLong(), readMembers(in), readTexts(in));
  }

  static void write(MemberSnapshot standing, ObjectDataOutput out) throws IOException {
    out.writeLong(standing.epoch());
    out.writeLong(standing.version());
    out.writeLong(standing.digest());
    out.writeBoolean(standing.members() != null);
    if (standing.members() != null) {
      write(standing.members(), out);
    }
  }

  static MemberSnapshot readStanding(ObjectDataInput in) throws IOException {
    return new MemberSnapshot(
        in.readLong(), in.readLong(), in.readLong(), in.readBoolean() ? readMembers(in) : null);
  }

  static void write(MembersPage page, ObjectDataOutput out) throws IOException {
    write(page.members(), out);
    out.writeBoolean(page.more());
  }

  static MembersPage readPage(ObjectDataInput in) throws IOException {
    return new MembersPage(readMembers(in), in.readBoolean());
  }

  static void write(RoomStats stats, ObjectDataOutput out) throws IOException {
    out.writeString(stats.room().value());
    out.writeInt(stats.connections());
    out.writeInt(stats.users());
  }

  static RoomStats readStats(ObjectDataInput in) throws IOException {
    return new RoomStats(new RoomName(readText(in)), in.readInt(), in.readInt());
  }

  static void write(RoomMembers room, ObjectDataOutput out) throws IOException {
    out.writeLong(room.epoch());
    out.writeLong(room.version());
    Map<UUID, Collection<Member>> nodes = room.byNode();
    out.writeInt(nodes.size());
    for (Map.Entry<UUID, Collection<Member>> node : nodes.entrySet()) {
      write(node.getKey(), out);
      write(node.getValue(), out);
    }
  }

  static RoomMembers readRoom(ObjectDataInput in) throws IOException {
    RoomMembers room = new RoomMembers(in.readLong(), in.readLong());
    for (int count = in.readInt(); count > 0; count--) {
      room.restore(readUuid(in), readMembers(in));
    }
    return room;
  }
}
