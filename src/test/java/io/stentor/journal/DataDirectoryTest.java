package io.stentor.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  @TempDir private Path parent;

  @Test
  void a_state_file_is_read_as_it_was_replaced() throws IOException {
    Path path = parent.resolve("deep/data");
    try (DataDirectory directory = DataDirectory.open(path)) {
      assertThat(directory.read("members")).isNull();
      directory.replace("members", new byte[] {1, 2, 3});
      directory.replace("members", new byte[] {4, 5});
    }
    try (DataDirectory directory = DataDirectory.open(path)) {
      assertThat(directory.read("members")).containsExactly(4, 5);
      assertThat(directory.isCopy()).isFalse();
    }
  }

  @Test
  void a_damaged_state_file_is_not_used() throws IOException {
    try (DataDirectory directory = DataDirectory.open(parent)) {
      directory.replace("members", new byte[] {1, 2, 3});
      byte[] file = Files.readAllBytes(parent.resolve("members"));
      for (int bit = 0; bit < 8 * file.length; bit += 5) {
        byte[] flipped = file.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        Files.write(parent.resolve("members"), flipped);
        assertThat(directory.read("members")).as("bit %d", bit).isNull();
      }
      for (int length = 0; length < file.length; length += 2) {
        Files.write(parent.resolve("members"), java.util.Arrays.copyOf(file, length));
        assertThat(directory.read("members")).as("length %d", length).isNull();
      }
    }
  }

  @Test
  void one_directory_is_used_once() throws IOException {
    try (DataDirectory directory = DataDirectory.open(parent)) {
      assertThat(directory.isCopy()).isFalse();
      assertThatThrownBy(() -> DataDirectory.open(parent))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("dataDir " + parent + " is used by another process");
    }
    DataDirectory.open(parent).close();
  }

  @Test
  void a_copied_directory_is_a_copy_until_it_is_identified() throws IOException {
    Path original = parent.resolve("original");
    Path copy = Files.createDirectory(parent.resolve("copy"));
    DataDirectory.open(original).close();
    try (Stream<Path> files = Files.list(original)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, copy.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    try (DataDirectory directory = DataDirectory.open(copy)) {
      assertThat(directory.isCopy()).isTrue();
      directory.identify();
    }
    try (DataDirectory directory = DataDirectory.open(copy)) {
      assertThat(directory.isCopy()).isFalse();
    }
  }

  @Test
  void a_file_is_no_directory() throws IOException {
    Path file = Files.writeString(parent.resolve("file"), "");
    for (Path path : List.of(file, file.resolve("below"))) {
      assertThatThrownBy(() -> DataDirectory.open(path))
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith("dataDir " + path);
    }
  }

  @Test
  void a_new_directory_is_for_its_owner_only() throws IOException {
    Path path = parent.resolve("private");
    DataDirectory.open(path).close();
    assertThat(mode(path)).isEqualTo("rwx------");
  }

  @Test
  void all_files_are_for_their_owner_only_whatever_the_directory_allows() throws IOException {
    try (DataDirectory directory =
        DataDirectory.open(Files.createDirectory(parent.resolve("open")))) {
      directory.replace("members", new byte[] {1});
      try (Disk.Output output = directory.disk().create("segment")) {
        output.force();
      }
    }
    try (Stream<Path> files = Files.list(parent.resolve("open"))) {
      assertThat(files)
          .hasSize(4)
          .allSatisfy(file -> assertThat(mode(file)).isEqualTo("rw-------"));
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
