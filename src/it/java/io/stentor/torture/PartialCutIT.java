package io.stentor.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stentor.support.Client;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two nodes lose each other while both still reach the third. */
class PartialCutIT {
  private static final int NODES = 3;

  /** Logs of so many rooms are on every node, with their copies on every other one. */
  private static final int ROOMS = 24;

  private static final Duration APART = Duration.ofSeconds(20);
  private static final Duration HEALED = Duration.ofSeconds(10);
  private static final Pattern SIZE =
      Pattern.compile("^stentor_cluster_nodes\\S* (\\d)", Pattern.MULTILINE);

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** Node 0 has been in the cluster longest: it is the one that may remove others. */
  @ParameterizedTest
  @CsvSource({"1, 2, 0", "0, 2, 1"})
  void one_of_the_two_stays_apart_and_the_others_serve_every_room(int one, int other, int between)
      throws IOException, InterruptedException {
    Network network = Network.best(NODES);
    assumeTrue(network.canCut(), "needs namespaces");
    try (Nodes nodes = new Nodes(NODES, network)) {
      await().atMost(APART).until(() -> seen(nodes, 0) == NODES && seen(nodes, 2) == NODES);
      network.cut(one, other);
      await().atMost(APART).until(() -> seen(nodes, one) + seen(nodes, other) == NODES);
      int apart = seen(nodes, one) == 1 ? one : other;
      int together = one + other - apart;
      assertThat(seen(nodes, between)).isEqualTo(2);

      for (int room = 0; room < ROOMS; room++) {
        try (Client listener = Client.connect(nodes.uri(together, "/rooms/r" + room + "?last=1"))) {
          assertThat(publish(nodes, between, room, "between")).isEqualTo(201);
          listener.skipTo("between");
        }
        assertThat(publish(nodes, together, room, "together")).isEqualTo(201);
        assertThat(publish(nodes, apart, room, "apart")).isEqualTo(201);
      }
      if (between
          == 0) { // The leader would accept it; a node that is not the leader does not answer.
        nodes.process(apart).log().await("stays apart from the cluster", APART);
      }
      assertThat(List.of(seen(nodes, apart), seen(nodes, between), seen(nodes, together)))
          .containsExactly(1, 2, 2);

      network.heal();
      await()
          .atMost(HEALED)
          .until(() -> seen(nodes, 0) + seen(nodes, 1) + seen(nodes, 2) == NODES * NODES);
    }
  }

  private static int seen(Nodes nodes, int place) throws IOException, InterruptedException {
    Matcher size = SIZE.matcher(send(request(nodes, place, "/metrics").build()).body());
    assertThat(size.find()).isTrue();
    return Integer.parseInt(size.group(1));
  }

  private static int publish(Nodes nodes, int place, int room, String text)
      throws IOException, InterruptedException {
    return send(request(nodes, place, "/rooms/r" + room + "/messages")
            .header("Content-Type", "text/plain")
            .POST(BodyPublishers.ofString(text))
            .build())
        .statusCode();
  }

  private static HttpRequest.Builder request(Nodes nodes, int place, String path) {
    return HttpRequest.newBuilder(URI.create("http://" + nodes.address(place) + path))
        .timeout(APART);
  }

  private static HttpResponse<String> send(HttpRequest request)
      throws IOException, InterruptedException {
    return HTTP.send(request, BodyHandlers.ofString());
  }
}
