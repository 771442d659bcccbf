package io.stentor.history;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Removes a log if it is still unused, and then its copy. */
final class ExpireProcessor
    implements EntryProcessor<String, RoomLog, @Nullable Void>,
        HazelcastInstanceAware,
        IdentifiedDataSerializable {

  private transient @Nullable HazelcastInstance hazelcast;
  private transient @Nullable ExpireProcessor forCopy;
  private boolean copy;

  @Override
  @SuppressWarnings("NullAway") // A null value removes the entry.
  public @Nullable Void process(Map.Entry<String, RoomLog> entry) {
    if (copy) {
      entry.setValue(null);
      return null;
    }
    RoomLog log = entry.getValue();
    HazelcastInstance node = hazelcast;
    if (log != null && node != null) {
      NodeContext context = NodeContext.of(node);
      if (log.isUnused(context.clock().getAsLong())) {
        context.epochs().removed(entry.getKey());
        entry.setValue(null);
        forCopy = new ExpireProcessor();
        forCopy.copy = true;
      }
    }
    return null;
  }

  @Override
  public @Nullable EntryProcessor<String, RoomLog, @Nullable Void> getBackupProcessor() {
    return forCopy;
  }

  @Override
  public void setHazelcastInstance(HazelcastInstance instance) {
    hazelcast = instance;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeBoolean(copy);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    copy = in.readBoolean();
  }

  @Override
  public int getFactoryId() {
    return WireTypes.FACTORY;
  }

  @Override
  public int getClassId() {
    return WireTypes.EXPIRE;
  }
}
