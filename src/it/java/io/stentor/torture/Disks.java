package io.stentor.torture;

import io.stentor.identity.ApiKeys;
import io.stentor.support.Api;
import io.stentor.support.Launch;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;

/** A data directory for each node, and what befalls it. One thread at a time. */
final class Disks implements AutoCloseable {
  /** The end of the names of rooms that forget a message after {@link #AGE_SECONDS}. */
  static final String AGED = "-aged";

  static final int AGE_SECONDS = 2;

  /** The end of the names of rooms that are flushed before a message is acknowledged. */
  static final String SYNCED = "-synced";

  private final Path root;
  private final String key = ApiKeys.generate();

  /** Makes a place for the directories. */
  Disks() {
    try {
      root = Files.createTempDirectory("stentor-disks-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The node in this place, with its data directory and with rules for rooms. */
  Launch on(Launch launch, int place) {
    JsonObject aged =
        new JsonObject()
            .put("match", "*" + AGED)
            .put("history", new JsonObject().put("ageSeconds", AGE_SECONDS));
    JsonObject synced =
        new JsonObject()
            .put("match", "*" + SYNCED)
            .put("history", new JsonObject().put("durability", "synced"));
    JsonObject server = new JsonObject().put("name", "torture").put("sha256", ApiKeys.hash(key));
    return launch
        .with("--data-dir", of(place).toString())
        .withEnv("STENTOR_ROOMS", new JsonArray().add(aged).add(synced).encode())
        .withEnv("STENTOR_IDENTITY_API_KEYS", new JsonArray().add(server).encode())
        .withEnv("STENTOR_DRAIN_LEAVE_SECONDS", 1)
        .withEnv("STENTOR_ROOM_DEFAULTS_HISTORY_AGE_SECONDS", 3_600);
  }

  /** The directory of the node in this place. */
  Path of(int place) {
    return root.resolve("node-" + place);
  }

  /** The server API of the node at this port of the loopback interface. */
  Api api(int port) {
    return Api.at(port, key);
  }

  /** The node in this place loses everything. */
  void lose(int place) {
    delete(of(place));
  }

  /** Two nodes get each other's directories. */
  void swap(int one, int other) {
    Path aside = root.resolve("aside");
    move(of(one), aside);
    move(of(other), of(one));
    move(aside, of(other));
  }

  /** Copies a directory while its node may write to it. */
  void copy(int place) {
    Path from = of(place);
    Path to = copyOf(place);
    walk(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(to.resolve(from.relativize(dir)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            try {
              Path copy = to.resolve(from.relativize(file));
              Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
            } catch (NoSuchFileException e) {
              // The node removed it meanwhile.
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** The node in this place gets the copy of its directory instead of the original. */
  void useCopy(int place) {
    delete(of(place));
    move(copyOf(place), of(place));
  }

  private Path copyOf(int place) {
    return root.resolve("copy-" + place);
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path directory) {
    walk(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, IOException failure)
              throws IOException {
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void walk(Path directory, SimpleFileVisitor<Path> visitor) {
    try {
      Files.walkFileTree(directory, visitor);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    delete(root);
  }
}
