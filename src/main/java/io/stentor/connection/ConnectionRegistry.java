package io.stentor.connection;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The connections of one event loop, by user. Takes a reference and a number per connection, and
 * some 100 bytes per user. Belongs to this loop.
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

  /** No-op if the connection is not here. */
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

  /** Returns the connections of a user; a copy, so that they may end meanwhile. */
  public List<ControllableConnection> of(String user) {
    return List.copyOf(users.getOrDefault(user, List.of()));
  }

  /** Returns all users; a copy. The empty one stands for connections without a user. */
  public Set<String> users() {
    return Set.copyOf(users.keySet());
  }

  /** Returns all connections; a copy, so that they may end meanwhile. */
  public List<ControllableConnection> all() {
    List<ControllableConnection> all = new ArrayList<>(connections);
    users.values().forEach(all::addAll);
    return all;
  }

  public int connections() {
    return connections;
  }
}
