package io.stentor.demo;

import io.vertx.core.json.JsonObject;

/**
 * One update. It says everything there is to know of its symbol, so whoever hears only the newest
 * one has missed nothing.
 *
 * @param symbol what is traded
 * @param open price at which the market opened
 * @param price of this trade, in whole cents
 * @param volume how many were traded
 */
record Quote(String symbol, double open, double price, int volume) {

  /** What stands before a symbol in the name of its room. */
  static final String PREFIX = "quotes:";

  /** The room of a symbol. */
  static String room(String symbol) {
    return PREFIX + symbol;
  }

  /** The message as an entry of a batch. */
  JsonObject entry(long timeMillis) {
    JsonObject data =
        new JsonObject()
            .put("price", price)
            .put("open", open)
            .put("volume", volume)
            .put("time", timeMillis);
    return new JsonObject().put("room", room(symbol)).put("data", data);
  }
}
