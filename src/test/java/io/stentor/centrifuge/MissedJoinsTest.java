package io.stentor.centrifuge;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.support.RawWebSocket;
import io.stentor.support.TestEndpoints;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

/** A client is sent the joins of a room, more of them at once than wait for its event loop. */
class MissedJoinsTest {
  private static final int MORE_THAN_WAIT = 1500;

  @Test
  void a_client_that_missed_joins_has_to_subscribe_again() {
    try (TestEndpoints server = new TestEndpoints(new JsonObject());
        RawWebSocket client = RawWebSocket.connect(server.port(), "/connection/websocket")) {
      client.sendText("{\"id\":1,\"connect\":{}}");
      await(client, "connect");
      client.sendText("{\"id\":2,\"subscribe\":{\"channel\":\"tea\",\"join_leave\":true}}");
      await(client, "subscribe");
      // The client's own join comes before this one, and nothing else does.
      server.presence().enter(new RoomName("tea"), Member.of("first", "guest"));
      assertThat(await(client, "first")).doesNotContain("unsubscribe");
      server.onLoop(
          () -> {
            for (int i = 0; i < MORE_THAN_WAIT; i++) {
              server.presence().enter(new RoomName("tea"), Member.of("c" + i, "guest"));
            }
            return null;
          });
      assertThat(await(client, "unsubscribe")).contains("\"code\":2500");
    }
  }

  private static String await(RawWebSocket client, String what) {
    String text = client.nextFrame().text();
    while (!text.contains("\"" + what + "\"")) {
      assertThat(text).doesNotContain("unsubscribe");
      text = client.nextFrame().text();
    }
    return text;
  }
}
