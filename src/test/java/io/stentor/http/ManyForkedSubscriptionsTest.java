package io.stentor.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.history.Forks;
import io.stentor.history.LocalHistory;
import io.stentor.message.RoomName;
import io.stentor.support.HttpRoom;
import io.stentor.support.RawWebSocket;
import io.stentor.support.TestEndpoints;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Measures a fork of all rooms with 10,000 Centrifuge subscriptions on one event loop: each is made
 * again and recovers the message after the fork. {@code mvn test -DargLine=-Dstentor.forks=true
 * -Dtest=ManyForkedSubscriptionsTest}
 */
@EnabledIfSystemProperty(named = "stentor.forks", matches = "true")
class ManyForkedSubscriptionsTest {
  private static final int CLIENTS = 100;
  private static final int ROOMS = 100;
  private static final Map<String, String> EPOCHS = new ConcurrentHashMap<>();

  private final LocalHistory logs = new LocalHistory(System::currentTimeMillis);

  @Test
  void all_subscribe_again_and_recover() throws Exception {
    JsonObject options =
        new JsonObject()
            .put("limits", new JsonObject().put("messagesPerSecondPerConnection", 0))
            .put("roomDefaults", new JsonObject().put("ratePerSecond", 0));
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    List<RawWebSocket> clients = new ArrayList<>();
    try (TestEndpoints server = new TestEndpoints(options, logs)) {
      for (int i = 0; i < ROOMS; i++) {
        publish(server, i);
      }
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(subscribed(server));
      }
      long cpu = server.onLoop(ManyForkedSubscriptionsTest::cpuNanos);
      long begin = System.nanoTime();
      List<CompletableFuture<Void>> done = new ArrayList<>();
      clients.forEach(client -> done.add(CompletableFuture.runAsync(() -> again(client), threads)));
      for (int i = 0; i < ROOMS; i++) {
        Forks.fork(logs, new RoomName("r" + i), 1);
        publish(server, i);
      }
      CompletableFuture.allOf(done.toArray(CompletableFuture[]::new)).get(2, TimeUnit.MINUTES);
      System.out.printf(
          "%d subscriptions made again in %.1f s, %.2f s of CPU on the event loop%n",
          CLIENTS * ROOMS,
          (System.nanoTime() - begin) / 1e9,
          (server.onLoop(ManyForkedSubscriptionsTest::cpuNanos) - cpu) / 1e9);
    } finally {
      clients.forEach(RawWebSocket::close);
      threads.shutdownNow();
    }
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static void publish(TestEndpoints server, int room) {
    assertThat(HttpRoom.at(server.port(), "r" + room).publish("text").status()).isEqualTo(201);
  }

  private static RawWebSocket subscribed(TestEndpoints server) {
    RawWebSocket client = RawWebSocket.connect(server.port(), "/connection/websocket");
    client.sendText("{\"id\":1,\"connect\":{}}");
    client.nextFrame();
    for (int i = 0; i < ROOMS; i++) {
      client.sendText("{\"id\":" + (i + 2) + ",\"subscribe\":{\"channel\":\"r" + i + "\"}}");
      String reply = client.nextFrame().text();
      assertThat(reply).contains("\"subscribe\"");
      String epoch = new JsonObject(reply).getJsonObject("subscribe").getString("epoch");
      EPOCHS.putIfAbsent("r" + i, epoch);
    }
    return client;
  }

  private static void again(RawWebSocket client) {
    int recovered = 0;
    while (recovered < ROOMS) {
      for (String line : client.nextFrame().text().split("\n")) {
        JsonObject frame = new JsonObject(line);
        JsonObject push = frame.getJsonObject("push");
        JsonObject result = frame.getJsonObject("subscribe");
        if (push != null && push.containsKey("unsubscribe")) {
          String room = push.getString("channel");
          JsonObject since = new JsonObject().put("channel", room).put("recover", true);
          since.put("epoch", EPOCHS.get(room)).put("offset", 1);
          client.sendText(new JsonObject().put("id", 1000).put("subscribe", since).encode());
        } else if (result != null) {
          assertThat(result.getBoolean("recovered")).isTrue();
          assertThat(result.getJsonArray("publications")).hasSize(1);
          recovered++;
        }
      }
    }
  }
}
