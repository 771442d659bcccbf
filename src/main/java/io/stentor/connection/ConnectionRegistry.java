package io.stentor.connection;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The connections of one event loop, by user. Uses a reference and an index per connection, and
 * about 100 bytes per user. Confined to this loop.
 */
public final class ConnectionRegistry {

  private final Map<String, SwapRemoveList<ControllableConnection>> users = new HashMap<>();
  private int connections;

  public void add(ControllableConnection connection) {
    users.computeIfAbsent(connection.user(), user -> new SwapRemoveList<>(1)).add(connection);
    connections++;
  }

  /** Removes a connection. No-op if it is not registered. */
  public void remove(ControllableConnection connection) {
    if (SwapRemoveList.remove(connection)) {
      connections--;
      users.computeIfPresent(connection.user(), (user, all) -> all.isEmpty() ? null : all);
    }
  }

  /** Returns a copy of a user's connections, so that connections may end during iteration. */
  public List<ControllableConnection> of(String user) {
    SwapRemoveList<ControllableConnection> ofUser = users.get(user);
    return ofUser == null ? List.of() : ofUser.copy();
  }

  /**
   * Returns a copy of the set of all users. The empty user stands for connections without a user.
   */
  public Set<String> users() {
    return Set.copyOf(users.keySet());
  }

  /** Returns a copy of all connections, so that connections may end during iteration. */
  public List<ControllableConnection> all() {
    List<ControllableConnection> all = new ArrayList<>(connections);
    users.values().forEach(ofUser -> ofUser.forEach(all::add));
    return all;
  }

  public int connections() {
    return connections;
  }
}
