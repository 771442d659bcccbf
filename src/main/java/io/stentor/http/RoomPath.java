package io.stentor.http;

import io.stentor.message.RoomName;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;

/** Decodes and encodes room names in paths. */
public final class RoomPath {
  private static final String PLAIN =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:@+";

  private RoomPath() {}

  /**
   * The room of a path such as {@code /rooms/:room/…}.
   *
   * @throws RequestRefused if the name is invalid
   */
  public static RoomName of(RoutingContext ctx) {
    return name(String.valueOf(ctx.pathParam("room")));
  }

  /**
   * Parses a room name.
   *
   * @throws RequestRefused if it is invalid
   */
  public static RoomName name(String text) {
    try {
      return new RoomName(text);
    } catch (IllegalArgumentException e) {
      throw RequestRefused.of(ProblemType.INVALID_ROOM, String.valueOf(e.getMessage()));
    }
  }

  /** Encodes the name as one path segment (RFC 3986, section 3.3). */
  static String encoded(RoomName room) {
    if (room.value().chars().allMatch(one -> PLAIN.indexOf(one) >= 0)) {
      return room.value();
    }
    StringBuilder path = new StringBuilder();
    for (byte one : room.value().getBytes(StandardCharsets.UTF_8)) {
      if (one > 0 && PLAIN.indexOf(one) >= 0) {
        path.append((char) one);
      } else {
        path.append(String.format("%%%02X", one & 0xff));
      }
    }
    return path.toString();
  }
}
