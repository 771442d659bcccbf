package io.stentor.centrifuge.transport;

import io.stentor.http.ProblemType;
import io.stentor.http.RequestRefused;
import io.stentor.message.Member;
import io.vertx.core.http.HttpServerRequest;

/**
 * The query parameters of a request that opens a Centrifuge connection.
 *
 * @param name the client's self-chosen name; empty for none
 * @param time whether publications should carry the time at which they were accepted
 */
public record ConnectParameters(String name, boolean time) {

  /**
   * Reads the parameters of a request.
   *
   * @throws RequestRefused if the name is invalid
   */
  public static ConnectParameters of(HttpServerRequest request) {
    String name = request.getParam("name");
    try {
      String checked = name == null ? "" : Member.checkedName(name);
      return new ConnectParameters(checked, "true".equals(request.getParam("time")));
    } catch (IllegalArgumentException e) {
      throw RequestRefused.of(ProblemType.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
  }
}
