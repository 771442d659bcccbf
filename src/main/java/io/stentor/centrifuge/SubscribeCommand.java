package io.stentor.centrifuge;

import io.stentor.identity.Grants.Action;
import io.stentor.identity.TokenClaims.SubscriptionClaims;
import io.stentor.identity.Verified;
import io.stentor.json.JsonFields;
import io.stentor.message.RoomName;

/**
 * {@code subscribe}: enters a room.
 *
 * @param channel the room's name, not checked
 * @param token for this room; empty where there is none
 * @param wanted what else the client asks for
 * @param stream whether it is of the only type of subscription that there is here
 * @param filtered whether it asks for some of the messages only, which there is not here
 */
record SubscribeCommand(
    String channel, String token, Wanted wanted, boolean stream, boolean filtered)
    implements Command {

  static SubscribeCommand of(JsonFields fields) {
    String delta = fields.text("delta");
    if (!delta.isEmpty() && !delta.equals("fossil")) {
      throw Disconnect.badRequest("an unknown delta");
    }
    return new SubscribeCommand(
        Commands.channel(fields),
        fields.text("token"),
        Wanted.of(fields),
        fields.number("type") == 0,
        fields.has("tf"));
  }

  @Override
  public void apply(Session session, Answer answer) {
    if (!stream) {
      throw new Refusal(ErrorCode.NOT_AVAILABLE);
    }
    if (filtered) {
      throw new Refusal(ErrorCode.BAD_REQUEST, "there are no tags to filter by");
    }
    RoomName room = Commands.room(channel);
    Subscription before = session.subscriptions().get(room);
    if (before != null && before.opening().isAwaited()) {
      // The client leaves the room first, as soon as it is known what came of its entering.
      before.opening().whenDecided(() -> answer.run(() -> apply(session, answer)));
      return;
    }
    Subscription subscription = new Subscription(session, room, wanted, answer);
    session.subscriptions().add(subscription);
    answer.whenRefused(subscription::leave);
    if (token.isEmpty()) {
      open(session, answer, subscription, Terms.plain(session, room));
    } else {
      session.await(
          answer,
          session.site().access().subscription(token),
          verified -> {
            SubscriptionClaims claims = claims(session, room, verified);
            open(session, answer, subscription, Terms.of(session, claims));
          });
    }
  }

  private static SubscriptionClaims claims(
      Session session, RoomName room, Verified<SubscriptionClaims> verified) {
    if (verified instanceof Verified.Invalid) {
      throw new Refusal(ErrorCode.PERMISSION_DENIED);
    }
    SubscriptionClaims claims = RefreshCommand.valid(verified, ErrorCode.TOKEN_EXPIRED);
    Client client = session.client();
    if (!claims.fits(client.identity().user(), client.id(), room)) {
      throw new Disconnect(Disconnect.INVALID_TOKEN);
    }
    return claims;
  }

  private static void open(Session session, Answer answer, Subscription subscription, Terms terms) {
    RoomName room = subscription.room();
    if (!session.site().permissions().allow(terms.identity(), room, Action.SUBSCRIBE)) {
      throw new Refusal(ErrorCode.PERMISSION_DENIED);
    }
    subscription.open(terms, answer::done);
  }
}
