package io.stentor.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A {@link Flood} beside the load generator. It has the lowest priority of the system: where they
 * share a core, what the flood does to the server is to be measured, and not what it does to the
 * one who measures.
 */
final class FloodProcess implements AutoCloseable {
  private final Process process;

  /** Begins to flood. */
  FloodProcess(Flood.Kind kind, URI url) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath = System.getProperty("java.class.path");
    this.process =
        new ProcessBuilder(
                List.of(
                    "nice",
                    "-n",
                    "19",
                    java,
                    "-XX:+UseSerialGC",
                    "-cp",
                    classPath,
                    Flood.class.getName(),
                    kind.name(),
                    url.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
  }

  /** Ends the flood; returns how much it sent, and how much of it was refused. */
  long[] end() throws IOException {
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    String[] counts = said.strip().split(" ");
    return new long[] {Long.parseLong(counts[0]), Long.parseLong(counts[1])};
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      process.destroyForcibly();
    }
  }
}
