package io.stentor.protocol.centrifuge;

import io.stentor.identity.Permissions.Action;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import org.jspecify.annotations.Nullable;

/** {@code publish}: says something in a room; answered when it is in the log. */
final class PublishCommand implements Command {

  private final String channel;
  private final byte @Nullable [] data;
  private final boolean stream;

  /**
   * @param channel the room's name, not checked
   * @param data JSON source on one line; null where there is none
   * @param stream whether it is of the only type of publication that there is here
   */
  private PublishCommand(String channel, byte @Nullable [] data, boolean stream) {
    this.channel = channel;
    this.data = data;
    this.stream = stream;
  }

  static PublishCommand of(Fields fields) {
    boolean stream = fields.number("type") == 0 && !fields.has("key") && !fields.has("removed");
    return new PublishCommand(Commands.channel(fields), fields.raw("data"), stream);
  }

  @Override
  public void apply(Session session, Answer answer) {
    if (!stream) {
      throw new Refusal(ErrorCode.NOT_AVAILABLE);
    }
    if (data == null) {
      throw new Refusal(ErrorCode.BAD_REQUEST, "data is missing");
    }
    RoomName room = Commands.room(channel);
    Subscriptions subscriptions = session.subscriptions();
    Site site = session.site();
    if (!site.permissions().allow(subscriptions.identity(room), room, Action.PUBLISH)) {
      throw new Refusal(ErrorCode.PERMISSION_DENIED);
    }
    int maxBytes = site.rooms().options(room).maxMessageBytes();
    if (data.length > maxBytes) {
      throw new Refusal(ErrorCode.BAD_REQUEST, "data has at most " + maxBytes + " bytes here");
    }
    long now = System.currentTimeMillis();
    Publication publication =
        new Publication(Publication.Kind.JSON, data, now, null, subscriptions.member(room));
    session.publisher().publish(room, publication, answer);
  }
}
