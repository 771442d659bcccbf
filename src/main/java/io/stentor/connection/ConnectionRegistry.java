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

  private final Map<String, List<ControllableConnection>> users = new HashMap<>();
  private int connections;

  public void add(ControllableConnection connection) {
    List<ControllableConnection> ofUser =
        users.computeIfAbsent(connection.user(), user -> new ArrayList<>(1));
    connection.place().index = ofUser.size();
    ofUser.add(connection);
    connections++;
  }

  /** Removes a connection. No-op if it is not registered. */
  public void remove(ControllableConnection connection) {
    ControllableConnection.Place place = connection.place();
    List<ControllableConnection> ofUser = users.get(connection.user());
    if (place.index < 0 || ofUser == null) {
      return;
    }
    ControllableConnection last = ofUser.remove(ofUser.size() - 1);
    if (last != connection) {
      ofUser.set(place.index, last);
      last.place().index = place.index;
    }
    place.index = -1;
    connections--;
    if (ofUser.isEmpty()) {
      users.remove(connection.user());
    }
  }

  /** Returns a copy of a user's connections, so that connections may end during iteration. */
  public List<ControllableConnection> of(String user) {
    return List.copyOf(users.getOrDefault(user, List.of()));
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
    users.values().forEach(all::addAll);
    return all;
  }

  public int connections() {
    return connections;
  }
}
