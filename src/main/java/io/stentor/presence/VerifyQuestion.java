package io.stentor.presence;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.stentor.message.RoomName;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Whether a room has of a node's members what the node has. No answer where it has; see {@link
 * Register#verify}.
 */
final class VerifyQuestion extends RoomQuestion<Boolean> {

  private UUID node = new UUID(0, 0);
  private final Map<String, Long> digests = new HashMap<>();

  VerifyQuestion() {}

  VerifyQuestion(UUID node, Map<RoomName, Long> digests) {
    this.node = node;
    digests.forEach((room, digest) -> this.digests.put(room.value(), digest));
  }

  @Override
  @Nullable Boolean answer(RoomName room, @Nullable RoomMembers members) {
    long digest = members == null ? 0 : members.digestOf(node);
    Long expected = digests.get(room.value());
    boolean same = expected == null || expected == digest;
    return same ? null : false;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    PresenceWire.write(node, out);
    out.writeInt(digests.size());
    for (Map.Entry<String, Long> digest : digests.entrySet()) {
      out.writeString(digest.getKey());
      out.writeLong(digest.getValue());
    }
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    node = PresenceWire.readUuid(in);
    for (int count = in.readInt(); count > 0; count--) {
      digests.put(PresenceWire.readText(in), in.readLong());
    }
  }

  @Override
  public int getClassId() {
    return PresenceWire.VERIFY;
  }
}
