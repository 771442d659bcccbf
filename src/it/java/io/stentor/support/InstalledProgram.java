package io.stentor.support;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Programs of the machine that {@code script/test} installs. Any thread. */
public final class InstalledProgram {
  private InstalledProgram() {}

  /**
   * A program on the path or in {@code /usr/sbin}. Where it is missing, the test is skipped, or
   * fails if the system property {@code stentor.tools} is {@code required}.
   */
  public static Path find(String name) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.concat(Stream.of(path.split(File.pathSeparator)), Stream.of("/usr/sbin"))
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseGet(
            () -> {
              String message =
                  "no " + name + " on the path or in /usr/sbin; script/test installs it";
              if (System.getProperty("stentor.tools", "auto").equals("required")) {
                throw new AssertionError(message);
              }
              return Assumptions.abort(message);
            });
  }
}
