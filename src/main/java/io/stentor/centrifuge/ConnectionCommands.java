package io.stentor.centrifuge;

import io.stentor.centrifuge.ClientTransport.Mailbox;
import io.stentor.centrifuge.CommandError.Disconnect;
import io.stentor.centrifuge.CommandError.ErrorCode;
import io.stentor.http.LoopContext;
import io.stentor.identity.Grants.Action;
import io.stentor.identity.Identity;
import io.stentor.identity.Permissions.Verdict;
import io.stentor.identity.TokenClaims.ConnectionClaims;
import io.stentor.identity.TokenClaims.ConnectionClaims.Subscribed;
import io.stentor.identity.Verified;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonWriter;
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

    static ConnectCommand of(JsonFields fields) {
      Map<String, SubscribeRequest> requests = new LinkedHashMap<>();
      JsonFields subs = fields.object("subs");
      if (subs != null) {
        for (String channel : subs.names()) {
          JsonFields sub = subs.object(channel);
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
      Map<RoomName, JsonWriter> results = new LinkedHashMap<>();
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
                          results.put(room, result);
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

    private static void reply(Session session, ReplyHandle reply, Map<RoomName, JsonWriter> subs) {
      Client client = session.client();
      int pingSeconds = session.loop().pingIntervalSeconds();
      JsonWriter line = new JsonWriter().open().text("client", client.id()).text("version", SERVER);
      Mailbox mailbox = session.mailbox();
      line.text("node", mailbox == null ? session.loop().rooms().node() : mailbox.node());
      client.expiry().write(line);
      if (!subs.isEmpty()) {
        line.name("subs").open();
        subs.forEach((room, result) -> line.key(room.value()).raw(result));
        line.close();
      }
      line.number("ping", pingSeconds).flag("pong", pingSeconds > 0 && session.isBidirectional());
      if (mailbox != null) {
        line.text("session", mailbox.session());
      }
      reply.complete(line.close());
      session.connected();
    }
  }

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
}
