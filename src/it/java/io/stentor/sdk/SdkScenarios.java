package io.stentor.sdk;

import io.stentor.support.NodeProcess;
import io.stentor.support.Ports;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A server for the scenarios of {@code src/it/js/scenarios.js}, and those that run everywhere. */
abstract class SdkScenarios {
  static final List<String> EVERYWHERE =
      List.of(
          "subscribes_and_publishes",
          "connects_and_subscribes_in_one_message",
          "sees_who_is_there",
          "reads_history",
          "recovers_after_a_cut",
          "gets_the_latest_value",
          "gets_the_latest_value_after_a_cut",
          "gets_what_matches_its_filter",
          "puts_deltas_together",
          "is_told_when_messages_were_lost",
          "answers_pings",
          "stays_away_after_a_terminal_close",
          "is_refused_what_is_not_there",
          "shows_tokens_and_renews_them",
          "is_put_into_the_rooms_of_its_token");

  static NodeProcess server;

  @BeforeAll
  static void startServer() {
    String port = Integer.toString(Ports.free());
    server = NodeProcess.start(Setting.nodes().with("--port", port));
  }

  @AfterAll
  static void stopServer() {
    if (server != null) {
      server.close();
    }
  }
}
