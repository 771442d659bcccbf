package io.stentor.centrifuge;

import io.stentor.centrifuge.codec.CommandError;
import io.stentor.centrifuge.codec.CommandError.Disconnect;
import io.stentor.centrifuge.codec.CommandError.ErrorCode;
import io.stentor.http.LoopContext;
import io.stentor.identity.Grants.Action;
import io.stentor.identity.TokenClaims.SubscriptionClaims;
import io.stentor.identity.Verified;
import io.stentor.json.Fields;
import io.stentor.message.RoomName;
import org.jspecify.annotations.Nullable;

/** Commands that start, refresh and end subscriptions. */
final class SubscriptionCommands {

  private SubscriptionCommands() {}

  /**
   * {@code subscribe}: subscribes the client to a room.
   *
   * @param channel unchecked name of the room
   * @param token a token for this room; empty for none
   * @param stream whether the type of subscription is supported
   */
  record SubscribeCommand(String channel, String token, SubscribeRequest request, boolean stream)
      implements Command {

    static SubscribeCommand of(Fields fields) {
      String delta = fields.text("delta");
      if (!delta.isEmpty() && !delta.equals(SubscribeRequest.FOSSIL)) {
        throw Disconnect.badRequest("an unknown delta");
      }
      return new SubscribeCommand(
          Command.channel(fields),
          fields.text("token"),
          SubscribeRequest.of(fields),
          fields.number("type") == 0);
    }

    @Override
    public void apply(Session session, ReplyHandle reply) {
      if (!stream) {
        throw new CommandError(ErrorCode.NOT_AVAILABLE);
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
        open(
            session,
            reply,
            subscription,
            SubscriptionGrant.withoutToken(loop, client, room, false));
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

  /**
   * {@code unsubscribe}: ends a subscription. Always succeeds, even if there is none: after an
   * error clients would close the whole connection.
   *
   * @param channel unchecked name of the room
   */
  record UnsubscribeCommand(String channel) implements Command {

    static UnsubscribeCommand of(Fields fields) {
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

  /**
   * {@code sub_refresh}: postpones the expiry of a subscription.
   *
   * @param channel unchecked name of the room
   * @param token a token of the same user for this room
   * @param stream whether the type of subscription is supported
   */
  record SubRefreshCommand(String channel, String token, boolean stream) implements Command {

    static SubRefreshCommand of(Fields fields) {
      boolean stream = fields.number("type") == 0 && !fields.has("track") && !fields.has("untrack");
      return new SubRefreshCommand(Command.channel(fields), fields.text("token"), stream);
    }

    @Override
    public void apply(Session session, ReplyHandle reply) {
      if (!stream) {
        throw new CommandError(ErrorCode.NOT_AVAILABLE);
      }
      RoomName room = Command.room(channel);
      Subscription subscription = session.subscriptions().get(room);
      if (subscription == null || !subscription.isEntered()) {
        throw new CommandError(ErrorCode.PERMISSION_DENIED, "not subscribed");
      }
      if (token.isEmpty()) {
        throw new CommandError(ErrorCode.BAD_REQUEST, "a token is missing");
      }
      session.await(
          reply,
          session.loop().access().subscription(token),
          verified -> {
            SubscriptionClaims claims = Command.claims(verified, ErrorCode.EXPIRED);
            Client client = session.client();
            if (!claims.fits(client.identity().user(), client.id(), room)) {
              throw new Disconnect(Disconnect.INVALID_TOKEN);
            }
            subscription.expiry().at(claims.expiresAt());
            reply.complete(subscription.expiry()::write);
          });
    }
  }
}
