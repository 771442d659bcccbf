package io.stentor.websocket;

import io.stentor.http.HeadCheck;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which sub-protocol is spoken where (RFC 6455, section 4.2.2). */
final class SubProtocols {

  private static final String HEADER = "Sec-WebSocket-Protocol";

  private SubProtocols() {}

  /**
   * The one to speak.
   *
   * @param spoken best first
   * @return null when none of them was offered
   */
  static @Nullable String choose(HttpServerRequest request, List<String> spoken) {
    List<String> offered = HeadCheck.list(request.headers().getAll(HEADER));
    for (String one : spoken) {
      if (offered.contains(one)) {
        return one;
      }
    }
    return null;
  }
}
