package io.stentor.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.health.BusProbe;
import io.stentor.health.ClockSkew;
import io.stentor.health.ClusterState;
import io.stentor.health.Health;
import io.stentor.health.LoopLags;
import io.stentor.health.LoopLags.LoopLag;
import io.stentor.health.Memory;
import io.stentor.journal.Journal;
import io.stentor.metrics.Metrics;
import io.stentor.support.RawHttp;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Health over HTTP, with every cause of an illness in the test's hand. */
class OperationsEndpointTest {
  private static final long SILENT_MILLIS = 15_000;

  private final Vertx vertx = Vertx.vertx();
  private final AtomicBoolean starting = new AtomicBoolean();
  private final AtomicBoolean draining = new AtomicBoolean();
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicLong heapUsed = new AtomicLong(10);
  private final AtomicLong directUsed = new AtomicLong(10);
  private final AtomicBoolean copied = new AtomicBoolean(true);
  private final AtomicLong millis = new AtomicLong();
  private final LoopLag lag = new LoopLag(nanos::get);
  private final BusProbe probe =
      new BusProbe(
          "a",
          () -> Set.of("a", "b"),
          SILENT_MILLIS,
          millis::get,
          new ClockSkew(() -> 1_000_000, node -> node));
  private final ClusterState cluster =
      new ClusterState(() -> true, copied::get, () -> 2, nanos::get);
  private final Metrics metrics = new Metrics(System::currentTimeMillis);
  private final Health health = new Health(vertx);
  private int port;

  @BeforeEach
  void serve() {
    LoopLags lags = LoopLags.of(lag);
    health.checkLive(lags);
    health.checkReady(
        starting::get,
        draining::get,
        lags,
        new Memory(heapUsed::get, () -> 100, directUsed::get, () -> 100),
        probe);
    health.checkReady(cluster);
    cluster.look();
    hearAll(0);
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(
                new OperationsEndpoint(
                    health,
                    OperationsEndpoint.Scrapes.of(vertx, metrics),
                    request -> true,
                    OperationsEndpoint::notFound))
            .listen(0, "127.0.0.1")
            .await();
    port = server.actualPort();
  }

  @AfterEach
  void stop() {
    metrics.close();
    vertx.close().await();
  }

  @Test
  void a_healthy_node_says_so_with_each_check() {
    RawHttp.Answer answer = RawHttp.get(port, "/health/ready");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type")).isEqualTo("application/json");
    assertThat(answer.header("cache-control")).isEqualTo("no-store");
    JsonObject body = new JsonObject(answer.body());
    assertThat(body.getString("status")).isEqualTo("UP");
    assertThat(body.getJsonArray("checks").stream().map(JsonObject.class::cast))
        .allSatisfy(check -> assertThat(check.getString("status")).isEqualTo("UP"))
        .extracting(check -> check.getString("id"))
        .containsExactlyInAnyOrder("serving", "eventLoops", "memory", "eventBus", "cluster");
    assertThat(RawHttp.get(port, "/health/live").status()).isEqualTo(200);
  }

  @Test
  void a_node_that_goes_away_is_not_ready_and_lives() {
    draining.set(true);
    assertThat(down()).containsExactly("serving");
    assertThat(RawHttp.get(port, "/health/live").status()).isEqualTo(200);
  }

  @Test
  void a_node_that_starts_is_not_ready_lives_and_does_not_listen_to_the_bus_yet() {
    starting.set(true);
    millis.addAndGet(SILENT_MILLIS + 1);
    assertThat(down()).containsExactly("serving");
    assertThat(RawHttp.get(port, "/health/live").status()).isEqualTo(200);
    hearAll(1);
    starting.set(false);
    assertThat(down()).isEmpty();
  }

  @Test
  void a_late_event_loop_makes_a_node_unready_and_a_dead_one_ends_its_life() {
    nanos.addAndGet(Health.SLOW_LOOP_NANOS + TimeUnit.SECONDS.toNanos(1));
    assertThat(down()).containsExactly("eventLoops");
    assertThat(RawHttp.get(port, "/health/live").status()).isEqualTo(200);
    lag.tick();
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(LoopLag.TICK_MILLIS));
    lag.tick();
    assertThat(down()).isEmpty();
    nanos.addAndGet(Health.DEAD_LOOP_NANOS + TimeUnit.SECONDS.toNanos(1));
    RawHttp.Answer live = RawHttp.get(port, "/health/live");
    assertThat(live.status()).isEqualTo(503);
    assertThat(live.body()).contains("\"eventLoops\"", "\"lagMillis\":30900");
  }

  @Test
  void a_node_short_of_heap_or_of_direct_memory_is_not_ready() {
    heapUsed.set(96);
    assertThat(down()).containsExactly("memory");
    heapUsed.set(95);
    assertThat(down()).isEmpty();
    directUsed.set(96);
    assertThat(down()).containsExactly("memory");
  }

  @Test
  void a_node_that_does_not_hear_the_bus_is_not_ready_until_it_does() {
    millis.addAndGet(SILENT_MILLIS + 1);
    assertThat(down()).containsExactly("eventBus");
    hearAll(1);
    assertThat(down()).isEmpty();
  }

  @Test
  void a_data_directory_that_takes_no_writes_makes_a_node_unready_until_it_does_again() {
    AtomicBoolean writable = new AtomicBoolean(true);
    AtomicLong elapsed = new AtomicLong();
    Journal.Figures figures = new Journal.Figures(4096, 1, 1, 7, 1, 1, 1, 1, 1, 0);
    health.checkReady(writable::get, () -> figures, elapsed::get);
    assertThat(RawHttp.get(port, "/health/ready").body())
        .contains("{\"writable\":true,\"bytes\":4096,\"queuedBytes\":7}");
    writable.set(false);
    elapsed.addAndGet(Health.FULL_QUEUE_NANOS - 1);
    assertThat(down()).as("a queue that is full for a moment").isEmpty();
    elapsed.addAndGet(1);
    assertThat(down()).containsExactly("dataDirectory");
    writable.set(true);
    assertThat(down()).isEmpty();
  }

  @Test
  void a_cluster_whose_logs_lack_their_copies_for_long_makes_a_node_unready() {
    copied.set(false);
    nanos.addAndGet(ClusterState.GRACE_NANOS + 1);
    lag.tick();
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(LoopLag.TICK_MILLIS));
    lag.tick();
    cluster.look();
    assertThat(down()).containsExactly("cluster");
    copied.set(true);
    cluster.look();
    assertThat(down()).isEmpty();
  }

  @Test
  void metrics_are_text_for_prometheus_and_for_whoever_wants_openmetrics() {
    RawHttp.Answer text = RawHttp.get(port, "/metrics");
    assertThat(text.header("content-type")).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
    assertThat(text.body()).contains("# TYPE jvm_threads_live_threads gauge\n");
    RawHttp.Answer open =
        RawHttp.exchange(
            port,
            "GET /metrics HTTP/1.1",
            "Host: localhost",
            "Connection: close",
            "Accept: application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5");
    assertThat(open.header("content-type")).startsWith("application/openmetrics-text;");
    assertThat(open.body()).endsWith("# EOF\n");
  }

  @Test
  void they_can_only_be_read() {
    for (String path : new String[] {"/health/live", "/health/ready", "/metrics"}) {
      RawHttp.Answer answer =
          RawHttp.exchange(
              port, "DELETE " + path + " HTTP/1.1", "Host: localhost", "Connection: close");
      assertThat(answer.status()).isEqualTo(405);
      assertThat(answer.header("allow")).isEqualTo("GET, HEAD");
    }
  }

  @Test
  void everything_else_is_for_others() {
    assertThat(RawHttp.get(port, "/health").status()).isEqualTo(404);
    assertThat(RawHttp.get(port, "/metrics/").status()).isEqualTo(404);
  }

  /** The checks that are down; holds the status code against them. */
  private Set<String> down() {
    RawHttp.Answer answer = RawHttp.get(port, "/health/ready");
    JsonObject body = new JsonObject(answer.body());
    Set<String> down =
        body.getJsonArray("checks").stream()
            .map(JsonObject.class::cast)
            .filter(check -> check.getString("status").equals("DOWN"))
            .map(check -> check.getString("id"))
            .collect(Collectors.toSet());
    assertThat(answer.status()).isEqualTo(down.isEmpty() ? 200 : 503);
    assertThat(body.getString("status")).isEqualTo(down.isEmpty() ? "UP" : "DOWN");
    for (String check : health.readyChecks()) {
      assertThat(health.isUp(check)).isEqualTo(!down.contains(check));
    }
    return down;
  }

  private void hearAll(long number) {
    probe.received("a", number);
    probe.received("b", number);
  }
}
