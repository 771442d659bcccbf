package io.stentor.journal;

import static io.stentor.journal.Recorded.payload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stentor.journal.Journal.Level;
import io.stentor.journal.Replay.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectionTest {
  private static final String FIRST = "journal-00000001.log";

  @TempDir private Path parent;
  private Recorded recorded;

  private Inspection inspect(Path directory) throws IOException {
    return Inspection.of(directory, () -> recorded = new Recorded());
  }

  /** Writes two records, and closes the directory. */
  private Path written() throws IOException {
    Path data = parent.resolve("data");
    try (DataDirectory directory = DataDirectory.open(data);
        Journal journal = Journal.open(directory, JournalOptions.DEFAULT, new Recorded())) {
      journal.append(Kind.BASE, "a", payload("x".repeat(500)));
      journal.append(Kind.BASE, "b", payload("2"));
    }
    return data;
  }

  /** Names, sizes and times of the files. */
  private static Map<String, String> files(Path directory) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : all.toList()) {
        String stamp = Files.isDirectory(file) ? "" : Files.size(file) + " bytes ";
        files.put(file.toString(), stamp + Files.getLastModifiedTime(file));
      }
    }
    return files;
  }

  @Test
  void a_directory_in_use_is_read_and_nothing_is_changed() throws IOException {
    Path data = parent.resolve("data");
    try (DataDirectory directory = DataDirectory.open(data);
        Journal journal = Journal.open(directory, JournalOptions.DEFAULT, new Recorded())) {
      long last = journal.append(Kind.BASE, "a", payload("1"));
      await().until(() -> journal.isSafe(last, Level.FLUSHED));
      Map<String, String> before = files(data);

      Inspection found = inspect(data);

      assertThat(recorded.records).containsExactly("BASE a 1");
      assertThat(found.files()).extracting(Inspection.File::name).containsExactly(FIRST);
      assertThat(found.files().get(0).bytes()).isEqualTo(Files.size(data.resolve(FIRST)));
      assertThat(found.copy()).isFalse();
      assertThat(found.continuous()).isTrue();
      assertThat(found.report().damaged()).isZero();
      assertThat(files(data)).isEqualTo(before);
    }
  }

  @Test
  void a_lock_is_not_taken() throws IOException {
    Path data = written();
    Files.delete(data.resolve("lock"));
    assertThat(inspect(data).report().keys()).isEqualTo(2);
    assertThat(data.resolve("lock")).doesNotExist();
  }

  @Test
  void damage_is_told() throws IOException {
    Path data = written();
    byte[] file = Files.readAllBytes(data.resolve(FIRST));
    file[file.length / 2] ^= 1;
    Files.write(data.resolve(FIRST), file);

    assertThat(inspect(data).report().damaged()).isEqualTo(1);

    assertThat(recorded.damage).hasSize(1);
    assertThat(recorded.damage.get(0)).contains(FIRST + " is damaged at byte ");
    assertThat(recorded.records).containsExactly("BASE b 2");
  }

  @Test
  void a_copy_is_told() throws IOException {
    Path data = written();
    Path copy = Files.createDirectory(parent.resolve("copy"));
    try (Stream<Path> files = Files.list(data)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    Inspection found = inspect(copy);
    assertThat(found.copy()).isTrue();
    assertThat(found.continuous()).isFalse();
    assertThat(recorded.records).hasSize(2);
  }

  @Test
  void what_is_no_data_directory_is_refused_and_stays_as_it_is() throws IOException {
    assertThatThrownBy(() -> inspect(parent))
        .isInstanceOf(DataException.class)
        .hasMessage(parent + " has no journal");
    assertThat(parent).isEmptyDirectory();
    Path none = parent.resolve("none");
    assertThatThrownBy(() -> inspect(none))
        .isInstanceOf(DataException.class)
        .hasMessage(none + " is not a directory");
    assertThat(none).doesNotExist();
  }
}
