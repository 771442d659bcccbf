package io.stentor.presence;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something done to one room where its members are kept, and then to their copy. Runs on the thread
 * of the room's partition, so nobody else touches them meanwhile.
 */
abstract class RoomProcessor<R>
    implements EntryProcessor<String, RoomMembers, @Nullable R>, IdentifiedDataSerializable {

  /** The copy does the same again. */
  @Override
  public @Nullable EntryProcessor<String, RoomMembers, @Nullable R> getBackupProcessor() {
    return this;
  }

  /** Keeps the members, or nothing where nobody is left. */
  @SuppressWarnings("NullAway") // Null removes an entry.
  static void keep(Map.Entry<String, RoomMembers> entry, RoomMembers members) {
    entry.setValue(members.isEmpty() ? null : members);
  }

  @Override
  public int getFactoryId() {
    return PresenceWire.FACTORY;
  }
}
