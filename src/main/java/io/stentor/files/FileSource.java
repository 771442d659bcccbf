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

/** Where static files come from. One event loop. */
sealed interface FileSource {
  /** The directory of static files among the program's resources. */
  String RESOURCES = "webroot/";

  /** The file that a path ending in a slash means. */
  String INDEX = "index.html";

  /**
   * Finds a file; empty if there is none, or none that may be served.
   *
   * @param name path below the root, without {@code .}, {@code ..} and hidden files
   */
  Future<Optional<StaticFile>> find(String name);

  /** Opens a file that {@link #find} found and that is too large to be held. The caller closes. */
  Future<AsyncFile> open(String name);

  /** The directory if it exists, else the program's own files. Looks at the disk once. */
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
   * Files of a directory on disk. A change is seen at the next request. Links are followed as long
   * as they stay inside. The disk is only touched by worker threads.
   */
  final class DiskFiles implements FileSource {
    /** The most recently used files are held, up to this many; others are read again. */
    static final int MAX_HELD_FILES = 64;

    /** A file changed less than this before it was read may change again within one clock tick. */
    private static final long SETTLED_MILLIS = 2_000;

    private final Vertx vertx;
    private final Path root;
    private final Map<String, Held> held = new LinkedHashMap<>(16, 0.75f, true);

    DiskFiles(Vertx vertx, Path root) {
      this.vertx = vertx;
      this.root = root.toAbsolutePath().normalize();
    }

    /** A file as it was when it was read. */
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

    /** How many files are held now. */
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

    /** The file itself, behind all links; fails where there is none inside the root. */
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
   * @param etag strong, made from the content alone: equal on every node that has the same file
   * @param size length in bytes
   * @param bytes the content; {@code null} where the file is too large to be held
   */
  record StaticFile(String contentType, String etag, long size, @Nullable Buffer bytes) {
    /** Files up to this size are held in memory; larger ones are read for each request. */
    static final int MAX_HELD_BYTES = 256 * 1024;

    private static final int ETAG_BYTES = 18;

    /**
     * Reads a file. Blocks.
     *
     * @param name decides the content type
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
