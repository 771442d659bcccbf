package io.stentor.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * One node: the fat jar in a JVM of its own, in an empty working directory. It never outlives the
 * tests' JVM. Any thread.
 */
public final class NodeProcess implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration EXIT = Duration.ofSeconds(30);
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
  }

  private final Process process;
  private final LogLines log;
  private final int port;

  private NodeProcess(Process process, int port) {
    this.process = process;
    this.port = port;
    this.log = new LogLines(process.getInputStream(), "node at " + port);
  }

  /** Starts a process and does not wait for anything. */
  public static NodeProcess launch(Launch launch) {
    try {
      Path directory = Files.createTempDirectory("stentor-node-");
      directory.toFile().deleteOnExit();
      ProcessBuilder builder =
          new ProcessBuilder(Signals.inherited().restored(launch.command()))
              .directory(directory.toFile())
              .redirectErrorStream(true);
      builder.environment().keySet().removeIf(NodeProcess::changesTheNode);
      builder.environment().putAll(launch.environment());
      Process process = builder.start();
      RUNNING.add(process);
      process.onExit().thenAccept(RUNNING::remove);
      return new NodeProcess(process, launch.port());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a node and waits until it says that it is ready. */
  public static NodeProcess start(Launch launch) {
    return launch(launch).awaitReady();
  }

  private static boolean changesTheNode(String variable) {
    return variable.startsWith("STENTOR_")
        || variable.equals("JAVA_TOOL_OPTIONS")
        || variable.equals("JDK_JAVA_OPTIONS");
  }

  /**
   * Waits until the node says that it is ready.
   *
   * @throws AssertionError with its log when it ends or a minute passes before
   */
  public NodeProcess awaitReady() {
    return awaitReady(START);
  }

  /**
   * Waits until the node says that it is ready.
   *
   * @throws AssertionError with its log when it ends or this time passes before
   */
  public NodeProcess awaitReady(Duration atMost) {
    try {
      log.await("\\bready\\b", atMost);
      return this;
    } catch (AssertionError e) {
      close();
      throw e;
    }
  }

  /** The port that HTTP and WebSockets are served on. */
  public int port() {
    return port;
  }

  /** The process's number. */
  public long pid() {
    return process.pid();
  }

  /** Whether the process runs (or is frozen). */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** What the node has written so far to standard output and standard error. */
  public LogLines log() {
    return log;
  }

  /**
   * {@code kill -9}: ends the process with no chance to say goodbye, and waits until it is gone.
   */
  public void kill9() {
    process.destroyForcibly();
    exitCode();
  }

  /** SIGTERM; does not wait. What the node says while it stops is in its log. */
  public void terminate() {
    signal("TERM");
  }

  /** SIGHUP; does not wait. */
  public void hangUp() {
    signal("HUP");
  }

  /** SIGTERM, and waits for the end. Returns the exit code. */
  public int stop() {
    terminate();
    return exitCode();
  }

  /** SIGSTOP: the process stays but does nothing, as in a long pause of its machine. */
  public void freeze() {
    signal("STOP");
    // The signal stops the threads one after the other: until then some still do something.
    Awaitility.await().atMost(EXIT).until(this::isStopped);
  }

  private boolean isStopped() {
    try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid()), "task"))) {
      return threads.allMatch(thread -> read(thread.resolve("status")).contains("\nState:\tT"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SIGCONT: ends {@link #freeze}. */
  public void thaw() {
    signal("CONT");
  }

  /**
   * Waits for the end of the process.
   *
   * @throws AssertionError with its log when that takes longer than 30 s
   */
  public int exitCode() {
    try {
      if (!process.waitFor(EXIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("node " + port + " did not end:\n" + log);
      }
      log.awaitEnd(EXIT);
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Kills the process if it still runs, and leaves its log in {@code target/node-logs}. */
  @Override
  public void close() {
    process.destroyForcibly();
    try {
      Path logs = Files.createDirectories(Path.of("target", "node-logs"));
      Files.writeString(logs.resolve(pid() + ".log"), log + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void signal(String name) {
    try {
      Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
      if (kill.waitFor() != 0) {
        throw new IllegalStateException("kill -" + name + " " + pid() + " failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
