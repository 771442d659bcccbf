package io.stentor.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * The nginx or HAProxy that the machine has, with the configuration of {@code docs/operations}:
 * only addresses, ports and paths are other ones. Any thread.
 */
public final class ReverseProxy implements AutoCloseable {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final Process process;
  private final LogLines log;
  private final int port;
  private final int plainPort;

  private ReverseProxy(List<String> command, int port, int plainPort) {
    this.port = port;
    this.plainPort = plainPort;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    log = new LogLines(process.getInputStream(), command.get(0));
    await()
        .atMost(SOON)
        .failFast(() -> assertThat(process.isAlive()).as(log.toString()).isTrue())
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(
            () -> {
              new Socket("127.0.0.1", port).close();
              return true;
            });
  }

  /** nginx in front of the nodes at these ports of 127.0.0.1, two or three. */
  public static ReverseProxy nginx(int... ports) {
    return nginx(addresses(ports));
  }

  /** nginx in front of the nodes at these addresses, {@code host:port}, two or three. */
  public static ReverseProxy nginx(String... nodes) {
    Path program = InstalledProgram.find("nginx");
    Path directory = directory();
    SelfSigned tls = SelfSigned.in(directory);
    int port = Ports.free();
    int plainPort = Ports.free();
    Path file =
        new Shipped("nginx.conf")
            .replace("listen 80;", "listen 127.0.0.1:" + plainPort + ";")
            .replace("listen 443 ssl http2;", "listen 127.0.0.1:" + port + " ssl http2;")
            .remove("listen [::]:80;")
            .remove("listen [::]:443 ssl http2;")
            .replace("/etc/nginx/tls/fullchain.pem", tls.certificate().toString())
            .replace("/etc/nginx/tls/key.pem", tls.key().toString())
            .replace("/var/log/nginx/access.log", "/dev/stdout")
            .replace("http {", "http {\n" + temporary(directory))
            .nodes(nodes, "server node3:9898 max_fails=1 fail_timeout=5s;")
            .writeTo(directory);
    String more = "daemon off; pid " + directory.resolve("nginx.pid") + ";";
    return new ReverseProxy(
        List.of(program.toString(), "-e", "stderr", "-c", file.toString(), "-g", more),
        port,
        plainPort);
  }

  private static String temporary(Path directory) {
    StringBuilder lines = new StringBuilder();
    for (String kind : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
      lines.append(kind).append("_temp_path ").append(directory.resolve(kind)).append(";\n");
    }
    return lines.toString();
  }

  /** HAProxy in front of the nodes at these ports of 127.0.0.1, two or three. */
  public static ReverseProxy haproxy(int... ports) {
    return haproxy(addresses(ports));
  }

  /** HAProxy in front of the nodes at these addresses, {@code host:port}, two or three. */
  public static ReverseProxy haproxy(String... nodes) {
    Path program = InstalledProgram.find("haproxy");
    Path directory = directory();
    Path tls = SelfSigned.in(directory).both();
    int port = Ports.free();
    int plainPort = Ports.free();
    Path file =
        new Shipped("haproxy.cfg")
            // More files than a machine for tests may allow.
            .replace("maxconn 100000", "maxconn 2000")
            .replace("bind :80\n", "bind 127.0.0.1:" + plainPort + "\n")
            .replace("bind :443 ", "bind 127.0.0.1:" + port + " ")
            .replace("crt /etc/haproxy/tls ", "crt " + tls.getParent() + " ")
            .nodes(nodes, "server node3 node3:9898")
            .writeTo(directory);
    return new ReverseProxy(
        List.of(program.toString(), "-db", "-f", file.toString()), port, plainPort);
  }

  private static String[] addresses(int... ports) {
    return IntStream.of(ports).mapToObj(port -> "127.0.0.1:" + port).toArray(String[]::new);
  }

  private static Path directory() {
    try {
      Path directory = Files.createTempDirectory("stentor-proxy-");
      // Workers of nginx that was started as root are somebody else.
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The port of HTTPS. */
  public int port() {
    return port;
  }

  /** The port of HTTP. */
  public int plainPort() {
    return plainPort;
  }

  /** What it has written, its access log too. */
  public LogLines log() {
    return log;
  }

  /** Ends the process. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /**
   * A file of {@code docs/operations} whose text is changed; what is to be changed must be there.
   */
  private static final class Shipped {
    private final String name;
    private String text;

    Shipped(String name) {
      this.name = name;
      try {
        text = Files.readString(Path.of("docs", "operations", name));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Shipped replace(String what, String with) {
      assertThat(text).contains(what);
      text = text.replace(what, with);
      return this;
    }

    Shipped remove(String what) {
      return replace(what, "");
    }

    Shipped nodes(String[] nodes, String third) {
      if (nodes.length < 3) {
        remove(third);
      }
      for (int i = 0; i < nodes.length; i++) {
        replace("node" + (i + 1) + ":9898", nodes[i]);
      }
      return this;
    }

    Path writeTo(Path directory) {
      try {
        return Files.writeString(directory.resolve(name), text);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
