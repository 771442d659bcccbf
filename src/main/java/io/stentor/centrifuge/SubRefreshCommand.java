package io.stentor.centrifuge;

import io.stentor.identity.TokenClaims.SubscriptionClaims;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonWriter;
import io.stentor.message.RoomName;

/**
 * {@code sub_refresh}: a new token for one room, so that the subscription may last longer.
 *
 * @param channel the room's name, not checked
 * @param token of the same user for this room
 * @param stream whether it is of the only type of subscription that there is here
 */
record SubRefreshCommand(String channel, String token, boolean stream) implements Command {

  static SubRefreshCommand of(JsonFields fields) {
    boolean stream = fields.number("type") == 0 && !fields.has("track") && !fields.has("untrack");
    return new SubRefreshCommand(Commands.channel(fields), fields.text("token"), stream);
  }

  @Override
  public void apply(Session session, Answer answer) {
    if (!stream) {
      throw new Refusal(ErrorCode.NOT_AVAILABLE);
    }
    RoomName room = Commands.room(channel);
    Subscription subscription = session.subscriptions().get(room);
    if (subscription == null || !subscription.isOpen()) {
      throw new Refusal(ErrorCode.PERMISSION_DENIED, "not subscribed");
    }
    if (token.isEmpty()) {
      throw new Refusal(ErrorCode.BAD_REQUEST, "a token is missing");
    }
    session.await(
        answer,
        session.site().access().subscription(token),
        verified -> {
          SubscriptionClaims claims = RefreshCommand.valid(verified, ErrorCode.EXPIRED);
          Client client = session.client();
          if (!claims.fits(client.identity().user(), client.id(), room)) {
            throw new Disconnect(Disconnect.INVALID_TOKEN);
          }
          subscription.expiry().at(Terms.of(session, claims).expiresAt());
          JsonWriter line = new JsonWriter().open();
          subscription.expiry().tell(line);
          answer.done(line.close());
        });
  }
}
