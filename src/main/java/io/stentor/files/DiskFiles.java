package io.stentor.files;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Files of a directory on disk. A change is seen at the next request. Links are followed as long as
 * they stay inside. The disk is only touched by worker threads.
 */
final class DiskFiles implements FileSource {
  /** This many files are held, those asked for last; the others are read again. */
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
