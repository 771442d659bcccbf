package io.stentor.sdk;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.InstalledProgram;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.SdkProgram;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tests that the official clients of the Centrifuge protocol are developed with, where the
 * package registries carry them: those of the SDKs for Go and Python, in JSON and Protobuf. They
 * run unchanged except for the server's address.
 */
class UpstreamSuitesIT {
  private static final String GO_SDK = "github.com/centrifugal/centrifuge-go";

  /** The sources of the SDK for Python, downloaded when they are first needed. */
  private static final Path PACKED = Path.of("target", "python-sources").toAbsolutePath();

  /** The tests that are left out, and why. */
  private static final Map<String, String> DECLINED_GO =
      Map.of(
          "TestSubscribeError",
          "expects that the room test:test does not exist; any name is a room");

  private static final Map<String, String> DECLINED_PYTHON =
      Map.of(
          "test_server_side_subs",
          "expects that user 42 is always in the room #42; tokens and servers name such rooms");

  @TempDir Path directory;

  private static NodeProcess server(String presence) {
    String options = Path.of("conf", "centrifuge-suite.json").toAbsolutePath().toString();
    return NodeProcess.start(
        Launch.server("--conf", options).withEnv("STENTOR_ROOM_DEFAULTS_PRESENCE", presence));
  }

  /** The suite of this SDK expects a server without presence. */
  @Test
  void the_tests_of_centrifuge_go_pass() throws IOException {
    String go = InstalledProgram.find("go").toString();
    Path sources = directory.resolve("sources");
    try (NodeProcess server = server("false")) {
      copy(goModule(go), sources, server.port());
      String suite = directory.resolve("suite").toString();
      SdkProgram.run(go, "-C", sources.toString(), "test", "-c", "-o", suite, ".");
      String skip = "^(" + String.join("|", DECLINED_GO.keySet()) + ")$";
      Process tests =
          new ProcessBuilder(suite, "-test.v", "-test.timeout=90s", "-test.skip=" + skip)
              .directory(sources.toFile())
              .redirectErrorStream(true)
              .start();
      assertThat(output(tests).lines().filter(line -> line.startsWith("--- PASS"))).hasSize(58);
    }
  }

  @Test
  void the_tests_of_centrifuge_python_pass() throws IOException {
    String python = InstalledProgram.find("python3").toString();
    Path unpacked = directory.resolve("unpacked");
    Path sources = directory.resolve("sources");
    if (!Files.exists(PACKED)) {
      String download = "-m pip download -q --no-deps --no-binary :all: -d " + PACKED;
      SdkProgram.run((python + " " + download + " " + SdkProgram.PYTHON_SDK).split(" "));
    }
    SdkProgram.run(python, "-m", "tarfile", "-e", only(PACKED).toString(), unpacked.toString());
    try (NodeProcess server = server("true")) {
      copy(only(unpacked), sources, server.port());
      List<String> arguments = new ArrayList<>(List.of(sources.toString()));
      arguments.addAll(DECLINED_PYTHON.keySet());
      assertThat(output(SdkProgram.startPython("suite.py", arguments))).contains("passed 61");
    }
  }

  private static Path goModule(String go) throws IOException {
    Process process =
        new ProcessBuilder(go, "-C", "src/it/go", "mod", "download", "-json", GO_SDK).start();
    String answer = new String(process.getInputStream().readAllBytes(), UTF_8);
    return Path.of(new JsonObject(answer).getString("Dir"));
  }

  private static Path only(Path parent) throws IOException {
    try (Stream<Path> children = Files.list(parent)) {
      return children.findFirst().orElseThrow();
    }
  }

  /** Copies sources, and names this server in place of the one that they expect. */
  private static void copy(Path from, Path to, int port) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        // Every byte is a character, so that other files stay as they are.
        String text = Files.readString(file, ISO_8859_1);
        Files.writeString(copy, text.replace("localhost:8000", "127.0.0.1:" + port), ISO_8859_1);
      }
    }
  }

  /** Waits until a suite has passed. */
  private static String output(Process suite) throws IOException {
    Runtime.getRuntime().addShutdownHook(new Thread(suite::destroyForcibly));
    String output = new String(suite.getInputStream().readAllBytes(), UTF_8);
    assertThat(suite.onExit().join().exitValue()).as(output).isZero();
    return output;
  }
}
