package io.stentor.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.CodeBlock;
import io.stentor.support.Command;
import io.stentor.support.HttpRoom;
import io.stentor.support.HttpRoom.Answer;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Backup and restore with the commands of docs/operations/DATA.md. */
@Timeout(180)
class BackupIT {
  private static final String ROOM = "backup";
  private static final int ROOMS = 12;
  private static final String ALL = "?limit=1000";

  @TempDir Path directory;

  private NodeProcess node(Path data) {
    return NodeProcess.start(Launch.server("--data-dir", data.toString()));
  }

  private static HttpRoom room(NodeProcess node) {
    return HttpRoom.at(node.port(), ROOM);
  }

  /** Runs a block of DATA.md. */
  private void run(String name, Path data, Path backup) {
    CodeBlock block =
        CodeBlock.of(Path.of("docs", "operations", "DATA.md")).stream()
            .filter(one -> name.equals(one.noteBehind(CodeBlock.FILE)))
            .findFirst()
            .orElseThrow();
    Map<String, String> variables =
        Map.of("DATA", data.toString(), "BACKUP", backup.toString(), "LC_ALL", "C.UTF-8");
    List<String> bash = List.of("bash", "-euo", "pipefail", "-c", block.text());
    try (Command command = Command.start(bash, directory, variables)) {
      command.awaitEnd();
    }
  }

  private String inspected(Path data) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String jar = Launch.jarUnderTest().toString();
    List<String> command = List.of(java, "-jar", jar, "--inspect-data", data.toString());
    try (Command inspection = Command.start(command, directory, Map.of())) {
      return inspection.awaitEnd();
    }
  }

  private static List<Object> numbers(int end) {
    return new ArrayList<>(IntStream.range(0, end).mapToObj(Integer::toString).toList());
  }

  private static void publish(HttpRoom room, int from, int to) {
    for (int i = from; i < to; i++) {
      assertThat(room.publish(Integer.toString(i)).status()).isEqualTo(201);
    }
  }

  @Test
  void a_copy_of_a_running_node_has_what_was_acknowledged_before_it_began() {
    Path data = directory.resolve("data");
    Path backup = directory.resolve("backup");
    Answer early;
    Answer late;
    try (NodeProcess node = node(data)) {
      HttpRoom room = room(node);
      publish(room, 0, 200);
      early = room.publish("early");
      try (Publishing others = new Publishing(HttpRoom.at(node.port(), "others"))) {
        others.awaitSome();
        run("backup.sh", data, backup);
      }
      late = room.publish("late");
      node.kill9();
    }

    assertThat(inspected(backup))
        .contains(
            "a copy: rooms go on in new epochs", "no damage", " buffered    changes  " + ROOM);
    run("restore.sh", data, backup);
    try (NodeProcess node = node(data)) {
      HttpRoom room = room(node);
      List<Object> found = numbers(200);
      found.add("early");
      Answer whole = room.read(ALL);
      assertThat(whole.contents()).isEqualTo(found);
      assertThat(whole.json().getString("epoch"))
          .as("a position means one message, also that of the message after the backup")
          .isNotEqualTo(late.json().getString("epoch"));
      Answer after = room.publish("after the restore");
      assertThat(after.json().getLong("offset")).isEqualTo(late.json().getLong("offset"));
      Answer resumed = room.read("?strict=true&since=" + early.position());
      assertThat(resumed.status()).isEqualTo(200);
      assertThat(resumed.contents()).containsExactly("after the restore");
      assertThat(room.read("?strict=true&since=" + late.position()).status()).isEqualTo(412);
    }
  }

  @Test
  void a_copy_of_a_stopped_node_has_everything_and_a_directory_that_was_not_copied_its_epochs() {
    Path data = directory.resolve("data");
    Path backup = directory.resolve("backup");
    Answer last;
    try (NodeProcess node = node(data)) {
      publish(room(node), 0, 50);
      last = room(node).publish("last");
      assertThat(node.stop()).isZero();
    }
    run("backup.sh", data, backup);
    List<Object> found = numbers(50);
    found.add("last");
    for (boolean copied : List.of(false, true)) {
      try (NodeProcess node = node(copied ? backup : data)) {
        Answer whole = room(node).read(ALL);
        assertThat(whole.contents()).isEqualTo(found);
        assertThat(whole.json().getString("epoch").equals(last.json().getString("epoch")))
            .as("copied: %s", copied)
            .isEqualTo(!copied);
        assertThat(room(node).read("?strict=true&since=" + last.position()).status())
            .isEqualTo(200);
        assertThat(node.stop()).isZero();
      }
    }
  }

  /** The files keep what a copy is recognised by. */
  @Test
  void a_snapshot_that_was_rolled_back_is_a_copy_if_its_identity_is_deleted() throws IOException {
    Path data = directory.resolve("data");
    Path snapshot = directory.resolve("snapshot");
    try (NodeProcess node = node(data)) {
      publish(room(node), 0, 10);
      assertThat(node.stop()).isZero();
    }
    run("backup.sh", data, snapshot);
    Answer lost;
    try (NodeProcess node = node(data)) {
      lost = room(node).publish("lost by the roll-back");
      assertThat(node.stop()).isZero();
    }
    rollBack(data, snapshot);
    Files.delete(data.resolve("identity"));
    try (NodeProcess node = node(data)) {
      Answer whole = room(node).read(ALL);
      assertThat(whole.contents()).isEqualTo(numbers(10));
      assertThat(room(node).read("?strict=true&since=" + lost.position()).status()).isEqualTo(412);
    }
  }

  private static void rollBack(Path data, Path snapshot) throws IOException {
    try (Stream<Path> files = Files.list(data)) {
      for (Path file : files.filter(one -> !one.endsWith("identity")).toList()) {
        Files.delete(file);
      }
    }
    try (Stream<Path> files = Files.list(snapshot)) {
      for (Path file : files.filter(one -> !one.endsWith("identity")).toList()) {
        Files.copy(file, data.resolve(file.getFileName()));
      }
    }
  }

  @Test
  void copies_of_all_nodes_of_a_cluster_bring_back_what_was_acknowledged_before() {
    List<String> names = List.of("node1", "node2", "node3");
    Launch common =
        Launch.jar("--cluster", "--host", "127.0.0.1")
            .withEnv("STENTOR_CLUSTER_NAME", "backup-" + UUID.randomUUID())
            .withEnv("STENTOR_CLUSTER_PORT", Ports.freeRange());
    List<NodeProcess> nodes = start(common, names);
    try (Publishing others = new Publishing(HttpRoom.at(nodes.get(0).port(), "others"))) {
      for (int room = 0; room < ROOMS; room++) {
        publish(HttpRoom.at(nodes.get(room % 3).port(), ROOM + room), 0, 20);
      }
      others.awaitSome();
      names.forEach(name -> run("backup.sh", directory.resolve(name), copyOf(name)));
    } catch (AssertionError e) {
      nodes.forEach(NodeProcess::close);
      throw e;
    }
    nodes.forEach(NodeProcess::kill9);
    names.forEach(name -> run("restore.sh", directory.resolve(name), copyOf(name)));
    nodes = start(common, names);
    try {
      for (int room = 0; room < ROOMS; room++) {
        HttpRoom restored = HttpRoom.at(nodes.get((room + 1) % 3).port(), ROOM + room);
        assertThat(restored.read(ALL).contents()).as("room %d", room).isEqualTo(numbers(20));
        assertThat(restored.publish("after").json().getLong("offset")).isEqualTo(21);
      }
    } finally {
      nodes.forEach(NodeProcess::close);
    }
  }

  private Path copyOf(String name) {
    return directory.resolve(name + "-copy");
  }

  /** Starts nodes at the same time, each with a data directory of its name. */
  private List<NodeProcess> start(Launch common, List<String> names) {
    List<NodeProcess> nodes = new ArrayList<>();
    for (String name : names) {
      String data = directory.resolve(name).toString();
      String port = Integer.toString(Ports.free());
      nodes.add(NodeProcess.launch(common.with("--port", port, "--data-dir", data)));
    }
    try {
      nodes.forEach(NodeProcess::awaitReady);
    } catch (AssertionError e) {
      nodes.forEach(NodeProcess::close);
      throw e;
    }
    return nodes;
  }

  /** Somebody who publishes all the time. */
  private static final class Publishing implements AutoCloseable {
    private final AtomicBoolean ends = new AtomicBoolean();
    private final HttpRoom room;
    private final Thread thread = new Thread(this::run, "publishing");

    Publishing(HttpRoom room) {
      this.room = room;
      thread.start();
    }

    private void run() {
      while (!ends.get()) {
        room.publish("x".repeat(1000));
      }
    }

    void awaitSome() {
      org.awaitility.Awaitility.await().until(() -> !room.read("?limit=1").contents().isEmpty());
    }

    @Override
    public void close() {
      ends.set(true);
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
