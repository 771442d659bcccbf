package io.stentor.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One server process on a port of its own, from its start to {@link #close()}. */
final class RunningServer implements AutoCloseable {
  private static final Path LOGS = Path.of("target/bench/logs");
  private static final Path DATA = Path.of("target/bench/data");
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
    Files.createDirectories(DATA);
    List<String> command =
        candidate.command().stream()
            .map(p -> p.replace("{port}", Integer.toString(port)))
            .map(p -> p.replace("{data}", DATA.toAbsolutePath().toString()))
            .toList();
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
    boolean web = candidate.protocol() == Protocol.WEB;
    if (!(web ? server.answers() : server.isReady(candidate.protocol()))) {
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

  /** Removes what servers before this one have written. */
  static void forgetData() throws IOException {
    if (Files.exists(DATA)) {
      try (Stream<Path> files = Files.walk(DATA)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** Waits until the server says that it is ready; false when it ends or a minute passes before. */
  boolean isReady(Protocol protocol) throws InterruptedException {
    return waitFor(
        socket -> {
          ByteBuffer answer = ByteBuffer.allocate(8192);
          socket.getOutputStream().write(protocol.probe());
          Protocol.Reply reply = Protocol.Reply.INCOMPLETE;
          while (reply == Protocol.Reply.INCOMPLETE) {
            int read =
                socket.getInputStream().read(answer.array(), answer.position(), answer.remaining());
            if (read < 0) {
              return false;
            }
            reply = protocol.reply(answer.position(answer.position() + read));
          }
          return reply == Protocol.Reply.TAKEN;
        });
  }

  private boolean answers() throws InterruptedException {
    return waitFor(socket -> true);
  }

  private interface Question {
    boolean ask(Socket socket) throws IOException;
  }

  private boolean waitFor(Question question) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (process.isAlive() && System.nanoTime() < deadline) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
        if (question.ask(socket)) {
          return true;
        }
      } catch (IOException e) {
        // It does not listen yet.
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
    return false;
  }
}
