package io.stentor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.history.Forks;
import io.stentor.history.LocalHistory;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.support.EventClient;
import io.stentor.support.EventParser.Event;
import io.stentor.support.HttpRoom;
import io.stentor.support.RawWebSocket;
import io.stentor.support.TestEndpoints;
import io.vertx.core.json.JsonObject;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients of each transport are told of a log that goes on as another branch. */
class ForkedRoomsTest {
  private static final LocalHistory LOGS = new LocalHistory(System::currentTimeMillis);
  private static final TestEndpoints SERVER = new TestEndpoints(new JsonObject(), LOGS);

  private final String name = "forked-" + UUID.randomUUID();
  private final HttpRoom room = HttpRoom.at(SERVER.port(), name);
  private String epoch;

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @BeforeEach
  void publish_three_texts() {
    publish("1", "2", "3");
    epoch = position(3).substring(0, position(3).indexOf(':'));
  }

  private void publish(String... texts) {
    for (String text : texts) {
      assertThat(room.publish(text).status()).isEqualTo(201);
    }
  }

  private String position(long offset) {
    Position end = Forks.end(LOGS, new RoomName(name));
    return new Position(end.epoch(), offset).toString();
  }

  private void fork(long last) {
    Forks.fork(LOGS, new RoomName(name), last);
  }

  @Test
  void a_poll_in_the_common_past_is_recovered_and_one_beyond_the_fork_is_not() {
    fork(2);
    publish("other 3");
    HttpRoom.Answer shared = room.read("?since=" + epoch + ":1");
    assertThat(shared.json().getBoolean("recovered")).isTrue();
    assertThat(shared.contents()).containsExactly("2", "other 3");
    assertThat(shared.position()).isEqualTo(position(3)).doesNotContain(epoch);
    assertThat(room.read("?since=" + epoch + ":3").json().getBoolean("recovered")).isFalse();
  }

  @Test
  void a_poll_that_waits_while_the_log_forks_is_answered_with_the_new_epoch() {
    CompletableFuture<HttpRoom.Answer> waiting = room.readLater("?since=" + epoch + ":3&wait=10");
    try (EventClient witness = resume(":3")) {
      witness.next(); // The room is in use, and so is the poll's request, which came first.
      await().until(() -> SERVER.onLoop(SERVER.get()::waitingPolls) == 1);
      fork(3);
      publish("4");
      assertThat(waiting.join().contents()).containsExactly("4");
      assertThat(waiting.join().position()).isEqualTo(position(4)).doesNotContain(epoch);
    }
    HttpRoom.Answer late = room.read("?since=" + epoch + ":3&wait=10");
    assertThat(late.position()).isEqualTo(position(4));
  }

  @Test
  void an_event_stream_in_the_common_past_is_recovered_and_one_beyond_the_fork_is_not() {
    fork(2);
    publish("other 3");
    try (EventClient shared = resume(":2");
        EventClient beyond = resume(":3")) {
      Event told = shared.next();
      assertThat(told.type()).isEqualTo("position");
      assertThat(new JsonObject(told.data()).getBoolean("recovered")).isTrue();
      assertThat(shared.expect("message", "other 3").lastEventId()).isEqualTo(position(3));
      Event lost = beyond.next();
      assertThat(lost.type()).isEqualTo("position");
      assertThat(new JsonObject(lost.data()).getBoolean("recovered")).isFalse();
    }
  }

  private EventClient resume(String offset) {
    String header = "Last-Event-ID: " + epoch + offset;
    return EventClient.connect(SERVER.port(), "/rooms/" + name + "/events", header);
  }

  @Test
  void a_subscription_is_unsubscribed_with_2500_and_recovers_everything() {
    try (RawWebSocket client = connect()) {
      subscribe(client, "{\"channel\":\"" + name + "\"}");
      fork(3);
      publish("4", "5");
      String push = client.nextFrame().text();
      assertThat(push).contains("\"unsubscribe\":{\"code\":2500").doesNotContain("\"pub\"");
      JsonObject result =
          subscribe(
              client,
              "{\"channel\":\"%s\",\"recover\":true,\"epoch\":\"%s\",\"offset\":3}"
                  .formatted(name, epoch));
      assertThat(result.getBoolean("recovered")).isTrue();
      assertThat(result.getJsonArray("publications")).hasSize(2);
      assertThat(result.getString("epoch")).isNotEqualTo(epoch);
    }
  }

  @Test
  void a_client_whose_room_came_with_the_connection_is_closed_with_3010() {
    try (RawWebSocket client = RawWebSocket.connect(SERVER.port(), "/connection/uni_websocket")) {
      client.sendText("{\"subs\":{\"" + name + "\":{}}}");
      assertThat(client.nextFrame().text()).contains("\"subs\":{\"" + name + "\"");
      fork(3);
      publish("4");
      RawWebSocket.Frame end = client.nextFrame();
      while (end.opcode() == RawWebSocket.TEXT) {
        assertThat(end.text()).doesNotContain("\"pub\"");
        end = client.nextFrame();
      }
      assertThat(end.closeCode()).isEqualTo(3010);
    }
  }

  private static RawWebSocket connect() {
    RawWebSocket client = RawWebSocket.connect(SERVER.port(), "/connection/websocket");
    client.sendText("{\"id\":1,\"connect\":{}}");
    assertThat(client.nextFrame().text()).startsWith("{\"id\":1,\"connect\":");
    return client;
  }

  private static JsonObject subscribe(RawWebSocket client, String body) {
    client.sendText("{\"id\":2,\"subscribe\":" + body + "}");
    return new JsonObject(client.nextFrame().text()).getJsonObject("subscribe");
  }
}
