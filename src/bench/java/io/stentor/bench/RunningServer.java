package io.stentor.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One server process on a port of its own, from its start to {@link #close()}. */
final class RunningServer implements AutoCloseable {
  private static final Path LOGS = Path.of("target/bench/logs");
  private static final int START_SECONDS = 60;
  private static final int STOP_SECONDS = 10;

  private final Process process;
  private final int port;

  private RunningServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts the server and waits until its port answers.
   *
   * @param number of this node, from 0
   * @throws IOException when it ends or does not answer within a minute; says where its log is
   */
  static RunningServer start(Candidate candidate, int number, Map<String, String> environment)
      throws IOException, InterruptedException {
    int port = freePort();
    List<String> command =
        candidate.command().stream().map(p -> p.replace("{port}", Integer.toString(port))).toList();
    Path log =
        Files.createDirectories(LOGS)
            .resolve(candidate.name().replaceAll("[^A-Za-z.]+", "-") + "-" + number + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(Cores.server(number, candidate.nodes(), command))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    RunningServer server = new RunningServer(builder.start(), port);
    Runtime.getRuntime().addShutdownHook(new Thread(server.process::destroyForcibly));
    if (!server.answers()) {
      server.close();
      throw new IOException(candidate.name() + " did not start, see " + log);
    }
    return server;
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** A port of 127.0.0.1 that nobody used a moment ago. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private boolean answers() throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (process.isAlive() && System.nanoTime() < deadline) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
        return true;
      } catch (IOException e) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
    return false;
  }
}
