package io.stentor.presence;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Takes an {@link Announcement}. */
final class AnnounceProcessor extends RoomProcessor<MemberChange> {

  private Announcement said = Announcement.of(new UUID(0, 0), List.of(), List.of());
  private long newEpoch;

  AnnounceProcessor() {}

  /**
   * What to do.
   *
   * @param newEpoch for a room that nobody was in
   */
  AnnounceProcessor(Announcement said, long newEpoch) {
    this.said = said;
    this.newEpoch = newEpoch;
  }

  @Override
  public MemberChange process(Map.Entry<String, RoomMembers> entry) {
    RoomMembers present = entry.getValue();
    RoomMembers members = present != null ? present : new RoomMembers(newEpoch);
    MemberChange change = members.announce(said);
    if (present != null || !members.isEmpty()) {
      keep(entry, members);
    }
    return change;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    PresenceWire.write(said, out);
    out.writeLong(newEpoch);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    said = PresenceWire.readAnnouncement(in);
    newEpoch = in.readLong();
  }

  @Override
  public int getClassId() {
    return PresenceWire.ANNOUNCE;
  }
}
