package io.stentor.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stentor.support.Client;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Who is in a room while a node is cut off from the others, and after it is back. */
class PresenceSplitIT {
  private static final int NODES = 3;
  private static final Duration APART = Duration.ofSeconds(30);
  private static final Duration WHOLE = Duration.ofSeconds(60);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final List<Client> clients = new ArrayList<>();

  @Test
  void after_a_split_nobody_is_missing_and_nobody_is_a_ghost() {
    Network network = Network.best(NODES);
    assumeTrue(network.canCut(), "needs namespaces");
    try (Nodes nodes = new Nodes(NODES, network)) {
      for (int place = 0; place < NODES; place++) {
        join(nodes, place, "a" + place);
        join(nodes, place, "b" + place);
      }
      eventually(WHOLE, nodes, 0, "a0", "a1", "a2", "b0", "b1", "b2");
      eventually(WHOLE, nodes, 2, "a0", "a1", "a2", "b0", "b1", "b2");
      network.cut(2);
      eventually(APART, nodes, 0, "a0", "a1", "b0", "b1");
      eventually(APART, nodes, 1, "a0", "a1", "b0", "b1");
      eventually(APART, nodes, 2, "a2", "b2");
      // On each side one leaves and one comes, of whom the other side knows nothing.
      clients.get(1).leave();
      clients.get(5).leave();
      join(nodes, 1, "c1");
      join(nodes, 2, "c2");
      network.heal();
      for (int place = 0; place < NODES; place++) {
        eventually(WHOLE, nodes, place, "a0", "a1", "a2", "b1", "c1", "c2");
      }
      clients.forEach(Client::close);
      for (int place = 0; place < NODES; place++) {
        eventually(WHOLE, nodes, place);
      }
    } finally {
      clients.forEach(Client::close);
    }
  }

  private void join(Nodes nodes, int place, String name) {
    clients.add(Client.connect(nodes.uri(place, "/rooms/tea?name=" + name)));
  }

  private static void eventually(Duration most, Nodes nodes, int place, String... names) {
    Awaitility.await()
        .atMost(most)
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(members(nodes, place)).containsExactly(names));
  }

  private static List<String> members(Nodes nodes, int place)
      throws IOException, InterruptedException {
    URI uri = nodes.uri(place, "/rooms/tea/members");
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http" + uri.toString().substring("ws".length())))
            .timeout(Duration.ofSeconds(2))
            .build();
    String body = HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
    JsonArray members = new JsonObject(body).getJsonArray("members");
    return List.copyOf(
        new TreeSet<>(
            IntStream.range(0, members.size())
                .mapToObj(i -> members.getJsonObject(i).getString("user"))
                .toList()));
  }
}
