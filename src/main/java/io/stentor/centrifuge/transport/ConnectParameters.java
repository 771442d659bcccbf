package io.stentor.centrifuge.transport;

import io.stentor.http.ProblemType;
import io.stentor.http.RequestRefused;
import io.stentor.message.Member;
import io.vertx.core.http.HttpServerRequest;

/**
 * What a client of the Centrifuge protocol asks for by its request, before it says anything.
 *
 * @param name what it calls itself; empty for nothing
 * @param time whether it wants to know when a publication was taken
 */
public record ConnectParameters(String name, boolean time) {

  /**
   * What the parameters of a request say.
   *
   * @throws RequestRefused where the name cannot be one
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
