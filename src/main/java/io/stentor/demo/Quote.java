package io.stentor.demo;

import io.vertx.core.json.JsonObject;

/**
 * A trade of one symbol. Contains the complete state of the symbol, so a client needs only the
 * newest one.
 *
 * @param open the opening price
 * @param low the lowest price since the opening
 * @param high the highest price since the opening
 * @param price of this trade, a whole number of cents
 * @param volume number traded
 */
record Quote(String symbol, double open, double low, double high, double price, int volume) {

  /** Prefix of the rooms; the symbol follows. */
  static final String PREFIX = "quotes:";

  static String room(String symbol) {
    return PREFIX + symbol;
  }

  /** Returns the message as an entry of a batch request. */
  JsonObject entry(long timeMillis) {
    JsonObject data =
        new JsonObject()
            .put("price", price)
            .put("open", open)
            .put("low", low)
            .put("high", high)
            .put("volume", volume)
            .put("time", timeMillis);
    return new JsonObject().put("room", room(symbol)).put("data", data);
  }
}
