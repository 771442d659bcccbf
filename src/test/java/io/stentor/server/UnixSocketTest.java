package io.stentor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stentor.support.Client;
import io.stentor.support.NodeInProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that listens on a Unix domain socket beside its port, asked by curl. */
class UnixSocketTest {
  @TempDir Path directory;

  @Test
  void serves_the_same_rooms_beside_the_port() throws Exception {
    assumeTrue(curl("--version").startsWith("curl"), "no curl on this machine");
    Path socket = directory.resolve("stentor.sock");
    try (NodeInProcess node = start(socket, "600");
        Client client = Client.connect(node.port(), "/rooms/tea")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
          .isEqualTo("rw-------");
      client.expectNothingBefore("here");
      String answer =
          curl(
              "--unix-socket",
              socket.toString(),
              "-H",
              "Content-Type: text/plain",
              "-d",
              "by the socket",
              "http://localhost/rooms/tea/messages");
      assertThat(answer).contains("\"offset\":2");
      client.expect("by the socket");
      String events =
          curl(
              "--unix-socket",
              socket.toString(),
              "-N",
              "--max-time",
              "3",
              "http://localhost/rooms/tea/events?last=1");
      assertThat(events).contains("data: by the socket");
    }
    assertThat(socket).doesNotExist();
  }

  @Test
  void takes_the_place_of_a_socket_that_a_killed_process_left() throws Exception {
    Path socket = directory.resolve("left.sock");
    try (ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      left.bind(UnixDomainSocketAddress.of(socket));
    }
    assertThat(socket).exists();
    try (NodeInProcess node = start(socket, "666")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
          .isEqualTo("rw-rw-rw-");
      assertThat(node.port()).isPositive();
    }
  }

  @Test
  void refuses_to_start_where_another_process_listens() throws Exception {
    Path socket = directory.resolve("taken.sock");
    try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.bind(UnixDomainSocketAddress.of(socket));
      assertThatThrownBy(() -> start(socket, "660"))
          .hasStackTraceContaining("another process listens there");
      assertThat(socket).exists();
    }
  }

  @Test
  void takes_away_nothing_that_is_no_socket() throws Exception {
    Path file = Files.writeString(directory.resolve("letter.txt"), "dear");
    assertThatThrownBy(() -> start(file, "660")).hasStackTraceContaining("is no socket");
    assertThat(file).hasContent("dear");
  }

  private static NodeInProcess start(Path socket, String mode) throws IOException {
    JsonObject http =
        new JsonObject().put("unixSocket", socket.toString()).put("unixSocketMode", mode);
    return NodeInProcess.start(new JsonObject().put("http", http));
  }

  private static String curl(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("curl", "-s"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String answer = new String(process.getInputStream().readAllBytes());
    process.waitFor();
    return answer;
  }
}
