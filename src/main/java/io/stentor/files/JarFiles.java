package io.stentor.files;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.file.AsyncFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/**
 * The files inside the program's jar. They are read all at once at the first request, so that
 * nothing is unpacked to disk and no name can lead anywhere else.
 */
final class JarFiles implements FileSource {
  private final Vertx vertx;
  private final URL index;
  private @Nullable Future<Map<String, StaticFile>> files;

  /**
   * @param index address of {@code index.html} in the jar
   */
  JarFiles(Vertx vertx, URL index) {
    this.vertx = vertx;
    this.index = index;
  }

  @Override
  public Future<Optional<StaticFile>> find(String name) {
    if (files == null || files.failed()) {
      files = vertx.executeBlocking(this::readAll);
    }
    return files.map(all -> Optional.ofNullable(all.get(name)));
  }

  @Override
  public Future<AsyncFile> open(String name) {
    return Future.failedFuture("files in the jar are all held");
  }

  private Map<String, StaticFile> readAll() throws IOException {
    JarURLConnection connection = (JarURLConnection) index.openConnection();
    connection.setUseCaches(false);
    Map<String, StaticFile> all = new HashMap<>();
    try (JarFile jar = connection.getJarFile()) {
      List<JarEntry> entries =
          jar.stream().filter(e -> e.getName().startsWith(RESOURCES) && !e.isDirectory()).toList();
      for (JarEntry entry : entries) {
        String name = entry.getName().substring(RESOURCES.length());
        try (InputStream in = jar.getInputStream(entry)) {
          StaticFile file = StaticFile.read(name, in);
          if (file.bytes() == null) {
            throw new IOException(name + " in the jar is larger than " + StaticFile.MAX_HELD_BYTES);
          }
          all.put(name, file);
        }
      }
    }
    return Map.copyOf(all);
  }

  @Override
  public String toString() {
    return "the jar";
  }
}
