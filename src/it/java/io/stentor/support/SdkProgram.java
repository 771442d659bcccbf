package io.stentor.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Programs that drive an SDK of the Centrifuge protocol by commands on their standard input. The
 * SDK is installed in {@code target} when it is first needed. Without the language on the path, the
 * test is skipped, or fails if the system property {@code stentor.tools} is {@code required}.
 */
public enum SdkProgram {
  JAVA_PROTOBUF,
  PYTHON_JSON,
  PYTHON_PROTOBUF,
  GO_JSON,
  GO_PROTOBUF;

  /** The SDK for Python, as pip names it. */
  public static final String PYTHON_SDK = "centrifuge-python==0.7.0";

  private static final int INSTALL_SECONDS = 300;
  private static final Path PYTHON = Path.of("target", "python").toAbsolutePath();

  /** Whether the program in Go was built by this process. */
  private static boolean built;

  /** Starts the program, which connects to an address. Its errors are part of its output. */
  public Process start(String url) throws IOException {
    List<String> command =
        switch (this) {
          case JAVA_PROTOBUF -> java();
          case PYTHON_JSON, PYTHON_PROTOBUF -> python("client.py");
          case GO_JSON, GO_PROTOBUF -> go();
        };
    command.add(url);
    if (this != JAVA_PROTOBUF) {
      command.add(name().endsWith("JSON") ? "json" : "protobuf");
    }
    return start(command);
  }

  /** Starts a script of {@code src/it/python}, which finds the SDK. */
  public static Process startPython(String script, List<String> arguments) throws IOException {
    List<String> command = python(script);
    command.addAll(arguments);
    return start(command);
  }

  private static Process start(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PYTHONPATH", PYTHON.toString());
    builder.environment().put("PYTHONIOENCODING", "utf-8");
    Process process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return process;
  }

  private static List<String> java() {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String encoding = "-Dstdout.encoding=UTF-8";
    String classes = System.getProperty("java.class.path");
    return new ArrayList<>(List.of(java, encoding, "-cp", classes, "io.stentor.sdk.JavaSdk"));
  }

  private static synchronized List<String> python(String script) {
    String interpreter = InstalledProgram.find("python3").toString();
    if (!Files.exists(PYTHON.resolve("centrifuge"))) {
      run(interpreter, "-m", "pip", "install", "-q", "--target", PYTHON.toString(), PYTHON_SDK);
    }
    return new ArrayList<>(List.of(interpreter, "src/it/python/" + script));
  }

  private static synchronized List<String> go() {
    String go = InstalledProgram.find("go").toString();
    Path program = Path.of("target", "go", "client").toAbsolutePath();
    if (!built) {
      run(go, "-C", "src/it/go", "build", "-o", program.toString(), ".");
      built = true;
    }
    return new ArrayList<>(List.of(program.toString()));
  }

  /**
   * Runs a command to its end.
   *
   * @throws AssertionError when it fails or takes five minutes
   */
  public static void run(String... command) {
    try {
      Process process = new ProcessBuilder(command).inheritIO().start();
      if (!process.waitFor(INSTALL_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new AssertionError("failed: " + String.join(" ", command));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
