package io.stentor.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/** A command that runs, and what it has printed, errors too. Any thread. */
public final class Command implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final Process process;
  private final StringBuffer printed = new StringBuffer();
  private final Thread reader = new Thread(this::read, "command");

  private Command(Process process) {
    this.process = process;
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts a command in a directory, with these variables added to the environment. */
  public static Command start(
      List<String> command, Path directory, Map<String, String> environment) {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    try {
      return new Command(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    try (var out = process.inputReader()) {
      for (int one = out.read(); one >= 0; one = out.read()) {
        printed.append((char) one);
      }
    } catch (IOException e) {
      printed.append(e);
    }
  }

  /** Everything that it has printed so far. */
  public String printed() {
    return printed.toString();
  }

  /**
   * Waits until it has printed this text.
   *
   * @throws AssertionError if it fails before, or two minutes pass
   */
  public Command awaitText(String text) {
    BooleanSupplier condition = () -> printed().contains(text);
    Awaitility.await()
        .alias(text)
        .atMost(PATIENCE)
        .failFast(
            "ended without \"" + text + "\"",
            () -> !process.isAlive() && process.exitValue() != 0 && !condition.getAsBoolean())
        .until(condition::getAsBoolean);
    return this;
  }

  /**
   * Waits until it has ended, and returns what it has printed.
   *
   * @throws AssertionError if it ends with another exit code than 0, or two minutes pass
   */
  public String awaitEnd() {
    return awaitEnd(0);
  }

  /** The same with another exit code. */
  public String awaitEnd(int exitCode) {
    Awaitility.await().alias("an end").atMost(PATIENCE).until(() -> !reader.isAlive());
    assertThat(process.onExit().join().exitValue()).as(printed()).isEqualTo(exitCode);
    return printed();
  }

  /** Kills it, and what it has started, and returns what it has printed by then. */
  public String kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      reader.join(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return printed();
  }

  /** Kills it if it still runs. */
  @Override
  public void close() {
    kill();
  }
}
