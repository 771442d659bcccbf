package io.stentor.presence;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.stentor.message.Member;
import io.stentor.message.RoomName;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of a room's members; see {@link Presence#members}. */
final class PageQuestion extends RoomQuestion<MembersPage> {

  private @Nullable Member after;
  private int limit;

  PageQuestion() {}

  PageQuestion(@Nullable Member after, int limit) {
    this.after = after;
    this.limit = limit;
  }

  @Override
  MembersPage answer(RoomName room, @Nullable RoomMembers members) {
    return MembersPage.of(members == null ? List.of() : members.members(), after, limit);
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeInt(limit);
    out.writeBoolean(after != null);
    if (after != null) {
      PresenceWire.write(after, out);
    }
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    limit = in.readInt();
    after = in.readBoolean() ? PresenceWire.readMember(in) : null;
  }

  @Override
  public int getClassId() {
    return PresenceWire.PAGE;
  }
}
