package io.stentor.transport;

import io.stentor.limits.Ticket;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one connection that are not answered yet, with the places of the clients that
 * they came from by a proxy. Whether one is answered is asked of its response now and then, since
 * every slot of Vert.x for a handler is the endpoint's. One event loop.
 */
final class Underway {

  private record Request(HttpServerResponse response, @Nullable Ticket place) {
    void end() {
      if (place != null) {
        place.giveBack();
      }
    }
  }

  private final List<Request> requests = new ArrayList<>(1);

  void add(HttpServerResponse response, @Nullable Ticket place) {
    forgetAnswered();
    requests.add(new Request(response, place));
  }

  /** Whether every request was answered, as far as the endpoint goes. */
  boolean isEmpty() {
    forgetAnswered();
    return requests.isEmpty();
  }

  private void forgetAnswered() {
    for (int i = requests.size() - 1; i >= 0; i--) {
      Request one = requests.get(i);
      if (one.response.ended() || one.response.closed()) {
        one.end();
        requests.remove(i);
      }
    }
  }

  /** The connection has ended, and all of them with it. */
  void endAll() {
    requests.forEach(Request::end);
    requests.clear();
  }
}
