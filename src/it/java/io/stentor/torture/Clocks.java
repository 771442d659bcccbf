package io.stentor.torture;

import io.stentor.support.Launch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A wall clock for each node: one is right, one is ahead and one behind by longer than rooms keep
 * messages. Without libfaketime, all nodes have the machine's clock.
 */
final class Clocks {

  private static final List<String> RESTING = List.of("+0", "+10m", "-10m");
  private static final String STEPPED = "+20m";

  /** Where Debian and others install it. */
  private static final @Nullable Path LIBRARY =
      List.of("x86_64-linux-gnu/faketime", "aarch64-linux-gnu/faketime", "faketime").stream()
          .map(place -> Path.of("/usr/lib", place, "libfaketime.so.1"))
          .filter(Files::exists)
          .findFirst()
          .orElse(null);

  private final Path directory;

  /** Creates clocks that are kept as files in this directory. */
  Clocks(Path directory) {
    this.directory = directory;
  }

  static boolean canBeSet() {
    return LIBRARY != null;
  }

  /** A node with the clock of its place. Elapsed time is the machine's. */
  Launch on(Launch launch, int place) {
    if (LIBRARY == null) {
      return launch;
    }
    reset(place);
    return launch
        .withEnv("LD_PRELOAD", LIBRARY)
        .withEnv("FAKETIME_TIMESTAMP_FILE", file(place))
        .withEnv("FAKETIME_CACHE_DURATION", 1)
        .withEnv("FAKETIME_DONT_FAKE_MONOTONIC", 1)
        .withEnv("DONT_FAKE_MONOTONIC", 1)
        // Otherwise timed waits of a JVM end at once.
        .withEnv("FAKETIME_FORCE_MONOTONIC_FIX", 0)
        .withEnv("NO_FAKE_STAT", 1);
  }

  /** Sets a clock ahead, within a second. */
  void step(int place) {
    set(place, STEPPED);
  }

  /** Sets a clock to where it was at the start, within a second. */
  void reset(int place) {
    set(place, RESTING.get(place % RESTING.size()));
  }

  private void set(int place, String offset) {
    try {
      Files.writeString(file(place), offset + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path file(int place) {
    return directory.resolve("clock-" + place);
  }
}
