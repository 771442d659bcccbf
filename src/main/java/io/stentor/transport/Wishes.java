package io.stentor.transport;

import io.stentor.message.Member;
import io.vertx.core.http.HttpServerRequest;

/**
 * What a client of the Centrifuge protocol asks for by its request, before it says anything.
 *
 * @param name what it calls itself; empty for nothing
 * @param time whether it wants to know when a publication was taken
 */
record Wishes(String name, boolean time) {

  /**
   * What the parameters of a request say.
   *
   * @throws Refusal where the name cannot be one
   */
  static Wishes of(HttpServerRequest request) {
    String name = request.getParam("name");
    try {
      String checked = name == null ? "" : Member.checkedName(name);
      return new Wishes(checked, "true".equals(request.getParam("time")));
    } catch (IllegalArgumentException e) {
      throw Refusal.of(ProblemType.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
  }
}
