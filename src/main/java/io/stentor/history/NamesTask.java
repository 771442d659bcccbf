package io.stentor.history;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.map.IMap;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import com.hazelcast.query.Predicate;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Finds the first names among the logs that one node owns. Runs on a dedicated thread of that node.
 */
final class NamesTask
    implements Callable<String[]>, HazelcastInstanceAware, IdentifiedDataSerializable {

  /*
   * The predicate of a local query is called for every entry and matches none. So only the names
   * in FirstNames are collected, no value is copied, and no log counts as used.
   */

  private transient @Nullable HazelcastInstance hazelcast;
  private String prefix = "";
  private @Nullable String after;
  private int limit;

  NamesTask() {}

  NamesTask(String prefix, @Nullable String after, int limit) {
    this.prefix = prefix;
    this.after = after;
    this.limit = limit;
  }

  @Override
  public String[] call() {
    FirstNames names = new FirstNames(prefix, after, limit);
    IMap<String, RoomLog> logs = Objects.requireNonNull(hazelcast).getMap(ClusterHistory.MAP);
    logs.localKeySet(new EachName(names));
    return names.found().toArray(String[]::new);
  }

  /** A predicate that is used only locally and never serialised. */
  private static final class EachName implements Predicate<String, RoomLog> {
    private static final long serialVersionUID = 1;
    private final transient FirstNames names;

    EachName(FirstNames names) {
      this.names = names;
    }

    @Override
    public boolean apply(Map.Entry<String, RoomLog> entry) {
      names.add(entry.getKey());
      return false;
    }
  }

  @Override
  public void setHazelcastInstance(HazelcastInstance instance) {
    hazelcast = instance;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeString(prefix);
    out.writeString(after);
    out.writeInt(limit);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    prefix = Objects.requireNonNull(in.readString());
    after = in.readString();
    limit = in.readInt();
  }

  @Override
  public int getFactoryId() {
    return WireTypes.FACTORY;
  }

  @Override
  public int getClassId() {
    return WireTypes.NAMES;
  }
}
