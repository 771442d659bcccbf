package io.stentor.centrifuge;

import io.stentor.centrifuge.codec.CommandError;
import io.stentor.centrifuge.codec.CommandError.ErrorCode;
import io.stentor.config.RoomOptions;
import io.stentor.http.LoopContext;
import io.stentor.identity.Grants.Action;
import io.stentor.json.Fields;
import io.stentor.json.JsonSource;
import io.stentor.message.Member;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code publish}: publishes to a room; the reply is sent when the publication is in the log. With
 * the additional field {@code idempotency_key} a repeated publish appears once, and the reply
 * contains the position.
 */
final class PublishCommand implements Command {

  private final String channel;
  private final Fields fields;
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
  private PublishCommand(String channel, Fields fields, boolean stream, String key) {
    this.channel = channel;
    this.fields = fields;
    this.stream = stream;
    this.key = key;
  }

  static PublishCommand of(Fields fields) {
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
    boolean anyBytes = options.allowBinary() && session.writer().format().carriesBytes();
    Publication publication =
        publication(anyBytes, checkedKey(options), subscriptions.member(room));
    if (publication.bytes() > options.maxMessageBytes()) {
      String limit = "data has at most " + options.maxMessageBytes() + " bytes here";
      throw new CommandError(ErrorCode.BAD_REQUEST, limit);
    }
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

  /**
   * Returns the publication of the data.
   *
   * @param anyBytes whether data that is no JSON, or would not be delivered byte for byte as JSON,
   *     is binary content
   */
  private Publication publication(boolean anyBytes, @Nullable String checked, Member from) {
    byte[] data = Objects.requireNonNull(fields.slice("data"));
    long now = System.currentTimeMillis();
    try {
      JsonSource json = JsonSource.of(data);
      if (!anyBytes || Arrays.equals(json.bytes(), data)) {
        return Publication.json(json, now, checked, from);
      }
    } catch (IllegalArgumentException e) {
      if (!anyBytes) {
        throw new CommandError(ErrorCode.BAD_REQUEST, "data: " + e.getMessage());
      }
    }
    return Publication.binary(data, now, checked, from);
  }
}
