package io.stentor.protocol.centrifuge.api;

import io.stentor.config.OwnRoom;
import io.stentor.message.JsonSource;
import io.stentor.message.RoomName;
import io.stentor.protocol.centrifuge.ErrorCode;
import io.stentor.protocol.centrifuge.Fields;
import io.stentor.protocol.centrifuge.Refusal;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** What many requests have in common. Any thread. */
final class Requests {

  private Requests() {}

  /**
   * The room that a request names.
   *
   * @throws Refusal where it names none
   */
  static RoomName room(Fields request) {
    return room(request.text("channel"));
  }

  /**
   * The room of this name.
   *
   * @throws Refusal where there can be none
   */
  static RoomName room(String name) {
    if (name.isEmpty()) {
      throw wrong("channel is missing");
    }
    if (OwnRoom.is(name)) {
      throw new Refusal(ErrorCode.PERMISSION_DENIED);
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
   * @throws Refusal where it is not JSON, with the reason
   */
  static @Nullable JsonSource json(Fields request, String name, String base64) {
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
  static @Nullable String source(Fields request, String name, String base64) {
    JsonSource source = json(request, name, base64);
    return source == null ? null : source.toString();
  }

  static Refusal wrong(String detail) {
    return new Refusal(ErrorCode.BAD_REQUEST, detail);
  }
}
