package io.stentor.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Publishes over connections that are kept: each sends its next request when the answer to the last
 * one has come. One run: connect, warm up, measure; or publish so many messages. One thread.
 */
final class PostLoad {
  private static final long SECOND = 1_000_000_000;
  private static final int ANSWER_BYTES = 8192;

  private final LoadOptions options;
  private final Protocol protocol;
  private final Histogram latency = new Histogram();
  private long startNanos;
  private long endNanos;
  private long total;
  private long answered;
  private long refused;
  private long broken;

  PostLoad(LoadOptions options) {
    this.options = options;
    this.protocol = Protocol.of(options.url);
  }

  void run(Report report) throws IOException {
    try (Selector selector = Selector.open()) {
      for (int i = 0; i < options.connections; i++) {
        new Publisher(selector, i).send();
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
      report.add("bytes", options.bytes).add("messages", total).add("window_s", seconds);
      report
          .add("requests_per_s", answered / seconds)
          .add("refused", refused)
          .add("broken", broken);
      report.add("server_cpu", cpu / seconds);
      report.add("cpu_us_per_request", cpu * 1e6 / Math.max(1, answered));
      report.add("generator_cpu", (ownCpuSeconds() - ownBefore) / seconds).latency(latency);
    }
  }

  private void answerUntil(Selector selector, long untilNanos) throws IOException {
    long now = System.nanoTime();
    while (now < untilNanos && (options.messages == 0 || total < options.messages)) {
      selector.select(
          key -> ((Publisher) key.attachment()).ready(),
          Math.max(1, (untilNanos - now) / 1_000_000));
      now = System.nanoTime();
    }
  }

  private static double ownCpuSeconds() {
    return ProcessUsage.now(List.of(ProcessHandle.current().pid())).cpuSeconds();
  }

  /** One connection with one request under way. */
  private final class Publisher {
    private final SocketChannel channel;
    private final Deque<byte[]> greeting = new ArrayDeque<>(protocol.greeting());
    private final ByteBuffer answer = ByteBuffer.allocate(ANSWER_BYTES);
    private ByteBuffer request = ByteBuffer.allocate(0);
    private int room;
    private long sentNanos;

    Publisher(Selector selector, int number) throws IOException {
      room = number;
      InetSocketAddress server =
          new InetSocketAddress(options.url.getHost(), options.url.getPort());
      channel = SocketChannel.open(server);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, this);
    }

    /* A request is far smaller than a socket's buffer, which is empty whenever one is sent. */
    void send() throws IOException {
      byte[] hello = greeting.poll();
      if (hello != null) {
        sentNanos = 0;
        channel.write(ByteBuffer.wrap(hello));
        return;
      }
      if (!request.hasArray() || request.capacity() == 0 || options.messages > 0) {
        request =
            ByteBuffer.wrap(protocol.publish(options.url, room % options.rooms, options.bytes));
        room += options.connections;
      }
      sentNanos = System.nanoTime();
      channel.write(request.rewind());
    }

    void ready() {
      try {
        if (channel.read(answer) < 0) {
          throw new IOException("closed by the server");
        }
        Protocol.Reply reply = protocol.reply(answer);
        if (reply != Protocol.Reply.INCOMPLETE) {
          count(reply == Protocol.Reply.TAKEN);
          answer.clear();
          send();
        }
      } catch (IOException e) {
        broken++;
        close();
      }
    }

    private void count(boolean taken) {
      long now = System.nanoTime();
      if (sentNanos == 0) {
        refused += taken ? 0 : 1;
        return;
      }
      total += taken ? 1 : 0;
      boolean measured = startNanos > 0 && now >= startNanos && now < endNanos;
      if (measured && taken) {
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
