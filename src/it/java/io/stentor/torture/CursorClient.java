package io.stentor.torture;

import io.vertx.core.http.ClientWebSocket;
import io.vertx.core.http.WebSocketConnectOptions;
import org.jspecify.annotations.Nullable;

/** A client that speaks {@code stentor.cursor}. */
final class CursorClient extends LightClient {

  CursorClient(
      Multitude others, String name, String room, ReferenceLog log, int node, String address) {
    super(others, name, room, log, node, address);
  }

  @Override
  void connect(int port, @Nullable Place since) {
    String path = "/rooms/" + room + "?name=" + name + (since == null ? "" : "&since=" + since);
    WebSocketConnectOptions options =
        new WebSocketConnectOptions()
            .setHost(HOST)
            .setPort(port)
            .setURI(path)
            .setTimeout(CONNECT_MILLIS)
            .addSubProtocol(Wire.CURSOR);
    options.putHeader("X-Forwarded-For", address);
    ClientWebSocket opening = others.webSockets().webSocket();
    opening.textMessageHandler(this::take);
    opening.closeHandler(
        closed -> ended(opening.closeStatusCode() == null ? 0 : opening.closeStatusCode()));
    opening.connect(options).onComplete(this::opened, this::refused);
  }

  private void take(String frame) {
    Event event = Wire.read(frame);
    if (event instanceof Event.Placed told) {
      placed(told.told(), told.at());
    } else if (event instanceof Event.Heard message) {
      heard(message.at(), message.text());
    }
  }
}
