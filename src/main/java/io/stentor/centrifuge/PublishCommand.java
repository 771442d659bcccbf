package io.stentor.centrifuge;

import io.stentor.config.RoomOptions;
import io.stentor.identity.Grants.Action;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonSource;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code publish}: says something in a room; answered when it is in the log. With our own field
 * {@code idempotency_key} it may be sent again and appears once; then the answer says where.
 */
final class PublishCommand implements Command {

  private final String channel;
  private final JsonFields fields;
  private final boolean stream;
  private final String key;

  /**
   * @param channel the room's name, not checked
   * @param fields with the data
   * @param stream whether it is of the only type of publication that there is here
   * @param key what the client calls it, not checked; empty for nothing
   */
  private PublishCommand(String channel, JsonFields fields, boolean stream, String key) {
    this.channel = channel;
    this.fields = fields;
    this.stream = stream;
    this.key = key;
  }

  static PublishCommand of(JsonFields fields) {
    boolean stream = fields.number("type") == 0 && !fields.has("key") && !fields.has("removed");
    String key = fields.text("idempotency_key");
    return new PublishCommand(Commands.channel(fields), fields, stream, key);
  }

  @Override
  public void apply(Session session, Answer answer) {
    if (!stream) {
      throw new Refusal(ErrorCode.NOT_AVAILABLE);
    }
    if (!fields.has("data")) {
      throw new Refusal(ErrorCode.BAD_REQUEST, "data is missing");
    }
    RoomName room = Commands.room(channel);
    Subscriptions subscriptions = session.subscriptions();
    Site site = session.site();
    if (!site.permissions().allow(subscriptions.identity(room), room, Action.PUBLISH)) {
      throw new Refusal(ErrorCode.PERMISSION_DENIED);
    }
    RoomOptions options = site.rooms().options(room);
    JsonSource data = data();
    if (data.bytes().length > options.maxMessageBytes()) {
      String limit = "data has at most " + options.maxMessageBytes() + " bytes here";
      throw new Refusal(ErrorCode.BAD_REQUEST, limit);
    }
    Publication publication =
        Publication.json(
            data, System.currentTimeMillis(), checkedKey(options), subscriptions.member(room));
    session.publisher().publish(room, publication, answer);
  }

  /** Null where there is none. */
  private @Nullable String checkedKey(RoomOptions options) {
    if (key.isEmpty()) {
      return null;
    }
    if (options.history().messages() == 0) {
      throw new Refusal(
          ErrorCode.BAD_REQUEST, "this room has no log, so it knows no idempotency key");
    }
    try {
      return Publication.checkedKey(key);
    } catch (IllegalArgumentException e) {
      throw new Refusal(ErrorCode.BAD_REQUEST, e.getMessage());
    }
  }

  private JsonSource data() {
    try {
      return Objects.requireNonNull(fields.json("data"));
    } catch (IllegalArgumentException e) {
      throw new Refusal(ErrorCode.BAD_REQUEST, "data: " + e.getMessage());
    }
  }
}
