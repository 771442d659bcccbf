package io.stentor.connection;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The connections of one event loop by user. Costs a reference and a number for each connection,
 * and some 100 bytes for each name. Belongs to that loop.
 */
public final class ConnectionRegistry {

  /** A connection's place among those of its user. */
  public static final class Place {
    private int index = -1;
  }

  private final Map<String, List<ControllableConnection>> users = new HashMap<>();
  private int connections;

  /** Nobody yet. */
  public ConnectionRegistry() {}

  /** A connection can be found from now on. */
  public void add(ControllableConnection connection) {
    List<ControllableConnection> ofUser =
        users.computeIfAbsent(connection.user(), user -> new ArrayList<>(1));
    connection.place().index = ofUser.size();
    ofUser.add(connection);
    connections++;
  }

  /** A connection has ended. Once more, or of one that was never added, does no harm. */
  public void remove(ControllableConnection connection) {
    Place place = connection.place();
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

  /** The connections of a user; a copy, so that they may end meanwhile. */
  public List<ControllableConnection> of(String user) {
    return List.copyOf(users.getOrDefault(user, List.of()));
  }

  /** Everybody who is here; a copy. Nobody in particular counts as one. */
  public Set<String> users() {
    return Set.copyOf(users.keySet());
  }

  /** Every connection; a copy, so that they may end meanwhile. */
  public List<ControllableConnection> all() {
    List<ControllableConnection> all = new ArrayList<>(connections);
    users.values().forEach(all::addAll);
    return all;
  }

  /** How many connections there are. */
  public int connections() {
    return connections;
  }
}
