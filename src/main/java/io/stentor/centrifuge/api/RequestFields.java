package io.stentor.centrifuge.api;

import io.stentor.centrifuge.codec.CommandError;
import io.stentor.centrifuge.codec.CommandError.ErrorCode;
import io.stentor.config.BuiltInRooms;
import io.stentor.json.InvalidJson;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonSource;
import io.stentor.message.RoomName;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Fields that many requests have. Any thread. */
final class RequestFields {

  private RequestFields() {}

  /**
   * Reads {@code channel}.
   *
   * @throws CommandError if it is missing or invalid
   */
  static RoomName room(JsonFields request) {
    return room(request.text("channel"));
  }

  /**
   * Returns the room of this name.
   *
   * @throws CommandError if it is missing, invalid or reserved
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
   * Reads a JSON value; null if there is none.
   *
   * @param base64 the name of the field that has it in Base64 instead
   * @throws CommandError with the reason if it is invalid JSON
   */
  static @Nullable JsonSource json(JsonFields request, String name, String base64) {
    byte[] decoded = base64(request, base64);
    return decoded == null ? json(request, name) : json(base64, decoded);
  }

  /**
   * Reads a JSON value; null if there is none.
   *
   * @throws CommandError with the reason if it is invalid JSON
   */
  static @Nullable JsonSource json(JsonFields request, String name) {
    try {
      return request.json(name);
    } catch (IllegalArgumentException e) {
      throw wrong(name + ": " + e.getMessage());
    }
  }

  /**
   * Returns the JSON in the value of a field.
   *
   * @throws CommandError with the reason if it is invalid JSON
   */
  static JsonSource json(String name, byte[] value) {
    try {
      return JsonSource.of(value);
    } catch (IllegalArgumentException e) {
      throw wrong(name + ": " + e.getMessage());
    }
  }

  /**
   * Reads bytes in Base64; null if there are none.
   *
   * @throws CommandError with the reason if it is not Base64
   */
  static byte @Nullable [] base64(JsonFields request, String name) {
    String encoded = request.text(name);
    try {
      return encoded.isEmpty() ? null : Base64.getDecoder().decode(encoded);
    } catch (IllegalArgumentException e) {
      throw wrong(name + ": " + e.getMessage());
    }
  }

  /** Reads a JSON value as a string; null if there is none. */
  static @Nullable String source(JsonFields request, String name, String base64) {
    JsonSource source = json(request, name, base64);
    return source == null ? null : source.toString();
  }

  /** The error for a value of another type. */
  static CommandError wrong(InvalidJson invalid) {
    return wrong("bad request: " + invalid.getMessage());
  }

  static CommandError wrong(String detail) {
    return new CommandError(ErrorCode.BAD_REQUEST, detail);
  }
}
