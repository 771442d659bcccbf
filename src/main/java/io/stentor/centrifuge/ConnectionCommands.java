package io.stentor.centrifuge;

import io.stentor.centrifuge.ClientTransport.Mailbox;
import io.stentor.centrifuge.codec.CommandError.Disconnect;
import io.stentor.centrifuge.codec.CommandError.ErrorCode;
import io.stentor.centrifuge.codec.ObjectWriter.Content;
import io.stentor.http.LoopContext;
import io.stentor.identity.Grants.Action;
import io.stentor.identity.Identity;
import io.stentor.identity.Permissions.Verdict;
import io.stentor.identity.TokenClaims.ConnectionClaims;
import io.stentor.identity.TokenClaims.ConnectionClaims.Subscribed;
import io.stentor.identity.Verified;
import io.stentor.json.Fields;
import io.stentor.message.CloseReason;
import io.stentor.message.RoomName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Commands that start and refresh a connection. */
final class ConnectionCommands {

  private ConnectionCommands() {}

  /**
   * {@code connect}: authenticates the client and subscribes it to the rooms of its token, and to
   * those that it names if it can send no other command.
   *
   * @param token empty for none
   * @param requests for its rooms, by channel
   */
  record ConnectCommand(String token, Map<String, SubscribeRequest> requests) implements Command {

    private static final String SERVER = serverName();

    static ConnectCommand of(Fields fields) {
      Map<String, SubscribeRequest> requests = new LinkedHashMap<>();
      Fields subs = fields.object("subs");
      if (subs != null) {
        for (String channel : subs.names()) {
          Fields sub = subs.object(channel);
          if (sub != null) {
            requests.put(channel, SubscribeRequest.of(sub));
          }
        }
      }
      return new ConnectCommand(fields.text("token"), requests);
    }

    private static String serverName() {
      String version = ConnectCommand.class.getPackage().getImplementationVersion();
      return version == null ? "Stentor" : "Stentor " + version;
    }

    @Override
    public void apply(Session session, ReplyHandle reply) {
      reply.whenFailed(session::connectRefused);
      LoopContext loop = session.loop();
      if (!token.isEmpty()) {
        session.await(
            reply,
            loop.access().connection(token),
            verified -> authenticate(session, reply, verified));
      } else if (loop.permissions().admission(Identity.ANONYMOUS) == Verdict.ALLOWED) {
        session.register();
        subscribe(session, reply, Map.of());
      } else {
        throw Disconnect.badRequest("a token is needed");
      }
    }

    private void authenticate(
        Session session, ReplyHandle reply, Verified<ConnectionClaims> verified) {
      ConnectionClaims claims = Command.claims(verified, ErrorCode.TOKEN_EXPIRED);
      String name = session.client().name();
      if (!name.isEmpty() && !claims.user().isEmpty() && !claims.user().equals(name)) {
        throw Disconnect.badRequest("the token says who you are: leave the name out");
      }
      session.client().authenticated(claims);
      session.register();
      subscribe(session, reply, claims.rooms());
    }

    /** Subscribes to the rooms; replies as soon as all of them are open. */
    private void subscribe(Session session, ReplyHandle reply, Map<RoomName, Subscribed> ofToken) {
      Map<RoomName, SubscriptionGrant> grants = new LinkedHashMap<>();
      ofToken.forEach(
          (room, claims) ->
              grants.put(
                  room,
                  SubscriptionGrant.byServer(session.loop(), session.client(), room, claims, 0)));
      if (!session.isBidirectional()) {
        addRequested(session, grants);
      }
      if (grants.isEmpty()) {
        reply(session, reply, Map.of());
        return;
      }
      List<Runnable> openings = new ArrayList<>();
      Map<String, Content> results = new LinkedHashMap<>();
      grants.forEach(
          (room, grant) -> {
            SubscribeRequest request =
                requests.getOrDefault(room.value(), SubscribeRequest.NOTHING);
            Subscription subscription = session.subscriptions().add(room, request, reply);
            openings.add(
                () ->
                    subscription.open(
                        grant,
                        result -> {
                          results.put(room.value(), result);
                          if (results.size() == grants.size()) {
                            reply(session, reply, results);
                          }
                        }));
          });
      openings.forEach(Runnable::run);
    }

    /** Adds the rooms that the client names, except those that it may not subscribe to. */
    private void addRequested(Session session, Map<RoomName, SubscriptionGrant> grants) {
      LoopContext loop = session.loop();
      Client client = session.client();
      for (String channel : requests.keySet()) {
        RoomName room = Command.room(channel);
        if (loop.permissions().allow(client.identity(), room, Action.SUBSCRIBE)) {
          grants.computeIfAbsent(
              room, added -> SubscriptionGrant.withoutToken(loop, client, added, true));
        }
      }
    }

    private static void reply(Session session, ReplyHandle reply, Map<String, Content> subs) {
      reply.complete(
          out -> {
            Client client = session.client();
            Mailbox mailbox = session.mailbox();
            out.text("client", client.id()).text("version", SERVER);
            out.text("node", mailbox == null ? session.loop().rooms().node() : mailbox.node());
            client.expiry().write(out);
            if (!subs.isEmpty()) {
              out.objects("subs", subs);
            }
            int pingSeconds = session.loop().pingIntervalSeconds();
            out.number("ping", pingSeconds);
            out.flag("pong", pingSeconds > 0 && session.isBidirectional());
            if (mailbox != null) {
              out.text("session", mailbox.session());
            }
          });
      session.connected();
    }
  }

  /**
   * {@code refresh}: puts off the expiry of the connection.
   *
   * @param token of the same user
   */
  record RefreshCommand(String token) implements Command {

    static RefreshCommand of(Fields fields) {
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
            reply.complete(out -> client.expiry().write(out.text("client", client.id())));
          });
    }
  }
}
