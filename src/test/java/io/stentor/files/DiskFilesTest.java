package io.stentor.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.files.FileSource.DiskFiles;
import io.stentor.files.FileSource.StaticFile;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is held of the files on disk. */
class DiskFilesTest {
  @TempDir Path root;
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void only_so_many_files_are_held_and_all_are_served() throws IOException {
    DiskFiles files = new DiskFiles(vertx, root);
    for (int i = 0; i < DiskFiles.MAX_HELD_FILES + 5; i++) {
      Files.writeString(root.resolve(i + ".txt"), "file " + i);
      String name = i + ".txt";
      assertThat(files.find(name).toCompletionStage().toCompletableFuture().join()).isPresent();
    }

    assertThat(files.heldFiles()).isEqualTo(DiskFiles.MAX_HELD_FILES);
  }

  @Test
  void a_file_that_stays_the_same_is_read_once() throws IOException {
    Files.writeString(root.resolve("index.html"), "a page");
    Files.setLastModifiedTime(
        root.resolve("index.html"),
        FileTime.fromMillis(System.currentTimeMillis() - TimeUnit.MINUTES.toMillis(1)));
    DiskFiles files = new DiskFiles(vertx, root);
    StaticFile first =
        files.find("index.html").toCompletionStage().toCompletableFuture().join().orElseThrow();
    StaticFile second =
        files.find("index.html").toCompletionStage().toCompletableFuture().join().orElseThrow();

    assertThat(second).isSameAs(first);
  }
}
