package io.stentor.centrifuge.api;

import io.stentor.centrifuge.CommandError;
import io.stentor.centrifuge.ErrorCode;
import io.stentor.config.RoomOptions;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonSource;
import io.stentor.message.Publication;
import org.jspecify.annotations.Nullable;

/** What a server publishes, in one room or in many. Immutable; any thread. */
final class Message {

  private final JsonSource data;
  private final @Nullable String key;
  private final boolean skipsHistory;

  private Message(JsonSource data, @Nullable String key, boolean skipsHistory) {
    this.data = data;
    this.key = key;
    this.skipsHistory = skipsHistory;
  }

  /**
   * The message of a request. {@code delta} asks for nothing that a client could notice, and is not
   * looked at.
   *
   * @throws CommandError where there is none, or something is asked for that is not done here
   */
  static Message of(JsonFields request) {
    JsonSource data = Requests.json(request, "data", "b64data");
    if (data == null) {
      throw Requests.wrong("data is missing");
    }
    JsonFields tags = request.object("tags");
    if (tags != null && !tags.isEmpty()) {
      throw new CommandError(ErrorCode.NOT_AVAILABLE, "publications have no tags here");
    }
    if (request.unsigned("version") != 0 || !request.text("version_epoch").isEmpty()) {
      throw new CommandError(ErrorCode.NOT_AVAILABLE, "publications have no versions here");
    }
    return new Message(data, key(request), request.flag("skip_history"));
  }

  private static @Nullable String key(JsonFields request) {
    String key = request.text("idempotency_key");
    try {
      return key.isEmpty() ? null : Publication.checkedKey(key);
    } catch (IllegalArgumentException e) {
      throw Requests.wrong(String.valueOf(e.getMessage()));
    }
  }

  /**
   * The publication of this message in a room.
   *
   * @throws CommandError where the room does not take it
   */
  Publication in(RoomOptions room) {
    boolean logged = room.history().messages() > 0;
    if (data.bytes().length > room.maxMessageBytes()) {
      throw Requests.wrong("data has at most " + room.maxMessageBytes() + " bytes here");
    }
    if (key != null && !logged) {
      throw new CommandError(
          ErrorCode.NOT_AVAILABLE, "this room keeps no log, so it knows no idempotency keys");
    }
    if (skipsHistory && logged) {
      throw new CommandError(
          ErrorCode.NOT_AVAILABLE, "every publication of this room goes through its log");
    }
    return Publication.json(data, System.currentTimeMillis(), key, null);
  }
}
