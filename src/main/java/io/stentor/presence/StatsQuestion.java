package io.stentor.presence;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.stentor.message.RoomName;
import org.jspecify.annotations.Nullable;

/** How many are in a room. No answer where nobody is. */
final class StatsQuestion extends RoomQuestion<RoomStats> {

  @Override
  @Nullable RoomStats answer(RoomName room, @Nullable RoomMembers members) {
    return members == null ? null : members.stats(room);
  }

  @Override
  public void writeData(ObjectDataOutput out) {}

  @Override
  public void readData(ObjectDataInput in) {}

  @Override
  public int getClassId() {
    return PresenceWire.STATS;
  }
}
