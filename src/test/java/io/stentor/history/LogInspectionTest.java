package io.stentor.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.RoomOptions.Durability;
import io.stentor.config.RoomOptions.First;
import io.stentor.config.RoomOptions.History;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogInspectionTest {
  private static final String FIRST = "journal-00000001.log";

  @TempDir private Path data;
  private long epoch;

  @BeforeEach
  void write() throws IOException {
    try (LogJournal journal = LogJournal.open(data)) {
      LocalHistory history = new LocalHistory(journal, true);
      epoch = append(history, "tea", 2, Durability.SYNCED);
      append(history, "coffee", 1, Durability.BUFFERED);
      // So there is always a good record behind that of the coffee.
      append(history, "milk", 1, Durability.BUFFERED);
      append(history, "prices", 1, Durability.MEMORY);
    }
  }

  private static long append(
      LocalHistory history, String room, int messages, Durability durability) {
    History limits = new History(10, 1000, 300, durability, First.NONE);
    Publication text = Publication.text("hello", 1);
    Batch batch = new Batch(1, 1, Stream.generate(() -> text).limit(messages).toList());
    return history
        .append(new RoomName(room), batch, limits)
        .toCompletionStage()
        .toCompletableFuture()
        .join()
        .epoch();
  }

  private List<String> printed() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LogInspection.of(data).print(new PrintStream(out, true, StandardCharsets.UTF_8), Instant.now());
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void prints_files_and_rooms() throws IOException {
    List<String> lines = printed();
    assertThat(lines.get(0)).isEqualTo(FIRST + "  " + Files.size(data.resolve(FIRST)) + " bytes");
    assertThat(lines.get(1))
        .matches("\\d+ records, \\d+ bytes, read in \\d+ ms; last written .* s ago");
    assertThat(lines.subList(2, 6))
        .containsExactly(
            "continuous: rooms keep their epochs; those of a cluster, if its nodes start together",
            "no damage",
            "",
            "3 rooms");
    assertThat(lines.subList(6, 10))
        .map(line -> line.replaceAll(" +", " "))
        .satisfies(
            rows -> {
              assertThat(rows.get(0)).isEqualTo("position messages bytes durability epoch room");
              assertThat(rows.get(1)).endsWith(":1 1 5 buffered stays coffee");
              assertThat(rows.get(2)).endsWith(":1 1 5 buffered stays milk");
              assertThat(rows.get(3))
                  .isEqualTo(Long.toString(epoch, 36) + ":2 2 10 synced stays tea");
            });
    assertThat(LogInspection.of(data).isDamaged()).isFalse();
  }

  @Test
  void prints_which_rooms_a_cluster_has_used() throws IOException {
    try (LogJournal journal = LogJournal.open(data)) {
      RoomLog log = new RoomLog(7);
      Batch batch = new Batch(1, 1, List.of(Publication.text("hello", 1)));
      History limits = new History(10, 1000, 300, Durability.BUFFERED, First.NONE);
      log.append(batch, journal.millis(), limits);
      log.enter(5, 1, 0, true);
      journal.record("shared", log, Set.of(), journal.millis());
    }
    assertThat(printed()).anyMatch(line -> line.endsWith("cluster  shared"));
  }

  @Test
  void prints_damage_and_which_rooms_it_concerns() throws IOException {
    byte[] file = Files.readAllBytes(data.resolve(FIRST));
    String text = new String(file, StandardCharsets.ISO_8859_1);
    file[text.lastIndexOf("coffee")] ^= 1;
    Files.write(data.resolve(FIRST), file);
    List<String> lines = printed();
    assertThat(lines).contains("damage:").anyMatch(line -> line.contains(FIRST + " is damaged"));
    assertThat(lines).anyMatch(line -> line.endsWith("changes  tea"));
    assertThat(LogInspection.of(data).isDamaged()).isTrue();
  }

  @Test
  void prints_that_it_is_a_copy() throws IOException {
    Files.delete(data.resolve("identity"));
    assertThat(printed())
        .contains("a copy: rooms go on in new epochs")
        .anyMatch(line -> line.endsWith("changes  tea"));
  }
}
