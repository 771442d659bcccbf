package io.stentor.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.Client;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.RawHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process whose files change. */
class ReloadIT {
  private static final Duration SOON = Duration.ofSeconds(20);

  @Test
  void sighup_has_the_files_read_at_once_and_ends_nothing(@TempDir Path directory)
      throws IOException {
    Path file = Files.writeString(directory.resolve("a.json"), "{}");
    try (NodeProcess node = NodeProcess.start(Launch.server("--conf", file.toString()));
        Client client = Client.connect(node.port(), "/rooms/tea")) {
      client.expectNothingBefore("before");
      Files.writeString(file, "{\"rooms\":[{\"match\":\"*\",\"transform\":\"shout\"}]}");
      node.hangUp();
      node.log().await("reloading the configuration on request", SOON);
      node.log().await("configuration changed: rooms", SOON);
      client.publish("now").expect("NOW!!!");
      Files.writeString(file, "{\"http\":{\"prot\":1}}");
      node.hangUp();
      String refused = node.log().await("WARN .*stays as it was", SOON);
      assertThat(refused).contains("http.prot", "is not an option");
      client.publish("on").expect("ON!!!");
    }
  }

  @Test
  void limits_and_the_way_to_stop_are_those_of_the_files_as_they_are(@TempDir Path directory)
      throws IOException {
    Path file = Files.writeString(directory.resolve("a.json"), "{}");
    try (NodeProcess node = NodeProcess.start(Launch.server("--conf", file.toString()));
        Client client = Client.connect(node.port(), "/rooms/tea")) {
      client.expectNothingBefore("before");
      String limits = "\"limits\":{\"connections\":1}";
      Files.writeString(file, "{" + limits + ",\"drain\":{\"balancerSeconds\":1}}");
      node.hangUp();
      node.log().await("configuration changed: drain.balancerSeconds, limits.connections", SOON);
      assertThat(RawHttp.get(node.port(), "/rooms").status()).isEqualTo(503);
      client.publish("still here").expect("still here");
      Files.writeString(
          file,
          "{" + limits + ",\"drain\":{\"balancerSeconds\":1},\"logging\":{\"format\":\"json\"}}");
      node.hangUp();
      node.log().await("\\{.*configuration changed: logging.format", SOON);
      node.stop();
      node.log().await("stopping: unready, still serving for 1 s", SOON);
    }
  }
}
