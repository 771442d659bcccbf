package io.stentor.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The jar as a process of its own: exit codes, and one line where something is wrong. */
@Timeout(60)
class CommandLineIT {
  @TempDir Path directory;
  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void kill() {
    processes.forEach(Process::destroyForcibly);
  }

  @Test
  void check_exits_with_0() throws Exception {
    Process process = run("--check");
    assertThat(process.waitFor()).isZero();
    assertThat(out(process)).isEqualTo("configuration is valid: the defaults");
    assertThat(err(process)).isEmpty();
  }

  @Test
  void a_new_key_can_be_written_to_a_file_that_the_server_reads() throws Exception {
    Process process = run("--new-api-key", "--admin");
    assertThat(process.waitFor()).isZero();
    assertThat(err(process)).startsWith("The key, which is not stored anywhere: ");
    Files.writeString(directory.resolve("keys.json"), out(process));

    process = run("--check", "--conf", "keys.json");
    assertThat(process.waitFor()).isZero();
    assertThat(out(process)).isEqualTo("configuration is valid: the defaults, keys.json");
  }

  @Test
  void help_has_a_short_form() throws Exception {
    Process process = run("-h");
    assertThat(process.waitFor()).isZero();
    assertThat(out(process)).startsWith("Usage: ").contains("--new-api-key");
  }

  @Test
  void version_is_that_of_the_jar() throws Exception {
    Process process = run("--version");
    assertThat(process.waitFor()).isZero();
    assertThat(out(process)).matches("Stentor \\d+\\.\\d+\\.\\d+.*");
  }

  @Test
  void a_refused_configuration_exits_with_2_and_one_line() throws Exception {
    Process process = run("--port", "70000");
    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(err(process))
        .isEqualTo("http.port is 70000 (from --port), but must be an integer from 0 to 65535");
    assertThat(out(process)).isEmpty();
  }

  @Test
  void a_taken_port_exits_with_1_and_one_line() throws Exception {
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    try (ServerSocket taken = new ServerSocket(0, 1, loopback)) {
      String port = String.valueOf(taken.getLocalPort());
      Process process = run("--host", "127.0.0.1", "--port", port);
      assertThat(process.waitFor()).isEqualTo(1);
      assertThat(err(process))
          .isEqualTo(
              "cannot listen on 127.0.0.1:"
                  + port
                  + ": Address already in use; set another port with --port (http.port)");
    }
  }

  @Test
  void sigterm_ends_a_running_node_with_0() throws Exception {
    Process process = run("--host", "127.0.0.1", "--port", "0");
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      String line = lines.readLine();
      while (line != null && !line.contains(" ready ")) {
        line = lines.readLine();
      }
      assertThat(line).as("a line that says ready").isNotNull();
      process.toHandle().destroy();
      String last = "";
      for (line = lines.readLine(); line != null; line = lines.readLine()) {
        last = line;
      }
      assertThat(last).endsWith(" Stop: stopped");
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    }
    assertThat(err(process)).isEmpty();
  }

  private Process run(String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-jar");
    command.add(System.getProperty("stentor.jar"));
    command.addAll(List.of(args));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectError(directory.resolve("err").toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("STENTOR_"));
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  private static String out(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  private String err(Process process) throws IOException {
    assertThat(process.isAlive()).isFalse();
    return Files.readString(directory.resolve("err")).strip();
  }
}
