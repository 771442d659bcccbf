package io.stentor.cluster;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Finds out at which addresses a Hazelcast member answers. A connection alone is no answer: the
 * system accepts one for a suspended process, too. Used by one thread, for one round.
 */
final class MemberProbe {

  /** The first bytes on a connection between members, in both directions. */
  private static final byte[] PROTOCOL = "HZC".getBytes(StandardCharsets.US_ASCII);

  private final Selector selector;
  private final Set<InetSocketAddress> answering = new HashSet<>();
  private int open;

  private MemberProbe(Selector selector) {
    this.selector = selector;
  }

  /**
   * Connects to all addresses at the same time. Blocks until each has answered or failed, or the
   * timeout has passed.
   *
   * @return the addresses at which a member answered in time
   */
  static Set<InetSocketAddress> answering(
      Collection<InetSocketAddress> candidates, long timeoutMillis) throws IOException {
    if (candidates.isEmpty()) {
      return Set.of();
    }
    try (Selector selector = Selector.open()) {
      MemberProbe probe = new MemberProbe(selector);
      try {
        candidates.forEach(probe::connect);
        probe.await(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis));
      } finally {
        selector.keys().forEach(probe::close);
      }
      return probe.answering;
    }
  }

  private void connect(InetSocketAddress candidate) {
    try {
      SocketChannel channel = SocketChannel.open();
      try {
        channel.configureBlocking(false);
        Attempt attempt = new Attempt(candidate);
        boolean connected = channel.connect(candidate);
        SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT, attempt);
        if (connected) {
          greet(key, channel);
        }
        open++;
      } catch (IOException | RuntimeException e) {
        channel.close();
      }
    } catch (IOException e) {
      // No route, or no more file descriptors: no answer.
    }
  }

  private void await(long endNanos) throws IOException {
    while (open > 0) {
      long leftMillis = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
      if (leftMillis <= 0) {
        return;
      }
      selector.select(this::ready, leftMillis);
    }
  }

  private void ready(SelectionKey key) {
    try {
      SocketChannel channel = (SocketChannel) key.channel();
      if (key.isConnectable()) {
        channel.finishConnect();
        greet(key, channel);
        return;
      }
      Attempt attempt = (Attempt) key.attachment();
      if (channel.read(attempt.reply) < 0) {
        close(key);
      } else if (!attempt.reply.hasRemaining()) {
        if (attempt.reply.flip().equals(ByteBuffer.wrap(PROTOCOL))) {
          answering.add(attempt.address);
        }
        close(key);
      }
    } catch (IOException e) {
      close(key);
    }
  }

  private static void greet(SelectionKey key, SocketChannel channel) throws IOException {
    key.interestOps(SelectionKey.OP_READ);
    channel.write(ByteBuffer.wrap(PROTOCOL));
  }

  private void close(SelectionKey key) {
    Attempt attempt = (Attempt) key.attachment();
    if (!attempt.done) {
      attempt.done = true;
      open--;
    }
    try {
      key.channel().close();
    } catch (IOException e) {
      // It is closed anyway.
    }
  }

  /** One connection. */
  private static final class Attempt {
    final InetSocketAddress address;
    final ByteBuffer reply = ByteBuffer.allocate(PROTOCOL.length);
    boolean done;

    Attempt(InetSocketAddress address) {
      this.address = address;
    }
  }
}
