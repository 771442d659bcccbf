package io.stentor.files;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.MimeMapping;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/** A source of static files. Confined to one event loop. */
sealed interface FileSource {
  /** The resource directory of the static files. */
  String RESOURCES = "webroot/";

  /** The file that is served for a path ending in a slash. */
  String INDEX = "index.html";

  /**
   * Finds a file. Returns empty if it does not exist or may not be served.
   *
   * @param name path below the root, without {@code .}, {@code ..} and hidden files
   */
  Future<Optional<StaticFile>> find(String name);

  /**
   * Opens a file that {@link #find} has found and that is too large to be held in memory. The
   * caller closes it.
   */
  Future<AsyncFile> open(String name);

  /**
   * Returns a source for the directory if it exists, otherwise for the program's own files. Checks
   * the disk once, which blocks.
   *
   * @throws IllegalStateException if neither exists
   */
  static FileSource of(Vertx vertx, Path directory) {
    if (Files.isDirectory(directory)) {
      return new DiskFiles(vertx, directory);
    }
    URL index = FileSource.class.getClassLoader().getResource(RESOURCES + INDEX);
    if (index == null) {
      throw new IllegalStateException("no directory " + directory + " and no pages in the program");
    }
    if (index.getProtocol().equals("file")) {
      return new DiskFiles(vertx, Path.of(URI.create(index.toString())).resolveSibling("."));
    }
    return new JarFiles(vertx, index);
  }

  /**
   * Files of a directory on disk. A change takes effect with the next request. Symbolic links are
   * followed if their target is inside the directory. All disk access is on worker threads.
   */
  final class DiskFiles implements FileSource {
    /**
     * The maximum number of files held in memory: the most recently used ones. Other files are read
     * again.
     */
    static final int MAX_HELD_FILES = 64;

    /**
     * A file that was modified less than this before it was read is read again: another change may
     * fall within the same clock tick.
     */
    private static final long SETTLED_MILLIS = 2_000;

    private final Vertx vertx;
    private final Path root;
    private final Map<String, Held> held = new LinkedHashMap<>(16, 0.75f, true);

    DiskFiles(Vertx vertx, Path root) {
      this.vertx = vertx;
      this.root = root.toAbsolutePath().normalize();
    }

    /** A file in memory, with the metadata from when it was read. */
    private record Held(StaticFile file, Path path, FileTime modified, long readAtMillis) {
      boolean isStill(Path now, BasicFileAttributes attributes) {
        return path.equals(now)
            && file.size() == attributes.size()
            && modified.equals(attributes.lastModifiedTime())
            && modified.toMillis() + SETTLED_MILLIS < readAtMillis;
      }
    }

    @Override
    public Future<Optional<StaticFile>> find(String name) {
      Held before = held.get(name);
      return vertx.executeBlocking(() -> look(name, before), false).map(now -> keep(name, now));
    }

    @Override
    public Future<AsyncFile> open(String name) {
      OpenOptions reading = new OpenOptions().setWrite(false).setCreate(false);
      return vertx
          .executeBlocking(() -> inside(name), false)
          .compose(path -> vertx.fileSystem().open(path.toString(), reading));
    }

    /** Returns the number of files held in memory. */
    int heldFiles() {
      return held.size();
    }

    private Optional<StaticFile> keep(String name, Optional<Held> now) {
      if (now.isEmpty()) {
        held.remove(name);
        return Optional.empty();
      }
      held.put(name, now.get());
      if (held.size() > MAX_HELD_FILES) {
        held.remove(held.keySet().iterator().next());
      }
      return Optional.of(now.get().file());
    }

    private Optional<Held> look(String name, @Nullable Held before) {
      try {
        Path path = inside(name);
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) {
          return Optional.empty();
        }
        if (before != null && before.isStill(path, attributes)) {
          return Optional.of(before);
        }
        long now = System.currentTimeMillis();
        try (InputStream in = Files.newInputStream(path)) {
          StaticFile file = StaticFile.read(name, in);
          return Optional.of(new Held(file, path, attributes.lastModifiedTime(), now));
        }
      } catch (IOException | InvalidPathException none) {
        return Optional.empty();
      }
    }

    /** Resolves all symbolic links. Fails if the file does not exist or is outside the root. */
    private Path inside(String name) throws IOException {
      Path real = root.resolve(name).toRealPath();
      if (!real.startsWith(root.toRealPath())) {
        throw new IOException(name + " is a link that leaves the root");
      }
      return real;
    }

    @Override
    public String toString() {
      return root.toString();
    }
  }

  /**
   * The files inside the program's jar. All of them are read at the first request, so nothing is
   * unpacked to disk and no name can refer to any other file.
   */
  final class JarFiles implements FileSource {
    private final Vertx vertx;
    private final URL index;
    private @Nullable Future<Map<String, StaticFile>> files;

    /**
     * Creates a source that has not read the jar.
     *
     * @param index the URL of {@code index.html} in the jar
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
            jar.stream()
                .filter(e -> e.getName().startsWith(RESOURCES) && !e.isDirectory())
                .toList();
        for (JarEntry entry : entries) {
          String name = entry.getName().substring(RESOURCES.length());
          try (InputStream in = jar.getInputStream(entry)) {
            StaticFile file = StaticFile.read(name, in);
            if (file.bytes() == null) {
              throw new IOException(
                  name + " in the jar is larger than " + StaticFile.MAX_HELD_BYTES);
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

  /**
   * A file that can be served. Immutable.
   *
   * @param contentType value of {@code Content-Type}
   * @param etag a strong entity tag computed from the content only, so it is the same on every node
   *     that has the same file
   * @param size length in bytes
   * @param bytes the content; {@code null} if the file is too large to be held in memory
   */
  record StaticFile(String contentType, String etag, long size, @Nullable Buffer bytes) {
    /**
     * Files up to this size, in bytes, are held in memory; larger ones are read for each request.
     */
    static final int MAX_HELD_BYTES = 256 * 1024;

    private static final int ETAG_BYTES = 18;

    /**
     * Reads a file. Blocks.
     *
     * @param name determines the content type
     */
    static StaticFile read(String name, InputStream in) throws IOException {
      MessageDigest digest = sha256();
      Buffer bytes = Buffer.buffer();
      byte[] chunk = new byte[16 * 1024];
      long size = 0;
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        digest.update(chunk, 0, n);
        size += n;
        if (size <= MAX_HELD_BYTES) {
          bytes.appendBytes(chunk, 0, n);
        }
      }
      byte[] hash = Arrays.copyOf(digest.digest(), ETAG_BYTES);
      String etag = '"' + Base64.getUrlEncoder().encodeToString(hash) + '"';
      return new StaticFile(typeOf(name), etag, size, size <= MAX_HELD_BYTES ? bytes : null);
    }

    private static String typeOf(String name) {
      String type = MimeMapping.mimeTypeForFilename(name);
      if (type == null) {
        return "application/octet-stream";
      }
      return type.startsWith("text/") ? type + "; charset=utf-8" : type;
    }

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
