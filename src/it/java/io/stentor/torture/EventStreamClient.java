package io.stentor.torture;

import io.stentor.support.EventParser;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A client that reads an event stream, which holds only ASCII here. */
final class EventStreamClient extends LightClient {
  private static final int OK = 200;

  /** Of the event with which a node ends a stream; 0 where there was none. */
  private int closeCode;

  EventStreamClient(
      Multitude others, String name, String room, ReferenceLog log, int node, String address) {
    super(others, name, room, log, node, address);
  }

  @Override
  void connect(int port, @Nullable Place since) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setHost(HOST)
            .setPort(port)
            .setURI("/rooms/" + room + "/events?name=" + name)
            .setConnectTimeout(CONNECT_MILLIS)
            .putHeader("X-Forwarded-For", address);
    if (since != null) {
      options.putHeader("Last-Event-ID", since.toString());
    }
    others
        .http()
        .request(options)
        .compose(HttpClientRequest::send)
        .onComplete(this::begun, this::refused);
  }

  private void begun(HttpClientResponse response) {
    if (response.statusCode() != OK) {
      refused(new IllegalStateException("status " + response.statusCode()));
      return;
    }
    opened(null);
    closeCode = 0;
    EventParser parser = new EventParser();
    response.handler(
        bytes -> {
          parser.feed(bytes.toString(StandardCharsets.ISO_8859_1));
          for (EventParser.Event event = parser.poll(); event != null; event = parser.poll()) {
            take(event);
          }
        });
    response.endHandler(end -> ended(closeCode));
    response.exceptionHandler(cut -> ended(0));
  }

  private void take(EventParser.Event event) {
    if (event.type().equals("message")) {
      heard(Place.parse(event.lastEventId()), event.data());
    } else if (event.type().equals("close")) {
      closeCode = new JsonObject(event.data()).getInteger("code", 0);
    } else if (event.type().equals("position")
        && Wire.read(event.data()) instanceof Event.Placed told) {
      placed(told.told(), told.at());
    }
  }
}
