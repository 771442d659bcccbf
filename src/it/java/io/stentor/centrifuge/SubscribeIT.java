package io.stentor.centrifuge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.ClusterOfProcesses;
import io.stentor.support.HttpRoom;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.RawWebSocket;
import io.stentor.support.RawWebSocket.Frame;
import io.stentor.support.Scrape;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients subscribe to rooms that are in use on their node while another node dies. */
class SubscribeIT {
  private static final Duration SOON = Duration.ofSeconds(40);

  /** At once, on a busy machine. */
  private static final Duration AT_ONCE = Duration.ofSeconds(1);

  /** How long presence may hold up an answer, two ticks of a timer, and the same again. */
  private static final Duration HELD_UP = Duration.ofMillis(1500);

  private static final int ROOMS = 60;
  private static final int MESSAGES = 5;
  private static final int THREADS = 4;

  private static final String JOIN_LEAVE = ",\"join_leave\":true";
  private static final String CONNECT = "{\"id\":1,\"connect\":{}}";

  private enum Death {
    FROZEN,
    KILLED
  }

  /** How long one client waited, and what it was told. */
  private record Told(int room, Duration after, String text) {}

  private final List<String> epochs = new ArrayList<>();
  private ClusterOfProcesses cluster;
  private RawWebSocket listener;
  private int port;

  @BeforeEach
  void start_with_a_listener_that_watches_every_other_room() {
    Launch launch =
        Launch.jar("--host", "127.0.0.1")
            .withEnv("STENTOR_LIMITS_CONNECTIONS_PER_SECOND_PER_ADDRESS", 0);
    cluster = ClusterOfProcesses.of(3, launch);
    port = cluster.node(0).port();
    listener = RawWebSocket.connect(port, "/connection/websocket");
    listener.sendText(CONNECT);
    reply(listener, 1);
    for (int i = 0; i < ROOMS; i++) {
      listener.sendText(subscribe(i + 2, i, isWatched(i) ? JOIN_LEAVE : ""));
      JsonObject result = reply(listener, i + 2).getJsonObject("subscribe");
      epochs.add(result.getString("epoch"));
      for (int message = 0; message < MESSAGES; message++) {
        assertThat(HttpRoom.at(port, "room-" + i).publish("text").status()).isEqualTo(201);
      }
    }
  }

  @AfterEach
  void stop() {
    listener.close();
    cluster.close();
  }

  @ParameterizedTest
  @EnumSource
  void a_subscribe_does_not_wait_for_a_node_that_dies(Death death) {
    AtomicInteger running = new AtomicInteger(1);
    Supplier<Boolean> goOn = () -> running.get() > 0;
    CompletableFuture<List<Told>> subscribed = flow(this::subscribed, goOn);
    CompletableFuture<List<Told>> joined = flow(this::joined, goOn);
    NodeProcess dying = cluster.node(2);
    if (death == Death.FROZEN) {
      dying.freeze();
    } else {
      dying.kill9();
    }
    await().atMost(SOON).until(() -> nodesAt(port) == 2 && nodesAt(cluster.node(1).port()) == 2);
    running.set(0);
    assertThat(joined.join())
        .allSatisfy(
            told -> {
              assertThat(told.text).contains("\"recovered\":true");
              assertThat(told.after).isLessThan(AT_ONCE);
            });
    assertThat(subscribed.join())
        .extracting(Told::room)
        .anyMatch(SubscribeIT::isWatched)
        .anyMatch(room -> !isWatched(room));
    assertThat(subscribed.join())
        .allSatisfy(
            told -> {
              assertThat(told.after).isLessThan(isWatched(told.room) ? AT_ONCE : HELD_UP);
              JsonObject result = new JsonObject(told.text).getJsonObject("subscribe");
              assertThat(result.getBoolean("recovered")).as(told.text).isTrue();
              assertThat(result.getJsonArray("publications")).hasSize(MESSAGES);
            });
  }

  private static boolean isWatched(int room) {
    return room % 2 == 0;
  }

  private static int nodesAt(int port) {
    return (int) Scrape.of(port).get("stentor_cluster_nodes");
  }

  /** Clients one after the other, in some threads. */
  private static CompletableFuture<List<Told>> flow(
      IntFunction<Told> client, Supplier<Boolean> goOn) {
    Queue<Told> all = new ConcurrentLinkedQueue<>();
    AtomicInteger next = new AtomicInteger();
    List<CompletableFuture<Void>> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      threads.add(done);
      new Thread(
              () -> {
                try {
                  while (goOn.get()) {
                    all.add(client.apply(next.getAndIncrement() % ROOMS));
                  }
                  done.complete(null);
                } catch (RuntimeException | Error e) {
                  done.completeExceptionally(e);
                }
              })
          .start();
    }
    return CompletableFuture.allOf(threads.toArray(CompletableFuture[]::new))
        .thenApply(done -> List.copyOf(all));
  }

  private Told subscribed(int room) {
    try (RawWebSocket client = RawWebSocket.connect(port, "/connection/websocket")) {
      client.sendText(CONNECT);
      reply(client, 1);
      long begin = System.nanoTime();
      client.sendText(
          subscribe(
              2,
              room,
              JOIN_LEAVE
                  + ",\"recover\":true,\"offset\":0,\"epoch\":\"%s\"".formatted(epochs.get(room))));
      JsonObject reply = reply(client, 2);
      return new Told(room, Duration.ofNanos(System.nanoTime() - begin), reply.encode());
    }
  }

  private Told joined(int room) {
    long begin = System.nanoTime();
    String path = "/rooms/room-%d?since=%s:0".formatted(room, epochs.get(room));
    try (RawWebSocket client =
        RawWebSocket.connect(port, path, "Sec-WebSocket-Protocol: stentor.cursor")) {
      String text = client.nextFrame().text();
      return new Told(room, Duration.ofNanos(System.nanoTime() - begin), text);
    }
  }

  private static String subscribe(int id, int room, String more) {
    return "{\"id\":%d,\"subscribe\":{\"channel\":\"room-%d\"%s}}".formatted(id, room, more);
  }

  /** The reply to a command; pushes before it are skipped. */
  private static JsonObject reply(RawWebSocket client, int id) {
    while (true) {
      Frame frame = client.nextFrame();
      for (String line : frame.text().split("\n")) {
        JsonObject json = new JsonObject(line);
        if (json.getInteger("id", 0) == id) {
          return json;
        }
      }
    }
  }
}
