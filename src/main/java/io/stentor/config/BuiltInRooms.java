package io.stentor.config;

import io.stentor.config.RoomOptions.History;
import io.stentor.config.RoomOptions.SlowConsumer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/**
 * The rooms that Stentor itself publishes in: the console's, in which the nodes report their
 * figures, and those of the demo's market. Any thread.
 */
public final class BuiltInRooms {

  /** Name of the console's room, which no other room can have. */
  public static final String CONSOLE = ".stentor";

  private static final int CONSOLE_MESSAGE_BYTES = 16 * 1024;
  private static final int CONSOLE_QUEUE_BYTES = 256 * 1024;

  /** Holds ten minutes of the reports of six nodes, and less with more nodes. */
  private static final History CONSOLE_HISTORY = new History(6000, 3 * 1024 * 1024, 600);

  /** Only holders of an admin key may read the room, and only the nodes publish there. */
  static final RoomOptions CONSOLE_OPTIONS =
      RoomOptions.forServers(
          CONSOLE_HISTORY, SlowConsumer.LATEST, CONSOLE_QUEUE_BYTES, CONSOLE_MESSAGE_BYTES);

  /*
   * Each price replaces the one before it, so a slow page soon continues with the newest: 2 KiB
   * are about a dozen prices, and half of that for connections with deltas. The log keeps a minute of prices, the width of the page's chart, at
   * the market's default speed. The rule sets every limit that must be at least as large as another
   * one, so that it is valid with any roomDefaults.
   */
  private static final String DEMO_RULE =
      """
      {"match": "quotes:*",
       "history": {"messages": 600, "bytes": 131072},
       "transform": "none",
       "slowConsumer": "latest",
       "tailBytes": 2048,
       "appendQueueBytes": 65536,
       "maxMessageBytes": 1024,
       "allowDelta": true,
       "presence": false,
       "publish": "server"}
      """;

  private BuiltInRooms() {}

  /**
   * Returns whether this is the name of the console's room, to which no configured rule applies.
   */
  public static boolean isConsole(String room) {
    return room.equals(CONSOLE);
  }

  /** Adds the rule for the demo's rooms after all others if the demo is enabled. */
  static void addDemoRule(JsonObject effective) {
    if (effective.getJsonObject("demo").getBoolean("enabled")) {
      JsonArray rules = effective.getJsonArray("rooms").copy();
      effective.put("rooms", rules.add(new JsonObject(DEMO_RULE)));
    }
  }
}
