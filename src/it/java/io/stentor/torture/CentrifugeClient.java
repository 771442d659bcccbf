package io.stentor.torture;

import io.stentor.torture.Event.Told;
import io.vertx.core.http.ClientWebSocket;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A client that speaks the Centrifuge protocol, recovers, and keeps the members of its room: those
 * of the last answer to {@code presence}, changed by each join and leave since.
 */
final class CentrifugeClient extends LightClient {
  private static final int CONNECT = 1;
  private static final int SUBSCRIBE = 2;
  private static final int PRESENCE = 3;

  private final Map<String, String> members = new HashMap<>();
  private @Nullable ClientWebSocket socket;
  private @Nullable Place asked;

  CentrifugeClient(
      Multitude others, String name, String room, ReferenceLog log, int node, String address) {
    super(others, name, room, log, node, address);
  }

  @Override
  List<String> members() {
    return members.values().stream().sorted().toList();
  }

  @Override
  void connect(int port, @Nullable Place since) {
    asked = since;
    WebSocketConnectOptions options =
        new WebSocketConnectOptions()
            .setHost(HOST)
            .setPort(port)
            .setURI("/connection/websocket?name=" + name)
            .setTimeout(CONNECT_MILLIS);
    options.putHeader("X-Forwarded-For", address);
    ClientWebSocket opening = others.webSockets().webSocket();
    socket = opening;
    opening.textMessageHandler(frame -> frame.lines().forEach(line -> take(new JsonObject(line))));
    opening.closeHandler(
        closed -> ended(opening.closeStatusCode() == null ? 0 : opening.closeStatusCode()));
    opening
        .connect(options)
        .onComplete(
            opened -> {
              opened(null);
              send(CONNECT, "connect", new JsonObject());
              subscribe(since);
            },
            this::refused);
  }

  private void send(int id, String command, JsonObject fields) {
    socket.writeTextMessage(new JsonObject().put("id", id).put(command, fields).encode());
  }

  private void subscribe(@Nullable Place since) {
    asked = since;
    JsonObject fields = new JsonObject().put("channel", room).put("join_leave", true);
    if (since != null) {
      fields.put("recover", true).put("epoch", since.epoch()).put("offset", since.offset());
    }
    send(SUBSCRIBE, "subscribe", fields);
    send(PRESENCE, "presence", new JsonObject().put("channel", room));
  }

  private void take(JsonObject line) {
    if (line.isEmpty()) {
      socket.writeTextMessage("{}");
    } else if (line.containsKey("push")) {
      push(line.getJsonObject("push"));
    } else if (line.containsKey("subscribe")) {
      subscribed(line.getJsonObject("subscribe"));
    } else if (line.containsKey("presence")) {
      members.clear();
      JsonObject all = line.getJsonObject("presence").getJsonObject("presence");
      all.forEach(one -> joined((JsonObject) one.getValue()));
    } else if (!line.containsKey("connect")) {
      others.moves().refused(new IllegalStateException(line.encode()));
      socket.close();
    }
  }

  private void subscribed(JsonObject reply) {
    String epoch = reply.getString("epoch");
    Place since = asked;
    if (since == null) {
      placed(Told.JOINED, new Place(epoch, reply.getLong("offset", 0L)));
      return;
    }
    boolean recovered = reply.getBoolean("recovered", false);
    long offset = recovered ? since.offset() : reply.getLong("offset", 0L);
    placed(recovered ? Told.RECOVERED : Told.LOST, new Place(epoch, offset));
    JsonArray missed = reply.getJsonArray("publications", new JsonArray());
    missed.forEach(publication -> publication((JsonObject) publication, epoch));
  }

  private void push(JsonObject push) {
    if (push.containsKey("pub")) {
      Place at = place();
      publication(push.getJsonObject("pub"), at == null ? "" : at.epoch());
    } else if (push.containsKey("join")) {
      joined(push.getJsonObject("join").getJsonObject("info"));
    } else if (push.containsKey("leave")) {
      members.remove(push.getJsonObject("leave").getJsonObject("info").getString("client"));
    } else if (push.containsKey("unsubscribe")) {
      subscribe(askAgain());
    }
  }

  private void joined(JsonObject info) {
    members.put(info.getString("client"), info.getString("user", ""));
  }

  private void publication(JsonObject publication, String epoch) {
    Place at = new Place(epoch, publication.getLong("offset"));
    heard(at, publication.getString("data"));
  }
}
