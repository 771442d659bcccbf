package io.stentor.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.RoomOptions;
import io.stentor.history.Batch;
import io.stentor.history.Branch;
import io.stentor.history.Forks;
import io.stentor.history.History;
import io.stentor.history.LocalHistory;
import io.stentor.history.Page;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.support.HttpRoom;
import io.stentor.support.RawWebSocket;
import io.stentor.support.TestEndpoints;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a client is told by a node that reads another branch of the log for a moment, while it still
 * delivers the branch of the client.
 */
class HealingRoomsTest {
  private static final RoomOptions.History LIMITS = new RoomOptions.History(1000, 1_000_000, 300);
  private static final LocalHistory LOGS = new LocalHistory(System::currentTimeMillis);
  private static final AtomicBoolean CUT_OFF = new AtomicBoolean();
  private static final TestEndpoints SERVER =
      new TestEndpoints(
          new JsonObject(),
          (History)
              Proxy.newProxyInstance(
                  History.class.getClassLoader(),
                  new Class<?>[] {History.class},
                  (proxy, method, arguments) -> call(method, arguments)));

  private final String name = "healing-" + UUID.randomUUID();
  private final RoomName room = new RoomName(name);
  private String epoch;

  private static Object call(Method method, Object[] arguments) throws Throwable {
    if (method.getName().equals("canFork")) {
      return true;
    }
    if (method.getName().equals("follow") && CUT_OFF.get()) {
      Position after = (Position) arguments[1];
      return Future.succeededFuture(whileCutOff(after));
    }
    try {
      return method.invoke(LOGS, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** The log of the smaller side, which forks after 3; the feed, which stands there, is late. */
  private static Page whileCutOff(Position after) {
    if (after.offset() == 3) {
      return new Page(new Branch(after.epoch()), 1, 3, 4, List.of());
    }
    CUT_OFF.set(false);
    Branch other = new Branch(after.epoch() + 1, List.of(new Position(after.epoch(), 3)));
    return new Page(other, 1, 3, 4, List.of());
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @BeforeEach
  void publish_three_texts() {
    for (String text : List.of("1", "2", "3")) {
      assertThat(HttpRoom.at(SERVER.port(), name).publish(text).status()).isEqualTo(201);
    }
    epoch = Position.epochText(Forks.end(LOGS, room).epoch());
  }

  /** Messages of other nodes that the event bus did not bring here. */
  private void publishElsewhere(String... texts) {
    List<Publication> all = List.of(texts).stream().map(text -> Publication.text(text, 0)).toList();
    LOGS.append(room, new Batch(1, 1, all), LIMITS);
  }

  @Test
  void a_subscription_at_a_position_of_the_branch_that_the_node_delivers_is_recovered() {
    try (RawWebSocket witness = connect();
        RawWebSocket client = connect()) {
      subscribe(witness, "{\"channel\":\"" + name + "\"}");
      CUT_OFF.set(true);
      publishElsewhere("4", "5");
      JsonObject result =
          subscribe(
              client,
              "{\"channel\":\"%s\",\"recover\":true,\"epoch\":\"%s\",\"offset\":4}"
                  .formatted(name, epoch));
      assertThat(CUT_OFF.get()).isFalse();
      assertThat(result.getBoolean("recovered")).isTrue();
      assertThat(result.getString("epoch")).isEqualTo(epoch);
      List<String> texts = new ArrayList<>();
      if (result.containsKey("publications")) {
        result.getJsonArray("publications").forEach(one -> texts.add(one.toString()));
      }
      if (texts.isEmpty()) {
        texts.add(client.nextFrame().text());
      }
      assertThat(texts).singleElement().asString().contains("\"offset\":5");
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
