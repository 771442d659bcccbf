package io.stentor.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The content of a data directory's journal, read without changing anything. A process may use the
 * directory meanwhile.
 *
 * @param files the journal's files, oldest first
 * @param copy whether the directory was copied or restored from a backup
 * @param continuous whether everything that was written is certainly there, damage excepted
 * @param report what was found
 */
public record Inspection(List<File> files, boolean copy, boolean continuous, Replay.Report report) {

  /** Maximum number of attempts; one fails if a process deletes a file meanwhile. */
  private static final int TRIES = 10;

  /** A file of the journal, and its size. */
  public record File(String name, long bytes) {}

  public Inspection {
    files = List.copyOf(files);
  }

  /**
   * Reads a data directory. Blocks.
   *
   * @param replay called for each attempt, because an attempt may fail halfway
   * @throws DataException if there is no journal, or a newer version wrote it
   * @throws IOException if it cannot be read
   */
  public static Inspection of(Path directory, Supplier<? extends Replay> replay)
      throws IOException {
    for (int tries = 1; ; tries++) {
      try {
        Inspection found = read(directory, replay.get());
        if (tries == TRIES || found.isStill(directory)) {
          return found;
        }
      } catch (NoSuchFileException e) {
        if (tries == TRIES) {
          throw e;
        }
      }
    }
  }

  private boolean isStill(Path directory) {
    return files.stream().allMatch(file -> Files.exists(directory.resolve(file.name)));
  }

  private static Inspection read(Path directory, Replay replay) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new DataException(directory + " is not a directory");
    }
    Disk disk = FileDisk.toRead(directory);
    List<File> files = new ArrayList<>();
    for (String name : disk.list().stream().sorted().toList()) {
      if (SegmentWriter.numberOf(name) > 0) {
        files.add(new File(name, Files.size(directory.resolve(name))));
      }
    }
    if (files.isEmpty()) {
      throw new DataException(directory + " has no journal");
    }
    long start = disk.nanoTime();
    // There are files, so it is not taken for a new directory, in which files would be created.
    DataDirectory data = new DataDirectory(disk);
    Recovery recovery = new Recovery(data, replay);
    recovery.run();
    long millis = TimeUnit.NANOSECONDS.toMillis(disk.nanoTime() - start);
    return new Inspection(files, data.isCopy(), recovery.isContinuous(), recovery.report(millis));
  }
}
