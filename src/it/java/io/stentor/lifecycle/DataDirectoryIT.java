package io.stentor.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stentor.support.HttpRoom;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.RawHttp;
import io.stentor.support.Scrape;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What befalls the data directory of a single node: it tells, and keeps what it acknowledged. */
class DataDirectoryIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String LARGE = "x".repeat(30_000);

  @TempDir private Path directory;

  private final List<Object> acknowledged = new ArrayList<>();

  private Launch launch(Path data) {
    return Launch.server("--data-dir", data.toString())
        .withEnv("STENTOR_ROOM_DEFAULTS_HISTORY_BYTES", 60_000_000);
  }

  @Test
  void a_second_process_is_refused() {
    Path data = directory.resolve("data");
    try (NodeProcess node = NodeProcess.start(launch(data));
        NodeProcess second = NodeProcess.launch(launch(data))) {
      assertThat(second.exitCode()).isNotZero();
      assertThat(second.log().all()).filteredOn(line -> line.contains(data.toString())).hasSize(1);
      publish(node, "still served");
      node.kill9();
    }
    try (NodeProcess again = NodeProcess.start(launch(data))) {
      checkAcknowledged(again);
    }
  }

  @Test
  void a_full_disk_refuses_messages_until_there_is_space() throws IOException {
    Path mounted = Files.createDirectory(directory.resolve("small"));
    assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", mounted.toString()), "root");
    Path data = mounted.resolve("data");
    try {
      try (NodeProcess node = NodeProcess.start(launch(data))) {
        publish(node, "before");
        Path filler = fill(mounted);
        publishUntilRefused(node);
        assertReady(node, false);
        Files.delete(filler);
        await().atMost(SOON).until(() -> publish(node, "after") == 201);
        await().atMost(SOON).untilAsserted(() -> assertReady(node, true));
        node.kill9();
      }
      try (NodeProcess node = NodeProcess.start(launch(data))) {
        checkAcknowledged(node);
        assertThat(node.stop()).isZero();
      }
      assertThat(run("mount", "-o", "remount,ro", mounted.toString())).isTrue();
      try (NodeProcess node = NodeProcess.launch(launch(data))) {
        assertThat(node.exitCode()).isNotZero();
        assertThat(node.log().toString()).contains(data.toString());
      }
      assertThat(run("mount", "-o", "remount,rw", mounted.toString())).isTrue();
      try (NodeProcess node = NodeProcess.start(launch(data))) {
        checkAcknowledged(node);
      }
    } finally {
      run("umount", "-l", mounted.toString());
    }
  }

  private static Path fill(Path mounted) throws IOException {
    Path filler = mounted.resolve("filler");
    try (OutputStream out = Files.newOutputStream(filler)) {
      byte[] block = new byte[4_096];
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
    return filler;
  }

  @Test
  void a_directory_that_is_removed_loses_nothing_while_the_node_runs() throws IOException {
    Path data = directory.resolve("data");
    try (NodeProcess node = NodeProcess.start(launch(data))) {
      publish(node, "before");
      delete(data);
      publish(node, "meanwhile 1");
      publish(node, "meanwhile 2");
      Files.createDirectories(data);
      await().atMost(SOON).until(() -> publish(node, "after") == 201);
      await().atMost(SOON).untilAsserted(() -> assertReady(node, true));
      node.kill9();
    }
    try (NodeProcess node = NodeProcess.start(launch(data))) {
      checkAcknowledged(node);
    }
  }

  private static void delete(Path data) throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Publishes one text; returns the status, which is 201 or a 503 about the data directory. */
  private int publish(NodeProcess node, String text) {
    HttpRoom.Answer answer = HttpRoom.at(node.port(), "disk").publish(text);
    if (answer.status() == 201) {
      acknowledged.add(text);
    } else {
      assertThat(answer.status()).as(answer.response().body()).isEqualTo(503);
      assertThat(answer.problem()).isEqualTo("data-directory");
    }
    return answer.status();
  }

  private void publishUntilRefused(NodeProcess node) {
    int number = 0;
    while (publish(node, number + LARGE) == 201) {
      number++;
      assertThat(number).as("messages that a full disk took").isLessThan(2_000);
    }
  }

  /** Everything that was acknowledged is there, in order. What was refused may be there too. */
  private void checkAcknowledged(NodeProcess node) {
    HttpRoom room = HttpRoom.at(node.port(), "disk");
    List<Object> kept = new ArrayList<>();
    HttpRoom.Answer page = room.read("?limit=1");
    String epoch = page.json().getString("epoch");
    page = room.read("?since=" + epoch + ":0&limit=1000");
    while (!page.contents().isEmpty()) {
      kept.addAll(page.contents());
      page = room.read("?since=" + page.position() + "&limit=1000");
    }
    assertThat(kept).containsSubsequence(acknowledged);
  }

  private static void assertReady(NodeProcess node, boolean ready) {
    RawHttp.Answer answer = RawHttp.get(node.port(), "/health/ready");
    assertThat(answer.status()).as(answer.body()).isEqualTo(ready ? 200 : 503);
    assertThat(answer.body())
        .contains("{\"id\":\"dataDirectory\",\"status\":\"" + (ready ? "UP" : "DOWN"));
  }

  private static final int ROOMS = 100;
  private static final int MESSAGES = 10;
  private static final int FLIPS = 4;

  @Test
  void flipped_bits_are_told_and_never_served() throws IOException {
    long seed = System.nanoTime() % 1_000_000;
    Path data = directory.resolve("data");
    List<String> epochs = new ArrayList<>();
    try (NodeProcess node = NodeProcess.start(launch(data))) {
      for (int room = 0; room < ROOMS; room++) {
        epochs.add(publishAll(node, room));
      }
      assertThat(node.stop()).isZero();
    }
    flip(data, new Random(seed));
    try (NodeProcess node = NodeProcess.start(launch(data))) {
      int whole = 0;
      for (int room = 0; room < ROOMS; room++) {
        whole += checkPast(node, room, epochs.get(room)) ? 1 : 0;
      }
      assertThat(whole).as("seed %d", seed).isBetween(ROOMS / 2, ROOMS);
      assertThat(Scrape.of(node.port()).values())
          .as("seed %d", seed)
          .anySatisfy(
              (name, value) -> {
                assertThat(name).startsWith("stentor_journal_damaged");
                assertThat(value).isPositive();
              });
      assertThat(node.log().toString()).as("seed %d", seed).contains("damage");
      publish(node, "goes on");
      node.kill9();
    }
    try (NodeProcess node = NodeProcess.start(launch(data))) {
      checkAcknowledged(node);
    }
  }

  private static String text(int room, long offset) {
    return "text " + offset + " of room " + room;
  }

  private static String publishAll(NodeProcess node, int number) {
    HttpRoom room = HttpRoom.at(node.port(), "flips-" + number);
    HttpRoom.Answer answer = room.publish(text(number, 1));
    for (long offset = 2; offset <= MESSAGES; offset++) {
      answer = room.publish(text(number, offset));
    }
    assertThat(answer.json().getLong("offset")).isEqualTo(MESSAGES);
    return answer.json().getString("epoch");
  }

  /** Flips bits in the first half of the largest file, where records are that were flushed. */
  private static void flip(Path data, Random random) throws IOException {
    Path largest;
    try (Stream<Path> files = Files.walk(data)) {
      largest =
          files
              .filter(Files::isRegularFile)
              .max(Comparator.comparing(file -> file.toFile().length()))
              .orElseThrow();
    }
    try (RandomAccessFile file = new RandomAccessFile(largest.toFile(), "rw")) {
      int length = ROOMS * MESSAGES * text(1, 1).length();
      assertThat(file.length()).isGreaterThan(length);
      for (int i = 0; i < FLIPS; i++) {
        long at = random.nextInt(length / 2);
        file.seek(at);
        int old = file.read();
        file.seek(at);
        file.write(old ^ 1 << random.nextInt(8));
      }
    }
  }

  /** What is served has to be what was published there; returns whether nothing is missing. */
  private static boolean checkPast(NodeProcess node, int number, String epoch) {
    HttpRoom room = HttpRoom.at(node.port(), "flips-" + number);
    HttpRoom.Answer past = room.read("?since=" + epoch + ":1&limit=100");
    List<Object> expected = new ArrayList<>();
    for (long offset = 2; offset <= MESSAGES; offset++) {
      expected.add(text(number, offset));
    }
    boolean recovered = past.json().getBoolean("recovered");
    List<Object> kept = past.contents();
    if (recovered && past.json().getString("epoch").equals(epoch)) {
      assertThat(kept).isEqualTo(expected);
      return true;
    }
    if (recovered) {
      // The last messages are gone, and with them what is after the fork.
      assertThat(kept).isEqualTo(expected.subList(0, kept.size()));
    } else {
      // The log begins behind a message that is gone.
      expected.add(0, text(number, 1));
      assertThat(expected).containsSubsequence(kept);
    }
    HttpRoom.Answer beyond = room.read("?since=" + epoch + ":" + (MESSAGES + 1) + "&limit=100");
    assertThat(beyond.json().getBoolean("recovered")).isFalse();
    return false;
  }

  private static boolean run(String... command) throws IOException {
    try {
      return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
