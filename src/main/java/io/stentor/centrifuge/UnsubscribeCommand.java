package io.stentor.centrifuge;

import io.stentor.json.JsonFields;
import io.stentor.message.RoomName;
import org.jspecify.annotations.Nullable;

/**
 * {@code unsubscribe}: leaves a room. Never refused, also where the client was not in the room: it
 * would give up the whole connection.
 *
 * @param channel the room's name, not checked
 */
record UnsubscribeCommand(String channel) implements Command {

  static UnsubscribeCommand of(JsonFields fields) {
    return new UnsubscribeCommand(Commands.channel(fields));
  }

  @Override
  public void apply(Session session, Answer answer) {
    Subscription subscription = find(session);
    if (subscription == null) {
      answer.done();
    } else if (subscription.isUndecided()) {
      subscription.opening().whenDecided(() -> answer.run(() -> apply(session, answer)));
    } else {
      subscription.leave();
      answer.done();
    }
  }

  private @Nullable Subscription find(Session session) {
    try {
      return session.subscriptions().get(new RoomName(channel));
    } catch (IllegalArgumentException e) {
      return null; // No room can have this name.
    }
  }
}
