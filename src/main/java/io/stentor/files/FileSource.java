package io.stentor.files;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.file.AsyncFile;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where static files come from. One event loop. */
sealed interface FileSource permits DiskFiles, JarFiles {
  /** The directory of static files among the program's resources. */
  String RESOURCES = "webroot/";

  /**
   * Finds a file; empty where there is none, or nothing that may be served.
   *
   * @param name as made by {@link FileName}
   */
  Future<Optional<StaticFile>> find(String name);

  /** Opens a file that {@link #find} found and that is too large to be held. The caller closes. */
  Future<AsyncFile> open(String name);

  /**
   * The directory if there is one, else what the program brings with it. Looks at the disk once.
   */
  static FileSource of(Vertx vertx, Path directory) {
    if (Files.isDirectory(directory)) {
      return new DiskFiles(vertx, directory);
    }
    URL index = FileSource.class.getClassLoader().getResource(RESOURCES + FileName.INDEX);
    if (index == null) {
      throw new IllegalStateException("no directory " + directory + " and no pages in the program");
    }
    if (index.getProtocol().equals("file")) {
      return new DiskFiles(vertx, Path.of(URI.create(index.toString())).resolveSibling("."));
    }
    return new JarFiles(vertx, index);
  }
}
