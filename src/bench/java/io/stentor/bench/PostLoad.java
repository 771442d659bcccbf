package io.stentor.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * Publishes by {@code POST} over connections that are kept: each sends its next request when the
 * answer to the last one has come. One run: connect, warm up, measure. One thread.
 */
final class PostLoad {
  private static final long SECOND = 1_000_000_000;
  private static final int ANSWER_BYTES = 8192;

  private final LoadOptions options;
  private final Histogram latency = new Histogram();
  private long startNanos;
  private long endNanos;
  private long answered;
  private long refused;
  private long broken;

  PostLoad(LoadOptions options) {
    this.options = options;
  }

  void run(Report report) throws IOException {
    try (Selector selector = Selector.open()) {
      for (int i = 0; i < options.connections; i++) {
        new Publisher(selector, i % options.rooms).send();
      }
      startNanos = System.nanoTime() + (long) (options.warm * SECOND);
      endNanos = startNanos + (long) (options.seconds * SECOND);
      answerUntil(selector, startNanos);
      ProcessUsage before = ProcessUsage.now(options.pids);
      double ownBefore = ownCpuSeconds();
      answerUntil(selector, endNanos);
      double seconds = (System.nanoTime() - startNanos) / 1e9;
      ProcessUsage after = ProcessUsage.now(options.pids);
      double cpu = after.cpuSeconds() - before.cpuSeconds();
      report.add("connections", options.connections).add("rooms", options.rooms);
      report.add("bytes", options.bytes).add("window_s", seconds);
      report
          .add("requests_per_s", answered / seconds)
          .add("refused", refused)
          .add("broken", broken);
      report.add("server_cpu", cpu / seconds);
      report.add("cpu_us_per_request", cpu * 1e6 / Math.max(1, answered));
      report.add("generator_cpu", (ownCpuSeconds() - ownBefore) / seconds).latency(latency);
    }
  }

  private static void answerUntil(Selector selector, long untilNanos) throws IOException {
    for (long now = System.nanoTime(); now < untilNanos; now = System.nanoTime()) {
      selector.select(
          key -> ((Publisher) key.attachment()).ready(),
          Math.max(1, (untilNanos - now) / 1_000_000));
    }
  }

  private static double ownCpuSeconds() {
    return ProcessUsage.now(List.of(ProcessHandle.current().pid())).cpuSeconds();
  }

  /** One connection with one request under way. */
  private final class Publisher {
    private final SocketChannel channel;
    private final ByteBuffer request;
    private final ByteBuffer answer = ByteBuffer.allocate(ANSWER_BYTES);
    private long sentNanos;

    Publisher(Selector selector, int room) throws IOException {
      request = ByteBuffer.wrap(request(room));
      InetSocketAddress server =
          new InetSocketAddress(options.url.getHost(), options.url.getPort());
      channel = SocketChannel.open(server);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, this);
    }

    private byte[] request(int room) {
      String head =
          """
          POST %s/messages HTTP/1.1
          Host: %s:%d
          Content-Type: text/plain
          Content-Length: %d

          """
              .formatted(
                  LoadOptions.path(options.url, room),
                  options.url.getHost(),
                  options.url.getPort(),
                  options.bytes);
      String all = head.replace("\n", "\r\n") + "x".repeat(options.bytes);
      return all.getBytes(StandardCharsets.US_ASCII);
    }

    /* A request is far smaller than a socket's buffer, which is empty whenever one is sent. */
    void send() throws IOException {
      sentNanos = System.nanoTime();
      channel.write(request.rewind());
    }

    void ready() {
      try {
        if (channel.read(answer) < 0) {
          throw new IOException("closed by the server");
        }
        if (isWhole()) {
          count();
          answer.clear();
          send();
        }
      } catch (IOException e) {
        broken++;
        close();
      }
    }

    /* Answers have few headers and a length, as those of all servers that are measured here. */
    private boolean isWhole() {
      String text = new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII);
      int end = text.indexOf("\r\n\r\n");
      if (end < 0) {
        return false;
      }
      int at = text.toLowerCase(Locale.ROOT).indexOf("content-length: ");
      int length =
          at < 0 || at > end
              ? 0
              : Integer.parseInt(text.substring(at + 16, text.indexOf('\r', at)));
      return answer.position() >= end + 4 + length;
    }

    private void count() {
      long now = System.nanoTime();
      boolean measured = startNanos > 0 && now >= startNanos && now < endNanos;
      if (measured && answer.get(9) == '2') {
        answered++;
        latency.add(now - sentNanos);
      } else if (measured) {
        refused++;
      }
    }

    private void close() {
      try {
        channel.close();
      } catch (IOException e) {
        // It is given up either way.
      }
    }
  }
}
