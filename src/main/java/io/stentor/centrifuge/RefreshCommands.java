package io.stentor.centrifuge;

import io.stentor.identity.TokenClaims.ConnectionClaims;
import io.stentor.identity.TokenClaims.SubscriptionClaims;
import io.stentor.identity.Verified;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonWriter;
import io.stentor.message.CloseReason;
import io.stentor.message.RoomName;

/** Commands with a new token, which puts off an expiry. */
final class RefreshCommands {

  private RefreshCommands() {}

  /**
   * {@code refresh}: puts off the expiry of the connection.
   *
   * @param token of the same user
   */
  record RefreshCommand(String token) implements Command {

    static RefreshCommand of(JsonFields fields) {
      return new RefreshCommand(fields.text("token"));
    }

    @Override
    public void apply(Session session, ReplyHandle reply) {
      if (token.isEmpty()) {
        throw Disconnect.badRequest("a token is missing");
      }
      session.await(
          reply,
          session.loop().access().connection(token),
          verified -> {
            if (verified instanceof Verified.Expired) {
              throw new Disconnect(CloseReason.EXPIRED);
            }
            ConnectionClaims claims = Command.claims(verified, ErrorCode.TOKEN_EXPIRED);
            Client client = session.client();
            if (!claims.user().equals(client.identity().user())) {
              throw new Disconnect(Disconnect.INVALID_TOKEN);
            }
            client.authenticated(claims);
            JsonWriter line = new JsonWriter().open().text("client", client.id());
            client.expiry().write(line);
            reply.complete(line.close());
          });
    }
  }

  /**
   * {@code sub_refresh}: puts off the expiry of a subscription.
   *
   * @param channel unchecked name of the room
   * @param token of the same user for this room
   * @param stream whether the type of subscription is the supported one
   */
  record SubRefreshCommand(String channel, String token, boolean stream) implements Command {

    static SubRefreshCommand of(JsonFields fields) {
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
            JsonWriter line = new JsonWriter().open();
            subscription.expiry().write(line);
            reply.complete(line.close());
          });
    }
  }
}
