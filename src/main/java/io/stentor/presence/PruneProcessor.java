package io.stentor.presence;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Takes out the members of nodes that are gone. No answer where there were none. */
final class PruneProcessor extends RoomProcessor<MemberChange> {

  private final Set<UUID> alive = new HashSet<>();

  PruneProcessor() {}

  PruneProcessor(Set<UUID> alive) {
    this.alive.addAll(alive);
  }

  @Override
  public @Nullable MemberChange process(Map.Entry<String, RoomMembers> entry) {
    RoomMembers members = entry.getValue();
    if (members == null || !members.hasOthersThan(alive)) {
      return null;
    }
    MemberChange change = members.keepOnly(alive);
    keep(entry, members);
    return change;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeInt(alive.size());
    for (UUID node : alive) {
      PresenceWire.write(node, out);
    }
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    for (int count = in.readInt(); count > 0; count--) {
      alive.add(PresenceWire.readUuid(in));
    }
  }

  @Override
  public int getClassId() {
    return PresenceWire.PRUNE;
  }
}
