package io.stentor.torture;

import io.stentor.torture.Event.Told;
import io.vertx.core.json.JsonObject;

/** How the sub-protocol {@code stentor.cursor} looks to a client. */
final class Wire {
  /** Name of the sub-protocol. */
  static final String CURSOR = "stentor.cursor";

  private Wire() {}

  /**
   * Reads one text frame: {@code epoch:offset}, a newline and the text; or a control line, a JSON
   * object that tells where the client stands.
   */
  static Event read(String frame) {
    if (frame.startsWith("{")) {
      JsonObject line = new JsonObject(frame);
      return new Event.Placed(told(line), Place.parse(line.getString("position")));
    }
    int newline = frame.indexOf('\n');
    Place at = Place.parse(frame.substring(0, newline));
    return new Event.Heard(at, frame.substring(newline + 1), System.nanoTime());
  }

  private static Told told(JsonObject line) {
    Boolean recovered = line.getBoolean("recovered");
    if (line.containsKey("skipped") || Boolean.FALSE.equals(recovered)) {
      return Told.LOST;
    }
    return recovered == null ? Told.JOINED : Told.RECOVERED;
  }
}
