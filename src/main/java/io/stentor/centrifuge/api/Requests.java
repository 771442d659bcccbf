package io.stentor.centrifuge.api;

import io.stentor.centrifuge.CommandError;
import io.stentor.centrifuge.ErrorCode;
import io.stentor.config.BuiltInRooms;
import io.stentor.json.InvalidJson;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonSource;
import io.stentor.message.RoomName;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** What many requests have in common. Any thread. */
final class Requests {

  private Requests() {}

  /**
   * The room that a request names.
   *
   * @throws CommandError where it names none
   */
  static RoomName room(JsonFields request) {
    return room(request.text("channel"));
  }

  /**
   * The room of this name.
   *
   * @throws CommandError where there can be none
   */
  static RoomName room(String name) {
    if (name.isEmpty()) {
      throw wrong("channel is missing");
    }
    if (BuiltInRooms.isConsole(name)) {
      throw new CommandError(ErrorCode.PERMISSION_DENIED);
    }
    try {
      return new RoomName(name);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  /**
   * A JSON value; null where there is none.
   *
   * @param base64 the other name, under which it may stand in Base64
   * @throws CommandError where it is not JSON, with the reason
   */
  static @Nullable JsonSource json(JsonFields request, String name, String base64) {
    String encoded = request.text(base64);
    try {
      return encoded.isEmpty()
          ? request.json(name)
          : JsonSource.of(Base64.getDecoder().decode(encoded));
    } catch (IllegalArgumentException e) {
      throw wrong((encoded.isEmpty() ? name : base64) + ": " + e.getMessage());
    }
  }

  /** The same as a string. */
  static @Nullable String source(JsonFields request, String name, String base64) {
    JsonSource source = json(request, name, base64);
    return source == null ? null : source.toString();
  }

  /** A refusal of a request with a value of another type. */
  static CommandError wrong(InvalidJson invalid) {
    return wrong("bad request: " + invalid.getMessage());
  }

  static CommandError wrong(String detail) {
    return new CommandError(ErrorCode.BAD_REQUEST, detail);
  }
}
