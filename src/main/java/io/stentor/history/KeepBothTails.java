package io.stentor.history;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import com.hazelcast.spi.merge.SplitBrainMergeTypes.MapMergeTypes;
import org.jspecify.annotations.Nullable;

/**
 * What Hazelcast does with a log that both parts of a split cluster have: {@link MergedLogs}.
 * Hazelcast makes instances by name; they have no state.
 */
public final class KeepBothTails
    implements SplitBrainMergePolicy<RoomLog, MapMergeTypes<String, RoomLog>, RoomLog> {

  /** For Hazelcast. */
  public KeepBothTails() {}

  @Override
  public @Nullable RoomLog merge(
      MapMergeTypes<String, RoomLog> merging, @Nullable MapMergeTypes<String, RoomLog> existing) {
    RoomLog coming = value(merging);
    RoomLog present = existing == null ? null : value(existing);
    if (coming == null || present == null) {
      return present == null ? coming : present;
    }
    return MergedLogs.of(present, coming, Epoch.next());
  }

  private static @Nullable RoomLog value(MergingValue<RoomLog> merging) {
    return merging.getValue();
  }

  @Override
  public void writeData(ObjectDataOutput out) {}

  @Override
  public void readData(ObjectDataInput in) {}
}
