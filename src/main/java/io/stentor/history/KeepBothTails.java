package io.stentor.history;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import org.jspecify.annotations.Nullable;

/**
 * Hazelcast merge policy for a log that exists in both parts of a split cluster; see {@link
 * MergedLogs}. Hazelcast creates instances by class name; they have no state.
 */
public final class KeepBothTails
    implements SplitBrainMergePolicy<RoomLog, MergingValue<RoomLog>, RoomLog> {

  /** Creates a policy. Called by Hazelcast. */
  public KeepBothTails() {}

  @Override
  public @Nullable RoomLog merge(
      MergingValue<RoomLog> merging, @Nullable MergingValue<RoomLog> existing) {
    RoomLog coming = merging.getValue();
    RoomLog present = existing == null ? null : existing.getValue();
    if (coming == null || present == null) {
      return present == null ? coming : present;
    }
    return MergedLogs.of(present, coming, Epochs.random());
  }

  @Override
  public void writeData(ObjectDataOutput out) {}

  @Override
  public void readData(ObjectDataInput in) {}
}
