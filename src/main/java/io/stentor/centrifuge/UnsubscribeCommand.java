package io.stentor.centrifuge;

import io.stentor.json.JsonFields;
import io.stentor.message.RoomName;
import org.jspecify.annotations.Nullable;

/**
 * {@code unsubscribe}: ends a subscription. Always succeeds, even if there is none: after an error
 * clients would close the whole connection.
 *
 * @param channel unchecked name of the room
 */
record UnsubscribeCommand(String channel) implements Command {

  static UnsubscribeCommand of(JsonFields fields) {
    return new UnsubscribeCommand(Command.channel(fields));
  }

  @Override
  public void apply(Session session, ReplyHandle reply) {
    Subscription subscription = find(session);
    if (subscription == null) {
      reply.complete();
    } else if (subscription.isUndecided()) {
      subscription.whenDecided(() -> reply.run(() -> apply(session, reply)));
    } else {
      subscription.leave();
      reply.complete();
    }
  }

  private @Nullable Subscription find(Session session) {
    try {
      return session.subscriptions().get(new RoomName(channel));
    } catch (IllegalArgumentException e) {
      return null; // Not a valid name.
    }
  }
}
