package io.stentor.lifecycle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Notices that files have changed: their times, sizes or places on the disk. What has changed since
 * the last look may be half written, so it counts once it looks the same twice. One thread.
 */
final class FileWatch {

  private static final String MISSING = "missing";

  private final Supplier<Collection<Path>> files;
  private Map<Path, String> settled;
  private Map<Path, String> last;

  /**
   * Begins with what the files are now.
   *
   * @param files asked for at each look; they need not be there
   */
  FileWatch(Supplier<Collection<Path>> files) {
    this.files = files;
    this.settled = marks();
    this.last = settled;
  }

  /** Looks; true once for each change. */
  boolean changed() {
    Map<Path, String> now = marks();
    boolean quiet = now.equals(last);
    last = now;
    if (now.equals(settled) || !quiet) {
      return false;
    }
    settled = now;
    return true;
  }

  /** What the files are now is known. */
  void settle() {
    settled = marks();
    last = settled;
  }

  private Map<Path, String> marks() {
    Map<Path, String> marks = new HashMap<>();
    for (Path file : files.get()) {
      marks.put(file, mark(file));
    }
    return marks;
  }

  private static String mark(Path file) {
    try {
      BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
      return is.lastModifiedTime().toInstant() + " " + is.size() + " " + is.fileKey();
    } catch (IOException e) {
      return MISSING;
    }
  }
}
