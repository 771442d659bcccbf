package io.stentor.centrifuge.transport;

import io.stentor.support.NodeInProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;

/** Nodes for connections of the Centrifuge protocol. */
final class CentrifugeNodes {

  private CentrifugeNodes() {}

  /**
   * Starts a node where slow consumers of rooms {@code slow*} are closed soon.
   *
   * @param pingSeconds interval of pings, which must be answered within a second; 0 for none
   * @param more further options
   */
  static NodeInProcess start(int pingSeconds, JsonObject more) throws IOException {
    JsonObject pings =
        new JsonObject().put("pingIntervalSeconds", pingSeconds).put("pongTimeoutSeconds", 1);
    JsonObject slow = new JsonObject().put("match", "slow*").put("tailBytes", 200_000);
    JsonArray rooms = new JsonArray().add(slow).addAll(more.getJsonArray("rooms", new JsonArray()));
    return NodeInProcess.start(more.copy().put("webSocket", pings).put("rooms", rooms));
  }
}
