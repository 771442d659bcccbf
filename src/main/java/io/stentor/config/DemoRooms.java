package io.stentor.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/**
 * How the rooms of the demo's market are set, where no rule of the configuration says otherwise.
 */
final class DemoRooms {

  /*
   * Each price says all that there is to know of its symbol, so a slow page goes on with the newest
   * one, soon: 16 KiB are some hundred prices. Every limit that has to be at least as large as
   * another is given, so that the rule is good whatever roomDefaults are.
   */
  private static final String RULE =
      """
      {"match": "quotes:*",
       "history": {"messages": 300, "bytes": 65536},
       "transform": "none",
       "slowConsumer": "latest",
       "tailBytes": 16384,
       "appendQueueBytes": 65536,
       "maxMessageBytes": 1024,
       "presence": false,
       "publish": "server"}
      """;

  private DemoRooms() {}

  /** Adds the rule behind all others, where the demo is on. */
  static void addRule(JsonObject effective) {
    if (effective.getJsonObject("demo").getBoolean("enabled")) {
      JsonArray rules = effective.getJsonArray("rooms").copy();
      effective.put("rooms", rules.add(new JsonObject(RULE)));
    }
  }
}
