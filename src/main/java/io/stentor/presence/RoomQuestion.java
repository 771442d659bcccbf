package io.stentor.presence;

import com.hazelcast.core.ReadOnly;
import com.hazelcast.map.EntryProcessor;
import io.stentor.message.RoomName;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Something asked of one room where its members are kept. Changes nothing. */
abstract class RoomQuestion<R> extends RoomProcessor<R> implements ReadOnly {

  /** The answer; members are null where nobody is there. Null is no answer. */
  abstract @Nullable R answer(RoomName room, @Nullable RoomMembers members);

  @Override
  public @Nullable R process(Map.Entry<String, RoomMembers> entry) {
    return answer(new RoomName(entry.getKey()), entry.getValue());
  }

  @Override
  public @Nullable EntryProcessor<String, RoomMembers, @Nullable R> getBackupProcessor() {
    return null;
  }
}
