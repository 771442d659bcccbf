package io.stentor.transport;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which sub-protocol is spoken where (RFC 6455, section 4.2.2): Vert.x knows one list for the whole
 * server.
 */
final class SubProtocols {

  private static final String HEADER = "Sec-WebSocket-Protocol";

  private SubProtocols() {}

  /**
   * Leaves of what the client offers only the first that is spoken here, so that it is the one that
   * is agreed on.
   *
   * @param spoken best first
   * @return null when none of them was offered
   */
  static @Nullable String choose(HttpServerRequest request, List<String> spoken) {
    MultiMap headers = request.headers();
    List<String> offered =
        headers.getAll(HEADER).stream()
            .flatMap(line -> Arrays.stream(line.split(",")))
            .map(String::strip)
            .toList();
    for (String one : spoken) {
      if (offered.contains(one)) {
        headers.set(HEADER, one);
        return one;
      }
    }
    headers.remove(HEADER);
    return null;
  }
}
