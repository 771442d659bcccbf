package io.stentor.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.ClusterOfProcesses;
import io.stentor.support.HttpRoom;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** One market in a cluster of several nodes that all have {@code --demo}. */
class DemoIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String ONE = "demo: this node publishes";
  private static final String OTHER = "demo: another node has the market";

  @Test
  void two_nodes_have_one_market_and_the_second_goes_on_from_the_prices_of_the_first() {
    Launch demo =
        Launch.jar("--host", "127.0.0.1", "--demo").withEnv("STENTOR_DEMO_UPDATES_PER_SECOND", 240);
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2, demo)) {
      NodeProcess first = cluster.node(0);
      NodeProcess second = cluster.node(1);
      first.log().await(ONE, SOON);
      second.log().await(OTHER, SOON);
      HttpRoom room = HttpRoom.at(second.port(), "quotes:ARGO");
      await().atMost(SOON).until(() -> prices(room).size() >= 20);
      first.kill9();
      second.log().await(ONE, SOON);
      int before = prices(room).size();
      await().atMost(SOON).until(() -> prices(room).size() >= before + 20);

      assertThat(first.log().all()).noneMatch(line -> line.contains(OTHER));
      assertIsOfOneMarket(prices(room));
    }
  }

  private static JsonArray prices(HttpRoom room) {
    return room.get("/rooms/quotes:ARGO/messages?limit=1000").json().getJsonArray("messages");
  }

  private static void assertIsOfOneMarket(JsonArray messages) {
    double open = quote(messages, 0).getDouble("open");
    double last = quote(messages, 0).getDouble("price");
    for (int i = 0; i < messages.size(); i++) {
      assertThat(quote(messages, i).getDouble("open")).isEqualTo(open);
      double price = quote(messages, i).getDouble("price");
      assertThat(price).as("%s", messages).isBetween(last * 0.99 - 0.01, last * 1.01 + 0.01);
      last = price;
    }
  }

  private static JsonObject quote(JsonArray messages, int number) {
    return messages.getJsonObject(number).getJsonObject("data");
  }
}
