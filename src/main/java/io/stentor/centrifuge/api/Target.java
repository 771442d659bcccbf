package io.stentor.centrifuge.api;

import io.stentor.connection.ControllableConnection;
import io.stentor.json.JsonFields;

/**
 * Which connections an order is for. Immutable; any thread.
 *
 * @param user all of this user; the empty one is everybody who is nobody in particular
 * @param client only the connection of this name; empty for all
 * @param session only the client with this session; empty for all
 */
record Target(String user, String client, String session) {

  static Target of(JsonFields request) {
    if (!request.has("user")) {
      throw Requests.wrong("user is missing; for those without a name it is \"\"");
    }
    return new Target(request.text("user"), request.text("client"), request.text("session"));
  }

  boolean isMet(ControllableConnection connection) {
    return (client.isEmpty() || client.equals(connection.connection()))
        && (session.isEmpty() || session.equals(connection.session()));
  }
}
