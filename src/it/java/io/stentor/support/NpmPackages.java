package io.stentor.support;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The npm packages that {@code src/it/js} names, installed beside a copy of its scripts in {@code
 * target/js}. Any thread.
 */
public final class NpmPackages {
  private static final Path SOURCE = Path.of("src", "it", "js");
  private static final Path DIRECTORY = Path.of("target", "js");
  private static final Path INSTALLED = DIRECTORY.resolve("installed-lock.json");
  private static final Path LOCK = DIRECTORY.resolve("lock");
  private static final int INSTALL_SECONDS = 180;

  private NpmPackages() {}

  /**
   * The directory with the scripts and {@code node_modules}; installs what is missing. Without Node
   * and npm the test is skipped, or fails if the system property {@code stentor.browser} is {@code
   * required}.
   */
  public static synchronized Path directory() {
    try {
      Files.createDirectories(DIRECTORY);
      // Tests run in several processes, which share the directory.
      try (FileChannel lock = FileChannel.open(LOCK, CREATE, WRITE);
          FileLock held = lock.lock()) {
        return filled(held);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path filled(FileLock held) throws IOException {
    if (!held.isValid()) {
      throw new IllegalStateException("the lock was lost");
    }
    try (Stream<Path> files = Files.list(SOURCE)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = DIRECTORY.resolve(file.getFileName());
        if (!Files.exists(copy) || Files.mismatch(file, copy) >= 0) {
          Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
    Path wanted = DIRECTORY.resolve("package-lock.json");
    if (!Files.exists(INSTALLED) || Files.mismatch(wanted, INSTALLED) >= 0) {
      install();
      Files.copy(wanted, INSTALLED, StandardCopyOption.REPLACE_EXISTING);
    }
    return DIRECTORY;
  }

  private static void install() throws IOException {
    if (!runs("node", "--version") || !runs("npm", "--version")) {
      String message = "no Node and npm on the path";
      if (System.getProperty("stentor.browser", "auto").equals("required")) {
        throw new AssertionError(message);
      }
      Assumptions.abort(message);
    }
    if (!runs("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")) {
      throw new AssertionError("npm ci failed, see " + DIRECTORY.resolve("npm.log"));
    }
  }

  private static boolean runs(String... command) {
    try {
      Process process =
          new ProcessBuilder(List.of(command))
              .directory(DIRECTORY.toFile())
              .redirectErrorStream(true)
              .redirectOutput(DIRECTORY.resolve("npm.log").toFile())
              .start();
      if (!process.waitFor(INSTALL_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return false;
      }
      return process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
