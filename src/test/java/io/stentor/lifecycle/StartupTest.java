package io.stentor.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import io.stentor.config.ConfigLoader;
import io.stentor.support.HttpRoom;
import io.stentor.support.Ports;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes of a cluster inside this JVM, with data directories. */
class StartupTest {
  private final String name = "test-" + UUID.randomUUID();
  private final int clusterPort = Ports.freeRange();
  @TempDir private Path directory;

  private Future<Node> start(String node) throws IOException {
    return start(node, new JsonObject());
  }

  private Future<Node> start(String node, JsonObject more) throws IOException {
    JsonObject cluster =
        new JsonObject()
            .put("enabled", true)
            .put("name", name)
            .put("host", "127.0.0.1")
            .put("port", clusterPort)
            .put("restartWaitSeconds", 3600);
    JsonObject options =
        new JsonObject()
            .put("http", new JsonObject().put("host", "127.0.0.1").put("port", 0))
            .put("eventLoops", 1)
            .put("dataDir", directory.resolve(node).toString())
            .put("cluster", cluster)
            .mergeIn(more);
    Path file = directory.resolve(node + ".json");
    Files.writeString(file, options.encode());
    ConfigLoader loader = new ConfigLoader(directory, Map.of());
    return Startup.start(
        loader.load(List.of(file.toString()), List.of()), Promise.<Void>promise().future());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.await(60, TimeUnit.SECONDS);
  }

  private void stopBoth(Node one, Node two) throws Exception {
    await(Future.join(one.stop(), two.stop()));
  }

  @Test
  void a_port_in_use_fails_the_start_before_the_node_joins_the_cluster() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int port = taken.getLocalPort();
      JsonObject listening = new JsonObject().put("host", "127.0.0.1").put("port", port);
      assertThatThrownBy(() -> await(start("one", new JsonObject().put("http", listening))))
          .hasMessage(
              "cannot listen on 127.0.0.1:%d: Address already in use;"
                  + " set another port with --port (http.port)",
              port);
    }
    assertThat(directory.resolve("one")).as("its data directory").doesNotExist();
  }

  @Test
  void an_address_of_another_machine_fails_the_start_with_the_reason() {
    // Of the block that documentation uses, RFC 5737.
    JsonObject elsewhere = new JsonObject().put("host", "192.0.2.1").put("port", 9898);
    assertThatThrownBy(() -> await(start("one", new JsonObject().put("http", elsewhere))))
        .hasMessage(
            "cannot listen on 192.0.2.1:9898: Cannot assign requested address;"
                + " no network interface of this machine has this address");
  }

  @Test
  void a_node_that_loses_its_cluster_for_good_asks_to_be_stopped_and_closes_its_data_directory()
      throws Exception {
    Node node = await(start("one"));
    CompletableFuture<Void> failed = new CompletableFuture<>();
    node.onFailure(() -> failed.complete(null));

    hazelcast().getLifecycleService().terminate();

    failed.get(10, TimeUnit.SECONDS);
    await(node.stop());
    await(await(start("one")).stop());
  }

  private HazelcastInstance hazelcast() {
    return Hazelcast.getAllHazelcastInstances().stream()
        .filter(instance -> instance.getConfig().getClusterName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void a_failed_start_does_not_drain() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    JsonObject http =
        new JsonObject().put("host", "127.0.0.1").put("port", 0).put("unixSocket", file.toString());
    JsonObject drain = new JsonObject().put("balancerSeconds", 600).put("timeoutSeconds", 900);
    JsonObject options = new JsonObject().put("http", http).put("drain", drain);
    assertThatThrownBy(() -> await(start("one", options)))
        .hasMessageContaining("there is a file that is no socket");
  }

  @Test
  void a_metrics_port_in_use_fails_the_start_before_the_node_waits_for_others() throws Exception {
    Node one = await(start("one"));
    Node two = await(start("two"));
    String position = HttpRoom.at(one.port(), "kept").publish("hello").position();
    stopBoth(one, two);

    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int port = taken.getLocalPort();
      JsonObject options = new JsonObject().put("metrics", new JsonObject().put("port", port));
      assertThatThrownBy(() -> await(start("one", options)))
          .hasMessage(
              "cannot listen on 127.0.0.1:%d: Address already in use;"
                  + " set another port with metrics.port",
              port);
    }

    Future<Node> first = start("one");
    two = await(start("two"));
    one = await(first);
    HttpRoom.Answer kept = HttpRoom.at(one.port(), "kept").read("?limit=9");
    assertThat(kept.contents()).containsExactly("hello");
    assertThat(kept.position()).isEqualTo(position);
    stopBoth(one, two);
  }
}
