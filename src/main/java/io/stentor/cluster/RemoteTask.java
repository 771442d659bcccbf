package io.stentor.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import org.jspecify.annotations.Nullable;

/**
 * A task that is sent to the node on which it runs. The numbers of its factory and type are part of
 * the wire format between nodes of different versions.
 */
public abstract class RemoteTask implements HazelcastInstanceAware, IdentifiedDataSerializable {

  private final transient int factory;
  private final transient int type;
  private transient @Nullable HazelcastInstance hazelcast;

  protected RemoteTask(int factory, int type) {
    this.factory = factory;
    this.type = type;
  }

  /** Returns the instance of the node that runs the task; null in a test without a node. */
  protected final @Nullable HazelcastInstance hazelcast() {
    return hazelcast;
  }

  @Override
  public final void setHazelcastInstance(HazelcastInstance instance) {
    hazelcast = instance;
  }

  @Override
  public final int getFactoryId() {
    return factory;
  }

  @Override
  public final int getClassId() {
    return type;
  }
}
