package io.stentor.centrifuge;

import io.stentor.http.LoopContext;
import io.stentor.identity.Grants.Action;
import io.stentor.identity.TokenClaims.SubscriptionClaims;
import io.stentor.identity.Verified;
import io.stentor.json.JsonFields;
import io.stentor.message.RoomName;

/**
 * {@code subscribe}: subscribes the client to a room.
 *
 * @param channel unchecked name of the room
 * @param token for this room; empty for none
 * @param stream whether the type of subscription is the supported one
 * @param filtered whether it asks for a filter, which is not supported
 */
record SubscribeCommand(
    String channel, String token, SubscribeRequest request, boolean stream, boolean filtered)
    implements Command {

  static SubscribeCommand of(JsonFields fields) {
    String delta = fields.text("delta");
    if (!delta.isEmpty() && !delta.equals("fossil")) {
      throw Disconnect.badRequest("an unknown delta");
    }
    return new SubscribeCommand(
        Command.channel(fields),
        fields.text("token"),
        SubscribeRequest.of(fields),
        fields.number("type") == 0,
        fields.has("tf"));
  }

  @Override
  public void apply(Session session, ReplyHandle reply) {
    if (!stream) {
      throw new CommandError(ErrorCode.NOT_AVAILABLE);
    }
    if (filtered) {
      throw new CommandError(ErrorCode.BAD_REQUEST, "there are no tags to filter by");
    }
    RoomName room = Command.room(channel);
    Subscription before = session.subscriptions().get(room);
    if (before != null && before.isAwaited()) {
      // An unsubscribe waits for the outcome of the previous subscribe: it goes first.
      before.whenDecided(() -> reply.run(() -> apply(session, reply)));
      return;
    }
    Subscription subscription = session.subscriptions().add(room, request, reply);
    reply.whenFailed(subscription::leave);
    LoopContext loop = session.loop();
    Client client = session.client();
    if (token.isEmpty()) {
      open(session, reply, subscription, SubscriptionGrant.withoutToken(loop, client, room, false));
    } else {
      session.await(
          reply,
          loop.access().subscription(token),
          verified -> {
            SubscriptionClaims claims = claims(client, room, verified);
            open(session, reply, subscription, SubscriptionGrant.byToken(loop, client, claims));
          });
    }
  }

  private static SubscriptionClaims claims(
      Client client, RoomName room, Verified<SubscriptionClaims> verified) {
    if (verified instanceof Verified.Invalid) {
      throw new CommandError(ErrorCode.PERMISSION_DENIED);
    }
    SubscriptionClaims claims = Command.claims(verified, ErrorCode.TOKEN_EXPIRED);
    if (!claims.fits(client.identity().user(), client.id(), room)) {
      throw new Disconnect(Disconnect.INVALID_TOKEN);
    }
    return claims;
  }

  private static void open(
      Session session, ReplyHandle reply, Subscription subscription, SubscriptionGrant grant) {
    RoomName room = subscription.room();
    if (!session.loop().permissions().allow(grant.identity(), room, Action.SUBSCRIBE)) {
      throw new CommandError(ErrorCode.PERMISSION_DENIED);
    }
    subscription.open(grant, reply::complete);
  }
}
