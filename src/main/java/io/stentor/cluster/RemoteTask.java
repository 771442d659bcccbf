package io.stentor.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A task that is sent to the node on which it runs. Registered with {@link WireType#addTask}. */
public abstract class RemoteTask implements HazelcastInstanceAware {

  private transient @Nullable HazelcastInstance hazelcast;

  /** Writes the task in the form of a {@link WireVersion version}. */
  protected abstract void write(ObjectDataOutput out, int version) throws IOException;

  /** Reads what {@link #write} wrote. */
  protected abstract void read(ObjectDataInput in, int version) throws IOException;

  /** Returns the instance of the node that runs the task; null in a test without a node. */
  protected final @Nullable HazelcastInstance hazelcast() {
    return hazelcast;
  }

  @Override
  public final void setHazelcastInstance(HazelcastInstance instance) {
    hazelcast = instance;
  }
}
