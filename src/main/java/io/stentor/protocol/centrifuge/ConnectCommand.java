package io.stentor.protocol.centrifuge;

import io.stentor.identity.ConnectionClaims;
import io.stentor.identity.Identity;
import io.stentor.identity.Permissions.Verdict;
import io.stentor.identity.Verified;
import io.stentor.message.RoomName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code connect}: who the client is, and the rooms that its token puts it into.
 *
 * @param token empty where it has none
 * @param positions where it was in those rooms
 */
record ConnectCommand(String token, Map<String, Wanted> positions) implements Command {

  private static final String SERVER = serverName();

  static ConnectCommand of(Fields fields) {
    Map<String, Wanted> positions = new HashMap<>();
    Fields subs = fields.object("subs");
    if (subs != null) {
      for (String channel : subs.names()) {
        Fields position = subs.object(channel);
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
          answer, site.tokens().connection(token), verified -> verified(session, answer, verified));
    } else if (site.permissions().admission(Identity.ANONYMOUS) == Verdict.ALLOWED) {
      session.connected(Client.anonymous(session));
      answer(session, answer, Map.of());
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
    join(session, answer, claims);
  }

  /** Enters the rooms of the token; the client is answered when it is in all of them. */
  private void join(Session session, Answer answer, ConnectionClaims claims) {
    if (claims.rooms().isEmpty()) {
      answer(session, answer, Map.of());
      return;
    }
    List<Runnable> openings = new ArrayList<>();
    Map<RoomName, JsonLine> results = new LinkedHashMap<>();
    claims
        .rooms()
        .forEach(
            (room, claim) -> {
              Wanted wanted = positions.getOrDefault(room.value(), Wanted.NOTHING);
              Subscription subscription = new Subscription(session, room, wanted, answer);
              session.subscriptions().add(subscription);
              Terms terms = Terms.of(session, room, claim);
              openings.add(
                  () ->
                      subscription.open(
                          terms,
                          result -> {
                            results.put(room, result);
                            if (results.size() == claims.rooms().size()) {
                              answer(session, answer, results);
                            }
                          }));
            });
    openings.forEach(Runnable::run);
  }

  private static void answer(Session session, Answer answer, Map<RoomName, JsonLine> subs) {
    Client client = session.client();
    int pingSeconds = session.site().pingIntervalSeconds();
    JsonLine line = new JsonLine().open().text("client", client.id()).text("version", SERVER);
    line.text("node", session.site().rooms().node());
    client.expiry().tell(line);
    if (!subs.isEmpty()) {
      line.name("subs").open();
      subs.forEach((room, result) -> line.key(room.value()).raw(result));
      line.close();
    }
    answer.done(line.number("ping", pingSeconds).flag("pong", pingSeconds > 0).close());
    session.live();
  }
}
