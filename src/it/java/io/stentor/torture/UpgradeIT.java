package io.stentor.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A small rolling upgrade, and the way back; {@code script/upgrade-test} does a large one. */
class UpgradeIT {
  private static final Logger LOG = LoggerFactory.getLogger(UpgradeIT.class);
  private static final int NOT_IN_THIS_REPOSITORY = 3;

  @Test
  void nodes_of_the_last_version_are_replaced_one_by_one_and_back_without_loss()
      throws IOException, InterruptedException {
    RollingScale scale = new RollingScale(216, 6, 6, 500, 2, System.nanoTime() % 1_000_000);
    try (RollingRestart upgrade = Upgrade.of(oldJar(), scale)) {
      RollingReport report = upgrade.run();
      LOG.info("{}", report);
      assertThat(report.problems()).as(report.toString()).isEmpty();
      assertThat(report.published()).isGreaterThan(200);
    }
  }

  /** Builds it from the repository's history. The test is skipped where that does not reach. */
  private static Path oldJar() throws IOException, InterruptedException {
    Path errors = Files.createTempFile("upgrade-test-", ".log");
    Process build =
        new ProcessBuilder("script/upgrade-test", "--jar").redirectError(errors.toFile()).start();
    String jar = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    int exitCode = build.waitFor();
    String message = Files.readString(errors).strip();
    if (exitCode == NOT_IN_THIS_REPOSITORY) {
      LOG.warn("skipped: {}", message);
      return Assumptions.abort(message);
    }
    assertThat(exitCode).as(message).isZero();
    return Path.of(jar);
  }
}
