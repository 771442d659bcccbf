package io.stentor.centrifuge;

import io.stentor.centrifuge.CommandError.ErrorCode;
import io.stentor.config.RoomOptions;
import io.stentor.http.LoopContext;
import io.stentor.identity.Grants.Action;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonSource;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code publish}: publishes to a room; the reply is sent when the publication is in the log. With
 * the additional field {@code idempotency_key} a repeated publish appears once, and the reply
 * contains the position.
 */
final class PublishCommand implements Command {

  private final String channel;
  private final JsonFields fields;
  private final boolean stream;
  private final String key;

  /**
   * Creates a command.
   *
   * @param channel unchecked name of the room
   * @param fields the request, which contains the data
   * @param stream whether the type of publication is the supported one
   * @param key unchecked idempotency key; empty for none
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
    return new PublishCommand(Command.channel(fields), fields, stream, key);
  }

  @Override
  public void apply(Session session, ReplyHandle reply) {
    if (!stream) {
      throw new CommandError(ErrorCode.NOT_AVAILABLE);
    }
    if (!fields.has("data")) {
      throw new CommandError(ErrorCode.BAD_REQUEST, "data is missing");
    }
    RoomName room = Command.room(channel);
    Subscriptions subscriptions = session.subscriptions();
    LoopContext loop = session.loop();
    if (!loop.permissions().allow(subscriptions.identity(room), room, Action.PUBLISH)) {
      throw new CommandError(ErrorCode.PERMISSION_DENIED);
    }
    RoomOptions options = loop.rooms().options(room);
    JsonSource data = data();
    if (data.bytes().length > options.maxMessageBytes()) {
      String limit = "data has at most " + options.maxMessageBytes() + " bytes here";
      throw new CommandError(ErrorCode.BAD_REQUEST, limit);
    }
    Publication publication =
        Publication.json(
            data, System.currentTimeMillis(), checkedKey(options), subscriptions.member(room));
    session.publishes().publish(room, publication, reply);
  }

  private @Nullable String checkedKey(RoomOptions options) {
    if (key.isEmpty()) {
      return null;
    }
    if (options.history().messages() == 0) {
      throw new CommandError(
          ErrorCode.BAD_REQUEST, "this room has no log, so it knows no idempotency key");
    }
    try {
      return Publication.checkedKey(key);
    } catch (IllegalArgumentException e) {
      throw new CommandError(ErrorCode.BAD_REQUEST, e.getMessage());
    }
  }

  private JsonSource data() {
    try {
      return Objects.requireNonNull(fields.json("data"));
    } catch (IllegalArgumentException e) {
      throw new CommandError(ErrorCode.BAD_REQUEST, "data: " + e.getMessage());
    }
  }
}
