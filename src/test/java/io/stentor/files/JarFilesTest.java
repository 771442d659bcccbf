package io.stentor.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.files.FileSource.DiskFiles;
import io.stentor.files.FileSource.JarFiles;
import io.stentor.files.FileSource.StaticFile;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JarFilesTest {
  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private JarFiles files;

  @BeforeEach
  void makeJar() throws IOException {
    Path jar = directory.resolve("a program.jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out)) {
      for (String name : new String[] {"webroot/", "webroot/js/", "webroot/index.html"}) {
        entries.putNextEntry(new JarEntry(name));
        entries.write(name.endsWith("/") ? new byte[0] : "page".getBytes(StandardCharsets.UTF_8));
      }
      entries.putNextEntry(new JarEntry("conf/secret.json"));
      entries.write('x');
    }
    files = new JarFiles(vertx, URI.create("jar:" + jar.toUri() + "!/webroot/index.html").toURL());
  }

  @AfterEach
  void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private Optional<StaticFile> find(String name) {
    return files.find(name).toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void serves_the_files_of_the_webroot_and_nothing_else_of_the_jar() {
    assertThat(find("index.html").orElseThrow().bytes()).hasToString("page");
    assertThat(find("js")).isEmpty();
    assertThat(find("js/")).isEmpty();
    assertThat(find("../conf/secret.json")).isEmpty();
    assertThat(find("conf/secret.json")).isEmpty();
  }

  @Test
  void a_file_has_the_same_etag_in_the_jar_and_on_disk() throws IOException {
    Files.writeString(directory.resolve("index.html"), "page");
    DiskFiles disk = new DiskFiles(vertx, directory);
    StaticFile onDisk =
        disk.find("index.html").toCompletionStage().toCompletableFuture().join().orElseThrow();

    assertThat(find("index.html").orElseThrow().etag()).isEqualTo(onDisk.etag());
  }
}
