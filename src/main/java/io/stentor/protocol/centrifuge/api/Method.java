package io.stentor.protocol.centrifuge.api;

import io.stentor.protocol.centrifuge.Fields;
import io.stentor.protocol.centrifuge.JsonLine;
import io.vertx.core.Future;

/** One thing that servers can ask for. Any thread. */
interface Method {

  /**
   * Does it.
   *
   * @return the result, one object; fails with a {@link io.stentor.protocol.centrifuge.Refusal}
   * @throws io.stentor.protocol.centrifuge.Refusal where it is not done
   * @throws io.stentor.protocol.centrifuge.Disconnect where a value has the wrong type
   */
  Future<JsonLine> call(Fields request);
}
