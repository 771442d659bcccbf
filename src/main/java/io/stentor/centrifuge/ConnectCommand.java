package io.stentor.centrifuge;

import io.stentor.identity.Grants.Action;
import io.stentor.identity.Identity;
import io.stentor.identity.Permissions.Verdict;
import io.stentor.identity.TokenClaims.ConnectionClaims;
import io.stentor.identity.TokenClaims.ConnectionClaims.Subscribed;
import io.stentor.identity.Verified;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonWriter;
import io.stentor.message.RoomName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code connect}: who the client is, and the rooms that it is put into: those of its token, and
 * those that it names where it can send no other command.
 *
 * @param token empty where it has none
 * @param positions where it was in those rooms
 */
record ConnectCommand(String token, Map<String, Wanted> positions) implements Command {

  private static final String SERVER = serverName();

  static ConnectCommand of(JsonFields fields) {
    Map<String, Wanted> positions = new LinkedHashMap<>();
    JsonFields subs = fields.object("subs");
    if (subs != null) {
      for (String channel : subs.names()) {
        JsonFields position = subs.object(channel);
        if (position != null) {
          positions.put(channel, Wanted.of(position));
        }
      }
    }
    return new ConnectCommand(fields.text("token"), positions);
  }

  private static String serverName() {
    String version = ConnectCommand.class.getPackage().getImplementationVersion();
    return version == null ? "Stentor" : "Stentor " + version;
  }

  @Override
  public void apply(Session session, Answer answer) {
    answer.whenRefused(session::connectRefused);
    Site site = session.site();
    if (!token.isEmpty()) {
      session.await(
          answer, site.access().connection(token), verified -> verified(session, answer, verified));
    } else if (site.permissions().admission(Identity.ANONYMOUS) == Verdict.ALLOWED) {
      session.connected(Client.anonymous(session));
      join(session, answer, Map.of());
    } else {
      throw Disconnect.badRequest("a token is needed");
    }
  }

  private void verified(Session session, Answer answer, Verified<ConnectionClaims> verified) {
    ConnectionClaims claims = RefreshCommand.valid(verified, ErrorCode.TOKEN_EXPIRED);
    if (!session.name().isEmpty()
        && !claims.user().isEmpty()
        && !claims.user().equals(session.name())) {
      throw Disconnect.badRequest("the token says who you are: leave the name out");
    }
    session.connected(Client.of(session, claims));
    join(session, answer, claims.rooms());
  }

  /** Enters the rooms; the client is answered when it is in all of them. */
  private void join(Session session, Answer answer, Map<RoomName, Subscribed> ofToken) {
    Map<RoomName, Terms> rooms = new LinkedHashMap<>();
    ofToken.forEach((room, claims) -> rooms.put(room, Terms.of(session, room, claims)));
    if (!session.speaks()) {
      addWanted(session, rooms);
    }
    if (rooms.isEmpty()) {
      answer(session, answer, Map.of());
      return;
    }
    List<Runnable> openings = new ArrayList<>();
    Map<RoomName, JsonWriter> results = new LinkedHashMap<>();
    rooms.forEach(
        (room, terms) -> {
          Wanted wanted = positions.getOrDefault(room.value(), Wanted.NOTHING);
          Subscription subscription = new Subscription(session, room, wanted, answer);
          session.subscriptions().add(subscription);
          openings.add(
              () ->
                  subscription.open(
                      terms,
                      result -> {
                        results.put(room, result);
                        if (results.size() == rooms.size()) {
                          answer(session, answer, results);
                        }
                      }));
        });
    openings.forEach(Runnable::run);
  }

  /** Rooms that the client names; those that it may not listen in are left out. */
  private void addWanted(Session session, Map<RoomName, Terms> rooms) {
    for (String channel : positions.keySet()) {
      RoomName room = Commands.room(channel);
      if (session.site().permissions().allow(session.client().identity(), room, Action.SUBSCRIBE)) {
        rooms.computeIfAbsent(room, wanted -> Terms.named(session, wanted));
      }
    }
  }

  private static void answer(Session session, Answer answer, Map<RoomName, JsonWriter> subs) {
    Client client = session.client();
    int pingSeconds = session.site().pingIntervalSeconds();
    JsonWriter line = new JsonWriter().open().text("client", client.id()).text("version", SERVER);
    Mailbox mailbox = session.mailbox();
    line.text("node", mailbox == null ? session.site().rooms().node() : mailbox.node());
    client.expiry().tell(line);
    if (!subs.isEmpty()) {
      line.name("subs").open();
      subs.forEach((room, result) -> line.key(room.value()).raw(result));
      line.close();
    }
    line.number("ping", pingSeconds).flag("pong", pingSeconds > 0 && session.speaks());
    if (mailbox != null) {
      line.text("session", mailbox.session());
    }
    answer.done(line.close());
    session.live();
  }
}
