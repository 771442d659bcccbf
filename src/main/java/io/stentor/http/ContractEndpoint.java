package io.stentor.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;

/** {@code GET /openapi.yaml}. */
public final class ContractEndpoint implements Handler<RoutingContext> {
  private final Contract contract;

  public ContractEndpoint(Contract contract) {
    this.contract = contract;
  }

  @Override
  public void handle(RoutingContext ctx) {
    SecurityHeaders.put(ctx.response());
    ctx.response()
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/yaml")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
        .end(contract.source());
  }
}
