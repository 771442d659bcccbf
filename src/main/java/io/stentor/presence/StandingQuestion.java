package io.stentor.presence;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.stentor.message.RoomName;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** How a room is; see {@link PresenceStore#read}. */
final class StandingQuestion extends RoomQuestion<MemberSnapshot> {

  private long known;

  StandingQuestion() {}

  StandingQuestion(long known) {
    this.known = known;
  }

  @Override
  MemberSnapshot answer(RoomName room, @Nullable RoomMembers members) {
    return members == null ? MemberSnapshot.EMPTY : members.standing(known);
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeLong(known);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    known = in.readLong();
  }

  @Override
  public int getClassId() {
    return PresenceWire.STANDING;
  }
}
