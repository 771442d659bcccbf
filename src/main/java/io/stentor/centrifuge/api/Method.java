package io.stentor.centrifuge.api;

import io.stentor.json.JsonFields;
import io.stentor.json.JsonWriter;
import io.vertx.core.Future;

/** One thing that servers can ask for. Any thread. */
interface Method {

  /**
   * Does it.
   *
   * @return the result, one object; fails with a {@link io.stentor.centrifuge.CommandError}
   * @throws io.stentor.centrifuge.CommandError where it is not done
   * @throws io.stentor.json.InvalidJson where a value has the wrong type
   */
  Future<JsonWriter> call(JsonFields request);
}
