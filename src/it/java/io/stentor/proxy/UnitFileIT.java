package io.stentor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The unit for systemd, as {@code systemd-analyze} reads it; skipped where that is missing. */
class UnitFileIT {

  private static String analyze(int expected, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("systemd-analyze"));
    command.addAll(List.of(arguments));
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      return Assumptions.abort("there is no systemd-analyze here");
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isEqualTo(expected);
    return said;
  }

  @Test
  void systemd_understands_every_line_and_finds_little_to_attack(@TempDir Path directory)
      throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String unit =
        Files.readString(Path.of("docs", "operations", "stentor.service"))
            .replace("/usr/bin/java", java);
    String file = Files.writeString(directory.resolve("stentor.service"), unit).toString();
    assertThat(analyze(0, "verify", "--man=no", file)).doesNotContain("stentor.service:");
    analyze(0, "security", "--offline=yes", "--threshold=20", "--no-pager", file);
  }
}
